// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Finding the model beside the program, when it is not installed.

#ifndef ONOMA_CLI_MODEL_PATH_H
#define ONOMA_CLI_MODEL_PATH_H

#define MODEL_PATH_SIZE 4096

// The model to open: `model` if given; else, when $ONOMA_MODELS is not set and there is a
// `../model/default` beside the program (it runs from its build folder), that one, written to path;
// else NULL, for the library to look for.
const char *model_path(const char *model, char path[MODEL_PATH_SIZE]);

#endif
