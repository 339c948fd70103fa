// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Jobs: a recipe on its way to a clip.

#include "job.h"

#include "recipe.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <math.h>
#include <time.h>

// Shares of a job's work before, in and after the denoiser, for a bar that moves evenly enough.
#define BEFORE_DENOISE 0.02
#define AFTER_DENOISE  0.25

// What the stages after the denoiser take in steps of it, until a job has told.
#define GUESSED_STEPS 6

double onoma_now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void init_condition(pthread_cond_t *condition) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(condition, &attributes);
  pthread_condattr_destroy(&attributes);
}

OnomaStatus onoma_job_new(OnomaJob **job, const OnomaRecipe *recipe, OnomaClip *init,
                          OnomaError *error) {
  *job = NULL;
  OnomaJob *const j = onoma_alloc_zero(1, sizeof(OnomaJob));
  OnomaRecipe *const copy = j ? onoma_recipe_copy(recipe) : NULL;
  if (!copy) {
    onoma_free(j);
    return onoma_fail_memory(error);
  }
  j->recipe = copy;
  j->init = init ? onoma_clip_ref(init) : NULL;
  j->progress = (OnomaProgress){.stage = ONOMA_STAGE_QUEUED, .left_s = NAN};
  j->after_denoise_s = NAN;
  j->stage_began = onoma_now_s();
  atomic_init(&j->n_references, 1);
  pthread_mutex_init(&j->lock, NULL);
  init_condition(&j->changed);
  *job = j;
  return ONOMA_OK;
}

OnomaJob *onoma_job_ref(OnomaJob *job) {
  atomic_fetch_add(&job->n_references, 1);
  return job;
}

void onoma_job_unref(OnomaJob *job) {
  if (atomic_fetch_sub(&job->n_references, 1) != 1)
    return;
  onoma_clip_unref(job->clip);
  onoma_clip_unref(job->init);
  onoma_recipe_free(job->recipe);
  pthread_cond_destroy(&job->changed);
  pthread_mutex_destroy(&job->lock);
  onoma_free(job);
}

void onoma_job_free(OnomaJob *job) {
  if (!job)
    return;
  onoma_job_cancel(job);
  onoma_job_unref(job);
}

void onoma_job_cancel(OnomaJob *job) {
  atomic_store(&job->cancelled, true);
}

// ---- Progress

// Steps are what takes time and can be counted; the rest goes by how long it took the last time, or
// by the time of a step.
static double estimate_left(const OnomaJob *job, double now) {
  const OnomaProgress *const progress = &job->progress;
  const double after_s = job->after_denoise_s;
  if (progress->stage > ONOMA_STAGE_DENOISE)
    return isnan(after_s) ? NAN : fmax(0, after_s - (now - job->denoise_ended));
  if (progress->stage < ONOMA_STAGE_DENOISE || !progress->step)
    return NAN;
  const double step_s = (now - job->stage_began) / progress->step;
  return step_s * (progress->n_steps - progress->step) +
         (isnan(after_s) ? GUESSED_STEPS * step_s : after_s);
}

static double fraction_done(const OnomaProgress *progress) {
  const double denoise = 1 - BEFORE_DENOISE - AFTER_DENOISE;
  switch (progress->stage) {
  case ONOMA_STAGE_QUEUED:
  case ONOMA_STAGE_LOADING:
  case ONOMA_STAGE_TEXT:
    return 0;
  case ONOMA_STAGE_DENOISE:
    return BEFORE_DENOISE + (progress->n_steps ? denoise * progress->step / progress->n_steps : 0);
  case ONOMA_STAGE_DECODE:
    return BEFORE_DENOISE + denoise;
  case ONOMA_STAGE_VOCODE:
    return BEFORE_DENOISE + denoise + 0.4 * AFTER_DENOISE;
  case ONOMA_STAGE_FINISH:
    return 1 - 0.1 * AFTER_DENOISE;
  case ONOMA_STAGE_DONE:
    break;
  }
  return 1;
}

