#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Checks that C sources are formatted: format.py CLANG-FORMAT SOURCE-ROOT. Debian 12's version 14 decides."""

import pathlib
import re
import subprocess
import sys

FOLDERS = "base cli dsp engine include instrument model plugin standalone synth tests ui".split()


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    version = subprocess.run([program, "--version"], capture_output=True, check=True, text=True).stdout
    if not re.search(r"version 14\.", version):
        print(f"skipped: {version.strip()}")
        return 77
    paths = [p for f in FOLDERS for p in sorted((root / f).rglob("*.[ch]"))]
    return subprocess.run([program, "--dry-run", "-Werror", *paths], check=False).returncode


sys.exit(main())
