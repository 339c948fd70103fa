#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

# Builds in four ways and passes every test:
#   build           gcc, release: all tests
#   build-clang     clang, release, no assembly kernels: warnings, unit tests on the portable code
#   build-sanitize  gcc, debug, address and undefined behaviour sanitizers: unit tests
#   build-threads   clang, thread sanitizer: the tests that have threads, and nothing else
set -eu

cd "$(dirname "$0")/.."

targets= # of the build; all unless set

configure() { # folder, compiler, options...
  folder=$1
  compiler=$2
  shift 2
  [ -f "$folder/build.ninja" ] || CC=$compiler meson setup "$folder" "$@"
  # shellcheck disable=SC2086 # several words
  ninja -C "$folder" $targets
}

run_tests() { # folder, options...
  folder=$1
  shift
  meson test -C "$folder" --no-rebuild --print-errorlogs "$@" || failed=1
  python3 build-aux/count_tests.py "$folder/meson-logs/testlog.json" >>"$counts"
}

counts=$(mktemp)
trap 'rm -f "$counts"' EXIT
failed=0

configure build gcc
configure build-clang clang -Dasm=false
configure build-sanitize gcc -Dbuildtype=debug -Db_sanitize=address,undefined -Db_lundef=false
targets='tests/unit/test_engine tests/unit/test_pool tests/unit/test_ring'
configure build-threads clang -Dasm=false -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false

run_tests build
run_tests build-clang --suite unit
run_tests build-sanitize --suite unit --suite fuzz --timeout-multiplier 10
run_tests build-threads --timeout-multiplier 10 engine pool ring

# The sum, on a line of its own for whoever runs this.
awk '{ p += $1; f += $2; s += $3 } END { print p " passed, " f " failed, " s " skipped" }' "$counts"
exit $failed
