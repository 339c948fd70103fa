// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The way from a recipe to a clip.

#ifndef ONOMA_ENGINE_PIPELINE_H
#define ONOMA_ENGINE_PIPELINE_H

#include "model.h"

#include "base/memory.h"
#include "base/pool.h"

#include <onoma/engine.h>

#include <stdbool.h>

// Is told of every stage and step; false stops the job.
typedef struct {
  bool (*enter)(void *data, OnomaStage stage, unsigned step, unsigned n_steps);
  void *data;
} OnomaMonitor;

// What jobs run on: shared by all jobs of an engine, one at a time.
typedef struct {
  OnomaPool *pool;
  OnomaArena arena; // grown before a job starts, never while it runs
} OnomaWorkshop;

// Makes a clip from a recipe that onoma_recipe_check() accepts. Fills in the report as far as the
// job comes. [engine]
OnomaStatus onoma_pipeline_run(const OnomaModel *model, OnomaWorkshop *workshop,
                               const OnomaRecipe *recipe, const OnomaClip *init,
                               const OnomaMonitor *monitor, OnomaClip **clip, OnomaReport *report,
                               OnomaError *error);

#endif
