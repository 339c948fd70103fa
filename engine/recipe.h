// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Recipes that own their strings.

#ifndef ONOMA_ENGINE_RECIPE_H
#define ONOMA_ENGINE_RECIPE_H

#include <onoma/recipe.h>

// A copy that owns its strings, for onoma_recipe_free(); NULL if memory is out. [any]
OnomaRecipe *onoma_recipe_copy(const OnomaRecipe *recipe);

// Checks what can be checked without a model: that there is a prompt of valid UTF-8, and that
// numbers are in range. [any]
OnomaStatus onoma_recipe_check(const OnomaRecipe *recipe, OnomaError *error);

#endif
