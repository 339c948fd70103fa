#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Prints unicode_tables.inc: ranges of code points by the classes that the byte-level BPE tells apart.

Letters are the general categories L*, numbers N*, and spaces have the property White_Space, which unicodedata lacks: it
is what str.isspace() says, without the separators U+001C to U+001F. The file in the tree is that of Python 3.11, which
has Unicode 14.0."""

import unicodedata

CATEGORIES = {"L": "LETTER", "N": "NUMBER"}


def class_of(code_point):
    character = chr(code_point)
    if character.isspace() and not 0x1C <= code_point <= 0x1F:
        return "SPACE"
    return CATEGORIES.get(unicodedata.category(character)[0])


def ranges():
    found = []
    for code_point in range(0x110000):
        kind = class_of(code_point)
        if kind and found and found[-1][2] == kind and found[-1][1] == code_point - 1:
            found[-1][1] = code_point
        elif kind:
            found.append([code_point, code_point, kind])
    return found


def main():
    print("// SPDX-FileCopyrightText: 2026 The Onoma authors")
    print("// SPDX-License-Identifier: ISC")
    print()
    print(f"// Ranges of code points by class, Unicode {unicodedata.unidata_version}; made by make_unicode_tables.py.")
    print()
    print("// clang-format off")
    for first, last, kind in ranges():
        print(f"{{0x{first:04X}, 0x{last:04X}, ONOMA_UNICODE_{kind}}},")


if __name__ == "__main__":
    main()