bool onoma_job_enter(OnomaJob *job, OnomaStage stage, unsigned step, unsigned n_steps) {
  pthread_mutex_lock(&job->lock);
  const double now = onoma_now_s();
  if (job->progress.stage != stage) {
    const double took_s = now - job->stage_began;
    job->report.stage_s[job->progress.stage] += took_s;
    job->stage_began = now;
    if (job->progress.stage == ONOMA_STAGE_DENOISE) {
      job->denoise_ended = now;
      if (isnan(job->after_denoise_s) && job->progress.n_steps)
        job->after_denoise_s = GUESSED_STEPS * took_s / job->progress.n_steps;
    }
  }
  job->progress.stage = stage;
  job->progress.step = step;
  job->progress.n_steps = n_steps;
  job->progress.left_s = estimate_left(job, now);
  job->progress.fraction = fraction_done(&job->progress);
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->lock);
  return !atomic_load(&job->cancelled);
}

void onoma_job_finish(OnomaJob *job, OnomaStatus status, OnomaClip *clip, const OnomaReport *report,
                      const OnomaError *error) {
  onoma_job_enter(job, ONOMA_STAGE_FINISH, 0, 0);
  pthread_mutex_lock(&job->lock);
  job->report.stage_s[ONOMA_STAGE_FINISH] += onoma_now_s() - job->stage_began;
  job->report.dc = report->dc;
  job->report.clipped = report->clipped;
  job->report.scratch_bytes = report->scratch_bytes;
  job->status = status;
  job->clip = clip;
  if (error)
    job->error = *error;
  job->progress.stage = ONOMA_STAGE_DONE;
  job->progress.fraction = 1;
  job->progress.left_s = 0;
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->lock);
}

void onoma_job_poll(OnomaJob *job, OnomaProgress *progress) {
  pthread_mutex_lock(&job->lock);
  *progress = job->progress;
  pthread_mutex_unlock(&job->lock);
}

bool onoma_job_wait(OnomaJob *job, double seconds) {
  // More than a year is for ever, and must not overflow the time.
  if (!(seconds <= 3.2e7))
    seconds = -1;
  const double end = onoma_now_s() + fmax(seconds, 0);
  const struct timespec deadline = {.tv_sec = (time_t)end,
                                    .tv_nsec = (long)(1e9 * (end - floor(end)))};
  int result = 0;
  pthread_mutex_lock(&job->lock);
  while (job->progress.stage != ONOMA_STAGE_DONE && result != ETIMEDOUT) {
    if (seconds < 0)
      pthread_cond_wait(&job->changed, &job->lock);
    else
      result = pthread_cond_timedwait(&job->changed, &job->lock, &deadline);
  }
  const bool done = job->progress.stage == ONOMA_STAGE_DONE;
  pthread_mutex_unlock(&job->lock);
  return done;
}

OnomaStatus onoma_job_result(OnomaJob *job, OnomaClip **clip, OnomaReport *report,
                             OnomaError *error) {
  *clip = NULL;
  pthread_mutex_lock(&job->lock);
  OnomaStatus status = ONOMA_ERR_ARGUMENT;
  if (job->progress.stage != ONOMA_STAGE_DONE) {
    onoma_fail(error, status, "the job is not done");
  } else {
    status = job->status;
    if (status && error)
      *error = job->error;
    if (!status)
      *clip = onoma_clip_ref(job->clip);
    if (report)
      *report = job->report;
  }
  pthread_mutex_unlock(&job->lock);
  return status;
}

const char *onoma_stage_name(OnomaStage stage) {
  static const char *const names[ONOMA_N_STAGES] = {
      [ONOMA_STAGE_QUEUED] = "queued", [ONOMA_STAGE_LOADING] = "loading",
      [ONOMA_STAGE_TEXT] = "text",     [ONOMA_STAGE_DENOISE] = "denoise",
      [ONOMA_STAGE_DECODE] = "decode", [ONOMA_STAGE_VOCODE] = "vocode",
      [ONOMA_STAGE_FINISH] = "finish", [ONOMA_STAGE_DONE] = "done",
  };
  return (unsigned)stage < ONOMA_N_STAGES ? names[stage] : "unknown";
}
