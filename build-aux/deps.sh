#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

# Installs the Debian packages of packages.txt that are missing; does nothing when none is.
set -eu

list=$(dirname "$0")/packages.txt
missing=
for package in $(sed 's/#.*//' "$list"); do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || {
  echo "onoma: not a Debian system; please install the equivalents of:$missing" >&2
  exit 1
}
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "onoma: installing$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing
