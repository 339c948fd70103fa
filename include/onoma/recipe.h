// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Recipes: all that decides how a sound comes out.

#ifndef ONOMA_RECIPE_H
#define ONOMA_RECIPE_H

#include <onoma/attributes.h>
#include <onoma/status.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How loud the finished sound is.
typedef enum {
  ONOMA_NORMALIZE_PEAK = 0, // the largest sample is at -1 dBFS
  ONOMA_NORMALIZE_LOUDNESS, // -16 LUFS by EBU R128, as far as a true peak of -1 dBTP allows
  ONOMA_NORMALIZE_NONE,     // as the model made it, lowered only where it would clip
} OnomaNormalize;

// What to make. Strings are borrowed, and must live as long as the function that takes the recipe
// says.
typedef struct {
  const char *prompt;       // UTF-8
  const char *negative;     // prompt to steer away from; NULL or "" for none
  uint64_t seed;            // decides the noise
  double length_s;          // seconds; 0 for the model's default
  unsigned n_steps;         // denoiser steps; 0 for the model's default
  double guidance;          // weight of classifier-free guidance; negative for the model's default
  const char *sampler;      // name, see onoma_sampler_name_at(); NULL for the model's default
  double eta;               // 0 to 1: noise that DDIM adds again; other samplers take 0 only
  double note;              // MIDI note of the pitch; NaN takes it from the prompt, if it names one
  bool loop;                // make it seamless
  bool trim;                // cut silence off both ends
  OnomaNormalize normalize; // loudness
  double strength; // over 0 to 1: how much of `init` is made anew; used with an initial sound only
  const char
      *init; // path of the initial sound, for the record; the sound itself is passed to the engine
  const char *model; // name and digest of the model that made it, for the record; NULL before
  const char *cpu;   // kernel level that made it, for the record; NULL before
  unsigned char reserved[64]; // zeros
} OnomaRecipe;

// The defaults: no prompt, everything else left to the model. [any]
ONOMA_API void onoma_recipe_default(OnomaRecipe *recipe);

// The recipe as one line of JSON, to be freed with onoma_string_free(); NULL if memory is out. [any
// but audio]
ONOMA_API char *onoma_recipe_to_json(const OnomaRecipe *recipe);

// Reads what onoma_recipe_to_json() wrote into a recipe that owns its strings. Keys that are
// unknown or of the wrong type, and values out of range, are errors that name them. [any but audio]
ONOMA_API OnomaStatus onoma_recipe_from_json(OnomaRecipe **recipe, const char *json,
                                             OnomaError *error);

// Frees a recipe from onoma_recipe_from_json(); NULL is fine. [any but audio]
ONOMA_API void onoma_recipe_free(OnomaRecipe *recipe);

// Frees a string that a function of this library gave to the caller; NULL is fine. [any but audio]
ONOMA_API void onoma_string_free(char *string);

// Reads a note: a name such as "C4", "a#3" or "Bb2" (C4 is middle C, MIDI note 60), or a MIDI note
// from 0 to 127. False for anything else. [any]
ONOMA_API bool onoma_note_parse(const char *text, double *note);

// Name of sampler i, or NULL past the last. [any]
ONOMA_API const char *onoma_sampler_name_at(unsigned i);

#ifdef __cplusplus
}
#endif

#endif
