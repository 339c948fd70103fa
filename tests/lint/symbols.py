#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Checks what libraries export: symbols.py HEADER-FOLDER SHARED-LIBRARY STATIC-LIBRARY...

The shared library exports just the functions that the public headers declare; all global symbols of the static ones begin
with onoma_."""

import pathlib
import re
import subprocess
import sys


def symbols(*args):
    output = subprocess.run(["nm", *args], capture_output=True, check=True, text=True).stdout
    fields = [line.split() for line in output.splitlines()]
    return {f[2].split("@")[0] for f in fields if len(f) == 3 and f[1] in "BCDGRSTVW"}


def declared(folder):
    text = "".join(p.read_text(encoding="utf-8") for p in pathlib.Path(folder).glob("*.h"))
    return set(re.findall(r"ONOMA_API\b[^;(]*?\b(onoma_\w+)\s*\(", text))


def main():
    wanted, exported = declared(sys.argv[1]), symbols("-D", "--defined-only", sys.argv[2])
    problems = [f"declared, but not exported: {name}" for name in sorted(wanted - exported)]
    problems += [f"exported, but not declared: {name}" for name in sorted(exported - wanted)]
    for library in sys.argv[3:]:
        names = symbols("--defined-only", "--extern-only", library)
        problems += [f"{library}: {n} has no prefix" for n in sorted(names) if not n.startswith("onoma_")]
    print("\n".join(problems))
    print(f"{len(exported)} functions exported")
    return bool(problems) or not exported


sys.exit(main())
