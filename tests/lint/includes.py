#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Checks that no source includes a header of a layer above its own.

A layer is a top folder. Quoted includes are resolved beside the including file first and from the root of the tree
otherwise, like the compiler does."""

import pathlib
import re
import sys

# What a layer may include besides itself and the public headers.
ALLOWED = {
    "base": set(),
    "synth": {"base"},
    "dsp": {"base"},
    "model": {"base", "dsp"},
    "engine": {"base", "dsp", "model"},
    "instrument": {"base", "engine", "synth"},
    "plugin": {"ui"},
    "standalone": {"ui"},
    "cli": set(),
    "ui": set(),
}

# Headers that one file alone may include.
OWNED = {
    "fftw3.h": {"dsp/fft.c"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def check(root, path):
    layer = path.relative_to(root).parts[0]
    for kind, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        here = path.relative_to(root).as_posix()
        if name in OWNED and here not in OWNED[name] and layer != "tests":
            yield f"{here}: only {', '.join(OWNED[name])} may include <{name}>"
        if kind == "<" or layer == "tests":
            continue
        target = next((p for p in (path.parent / name, root / name) if p.is_file()), None)
        if target is None:
            yield f"{here}: cannot find \"{name}\""
            continue
        other = target.resolve().relative_to(root).parts[0]
        if other != layer and other not in ALLOWED[layer]:
            yield f"{here}: {layer}/ may not include \"{name}\" of {other}/"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    problems = []
    n_files = 0
    for folder in [*ALLOWED, "tests"]:
        for path in sorted((root / folder).rglob("*.[ch]")):
            n_files += 1
            problems += check(root, path)
    print("\n".join(problems))
    print(f"{n_files} files")
    return bool(problems) or not n_files


sys.exit(main())
