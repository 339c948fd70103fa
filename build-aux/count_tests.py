#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Prints how many tests of a meson test log passed, failed and were skipped."""

import json
import sys

PASSED = {"OK", "EXPECTEDFAIL"}

with open(sys.argv[1], encoding="utf-8") as log:
    results = [json.loads(line)["result"] for line in log]
n_passed = sum(result in PASSED for result in results)
n_skipped = results.count("SKIP")
print(n_passed, len(results) - n_passed - n_skipped, n_skipped)
