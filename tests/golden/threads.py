#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Checks that 1, 2 and 3 threads compute the same bytes: runs golden-check and compares its digests."""

import subprocess
import sys


def digest(program, arguments, n_threads):
    command = [program, "--quiet", "--threads", str(n_threads), *arguments]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if result.returncode:  # 77 is that of a test that was skipped
        print(result.stdout)
        sys.exit(result.returncode)
    return result.stdout.splitlines()[-1]


def main():
    digests = [digest(sys.argv[1], sys.argv[2:], n) for n in (1, 2, 3)]
    print("\n".join(digests))
    return len(set(digests)) != 1 or not digests[0].startswith("digest ")


sys.exit(main())
