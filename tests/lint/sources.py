#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Checks what every source file must have: an SPDX header, no trailing blanks or tabs, and a final newline."""

import pathlib
import sys

FOLDERS = "base build-aux cli dsp engine include instrument model plugin standalone synth tests ui".split()
# In pieces, so that tools do not take this for a header.
TAGS = ["SPDX-" + "License-Identifier: ", "SPDX-" + "FileCopyrightText: "]
ENDINGS = {".c", ".h", ".inc", ".py", ".sh", ".build"}


def check(path):
    text = path.read_text(encoding="utf-8")
    head = text[:400]
    if not all(tag in head for tag in TAGS):
        yield "no SPDX header"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield "must end in one newline"
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"trailing blanks in line {number}"
        if "\t" in line:
            yield f"tab in line {number}"


def main():
    root = pathlib.Path(sys.argv[1])
    paths = [p for f in FOLDERS for p in sorted((root / f).rglob("*")) if p.suffix in ENDINGS]
    paths += [root / "meson.build", root / "meson_options.txt"]
    problems = [f"{p.relative_to(root)}: {text}" for p in paths for text in check(p)]
    print("\n".join(problems))
    print(f"{len(paths)} files")
    return bool(problems)


sys.exit(main())
