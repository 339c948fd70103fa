// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Jobs: a recipe on its way to a clip.

#ifndef ONOMA_ENGINE_JOB_H
#define ONOMA_ENGINE_JOB_H

#include <onoma/engine.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

// Shared by the caller and the engine, by reference count.
struct OnomaJob {
  _Atomic unsigned n_references;
  _Atomic bool cancelled;
  OnomaRecipe *recipe; // owned
  OnomaClip *init;     // a reference, or NULL
  OnomaJob *next;      // in the engine's queue

  pthread_mutex_t lock; // protects what follows
  pthread_cond_t changed;
  OnomaProgress progress;
  double stage_began;     // seconds, monotonic; when the current stage did
  double denoise_ended;   // likewise, once it has
  double after_denoise_s; // how long the stages after the denoiser should take, or NaN
  OnomaReport report;
  OnomaStatus status; // valid when the stage is ONOMA_STAGE_DONE
  OnomaError error;   // likewise
  OnomaClip *clip;    // likewise, a reference; NULL unless status is ONOMA_OK
};

// A queued job with one reference. [any]
OnomaStatus onoma_job_new(OnomaJob **job, const OnomaRecipe *recipe, OnomaClip *init,
                          OnomaError *error);

// [any]
OnomaJob *onoma_job_ref(OnomaJob *job);
void onoma_job_unref(OnomaJob *job);

// Tells where the job is. False if it should stop. [engine]
bool onoma_job_enter(OnomaJob *job, OnomaStage stage, unsigned step, unsigned n_steps);

// Ends the job; takes the reference to the clip, which is NULL unless status is ONOMA_OK. [engine]
void onoma_job_finish(OnomaJob *job, OnomaStatus status, OnomaClip *clip, const OnomaReport *report,
                      const OnomaError *error);

// Seconds of a clock that never goes back. [any]
double onoma_now_s(void);

#endif
