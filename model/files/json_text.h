// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// JSON text to json-c objects, strictly.
//
// What RFC 8259 does not allow is refused (comments, single quotes, trailing commas, text behind
// the value), and so are a key that occurs twice in an object, a NUL in a key, and more than
// ONOMA_JSON_DEPTH levels. The one extension are the NaN, Infinity and -Infinity that Python's
// json module writes. Numbers are read independently of the locale.

#ifndef ONOMA_MODEL_JSON_TEXT_H
#define ONOMA_MODEL_JSON_TEXT_H

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ONOMA_JSON_DEPTH     32
#define ONOMA_JSON_MAX_BYTES 100000000

struct json_object;

// Parses the n bytes of text. path is what messages begin with. *json belongs to the caller, who
// releases it with json_object_put(). [control]
OnomaStatus onoma_json_parse(struct json_object **json, const char *path, const char *text,
                             size_t n, OnomaError *error);

// Parses a file. [control]
OnomaStatus onoma_json_read(struct json_object **json, const char *path, OnomaError *error);

// Whether json is a whole number in [0, 2^64 - 2], and that number. json-c gives 2^64 - 1 for
// everything larger. [any]
bool onoma_json_size(const struct json_object *json, uint64_t *value);

#endif
