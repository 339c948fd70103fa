// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The engine: a thread that takes jobs from a queue.

#include <onoma/engine.h>

#include "job.h"
#include "model.h"
#include "pipeline.h"
#include "recipe.h"

#include "base/cpu.h"
#include "base/denormals.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/thread.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct OnomaEngine {
  OnomaEngineSettings settings; // its strings are owned
  char *model_name;             // or NULL
  unsigned cpu_mask;
  pthread_t thread;

  pthread_mutex_t lock; // protects what follows
  pthread_cond_t changed;
  OnomaJob *first; // queue, with a reference each
  OnomaJob *running;
  bool ending;
  bool load_wanted;
  bool load_tried;
  OnomaStatus load_status;
  OnomaError load_error;
  OnomaModel *model;            // set once, by the engine's thread
  double after_denoise_s_per_s; // how long the stages after the denoiser took for a second of
                                // sound, or NaN

  OnomaWorkshop workshop; // of the engine's thread
};

static void write_log(const OnomaEngine *engine, OnomaLogLevel level, const char *format, ...)
    ONOMA_PRINTF(3, 4);

static void write_log(const OnomaEngine *engine, OnomaLogLevel level, const char *format, ...) {
  if (!engine->settings.log)
    return;
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  engine->settings.log(engine->settings.log_data, level, text);
}

// ---- The engine's thread

static OnomaStatus load(OnomaEngine *engine, OnomaModel **model, OnomaError *error) {
  const double began = onoma_now_s();
  OnomaStatus status = ONOMA_OK;
  if (!engine->workshop.pool)
    status = onoma_pool_open(&engine->workshop.pool, engine->settings.n_threads, error);
  if (!status)
    status = onoma_model_open(model, engine->model_name, engine->cpu_mask,
                              onoma_pool_n_threads(engine->workshop.pool), error);
  if (status)
    return status;
  const OnomaModelInfo *const info = onoma_model_info(*model);
  write_log(engine, ONOMA_LOG_INFO, "loaded %s from %s in %d ms, %s kernels, %u threads",
            info->name, info->folder, (int)(1e3 * (onoma_now_s() - began)), info->cpu,
            info->n_threads);
  return ONOMA_OK;
}

// Loads the model unless that was tried. A failure is kept, and is the answer to every job: a
// folder that is mended takes a new engine.
static void ensure_loaded(OnomaEngine *engine) {
  if (engine->load_tried)
    return;
  OnomaModel *model = NULL;
  OnomaError error;
  const OnomaStatus status = load(engine, &model, &error);
  if (status)
    write_log(engine, ONOMA_LOG_ERROR, "%s", error.text);

  pthread_mutex_lock(&engine->lock);
  engine->load_tried = true;
  engine->load_status = status;
  if (status)
    engine->load_error = error;
  engine->model = model;
  pthread_cond_broadcast(&engine->changed);
  pthread_mutex_unlock(&engine->lock);
}

static bool enter(void *data, OnomaStage stage, unsigned step, unsigned n_steps) {
  return onoma_job_enter(data, stage, step, n_steps);
}

// Remembers how long the stages after the denoiser took for the length that was asked for, whatever
// was trimmed off, for the next job's estimate.
static void learn(OnomaEngine *engine, OnomaJob *job, double length_s) {
  const double *const s = job->report.stage_s;
  const double after_s = s[ONOMA_STAGE_DECODE] + s[ONOMA_STAGE_VOCODE] + s[ONOMA_STAGE_FINISH];
  engine->after_denoise_s_per_s = after_s / length_s;
}

static void run_job(OnomaEngine *engine, OnomaJob *job) {
  OnomaClip *clip = NULL;
  OnomaReport report = {0};
  OnomaError error;
  OnomaStatus status = ONOMA_OK;
  double length_s = job->recipe->length_s;
  if (!onoma_job_enter(job, ONOMA_STAGE_LOADING, 0, 0)) {
    status = onoma_fail(&error, ONOMA_ERR_CANCELLED, "cancelled");
  } else {
    ensure_loaded(engine);
    status = engine->load_status;
    error = engine->load_error;
  }
  if (!status) {
    if (length_s <= 0)
      length_s = onoma_model_info(engine->model)->default_length_s;
    job->after_denoise_s = engine->after_denoise_s_per_s * length_s;
    const OnomaMonitor monitor = {enter, job};
    status = onoma_pipeline_run(engine->model, &engine->workshop, job->recipe, job->init, &monitor,
                                &clip, &report, &error);
  }
  onoma_job_finish(job, status, clip, &report, status ? &error : NULL);
  if (!status)
    learn(engine, job, length_s);
}

// Takes the first job, or NULL when it is time to end. The job keeps its reference.
static OnomaJob *next_job(OnomaEngine *engine, bool *load_only) {
  pthread_mutex_lock(&engine->lock);
  while (!engine->ending && !engine->first && !engine->load_wanted)
    pthread_cond_wait(&engine->changed, &engine->lock);

  OnomaJob *const job = engine->ending ? NULL : engine->first;
  *load_only = !engine->ending && engine->load_wanted;
  engine->load_wanted = false;
  if (job && !*load_only) {
    engine->first = job->next;
    engine->running = job;
  }
  pthread_mutex_unlock(&engine->lock);
  return *load_only ? NULL : job;
}

// Gives the running job's reference up. Closing cancels what is running, which must exist then.
static void let_go(OnomaEngine *engine, OnomaJob *job) {
  pthread_mutex_lock(&engine->lock);
  engine->running = NULL;
  pthread_mutex_unlock(&engine->lock);
  onoma_job_unref(job);
}

static void *engine_main(void *data) {
  OnomaEngine *const engine = data;
  onoma_denormals_off();
  for (;;) {
    bool load_only;
    OnomaJob *const job = next_job(engine, &load_only);
    if (load_only) {
      ensure_loaded(engine);
    } else if (job) {
      run_job(engine, job);
      let_go(engine, job);
    } else {
      return NULL;
    }
  }
}

// ---- Opening and closing

void onoma_engine_settings_default(OnomaEngineSettings *settings) {
  *settings = (OnomaEngineSettings){0};
}

static OnomaStatus copy_settings(OnomaEngine *engine, const OnomaEngineSettings *settings,
                                 OnomaError *error) {
  engine->settings = *settings;
  engine->settings.model = NULL;
  engine->settings.cpu = NULL;
  engine->cpu_mask = ~0U;
  if (settings->cpu && !onoma_cpu_parse(settings->cpu, &engine->cpu_mask))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT,
                      "unknown kernel level \"%s\"; there are c, avx2, avx512, avx512bf16 and amx",
                      settings->cpu);
  unsigned ignored;
  const char *const variable = getenv("ONOMA_CPU");
  if (variable && *variable && !onoma_cpu_parse(variable, &ignored))
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "ONOMA_CPU: unknown kernel level \"%s\"",
                      variable);
  if (settings->n_threads > 1024)
    return onoma_fail(error, ONOMA_ERR_ARGUMENT, "%u threads are more than 1024",
                      settings->n_threads);
  if (settings->model) {
    engine->model_name = onoma_alloc(strlen(settings->model) + 1, 1);
    if (!engine->model_name)
      return onoma_fail_memory(error);
    memcpy(engine->model_name, settings->model, strlen(settings->model) + 1);
  }
  return ONOMA_OK;
}

OnomaStatus onoma_engine_open(OnomaEngine **engine, const OnomaEngineSettings *settings,
                              OnomaError *error) {
  *engine = NULL;
  OnomaEngine *const e = onoma_alloc_zero(1, sizeof(OnomaEngine));
  if (!e)
    return onoma_fail_memory(error);

  pthread_mutex_init(&e->lock, NULL);
  pthread_cond_init(&e->changed, NULL);
  e->after_denoise_s_per_s = NAN;
  OnomaStatus status = copy_settings(e, settings, error);
  if (!status) {
    const int result = onoma_thread_start(&e->thread, engine_main, e);
    if (result)
      status = onoma_fail(error, ONOMA_ERR_SYSTEM, "cannot start a thread: %s", strerror(result));
  }
  if (status) {
    pthread_cond_destroy(&e->changed);
    pthread_mutex_destroy(&e->lock);
    onoma_free(e->model_name);
    onoma_free(e);
    return status;
  }
  *engine = e;
  return ONOMA_OK;
}

static void cancel_all(OnomaEngine *engine) {
  static const OnomaReport no_report;
  OnomaError error;
  onoma_fail(&error, ONOMA_ERR_CANCELLED, "the engine was closed");
  for (OnomaJob *job = engine->first; job;) {
    OnomaJob *const next = job->next;
    onoma_job_finish(job, ONOMA_ERR_CANCELLED, NULL, &no_report, &error);
    onoma_job_unref(job);
    job = next;
  }
}

void onoma_engine_close(OnomaEngine **engine) {
  OnomaEngine *const e = *engine;
  *engine = NULL;
  if (!e)
    return;

  pthread_mutex_lock(&e->lock);
  e->ending = true;
  if (e->running)
    onoma_job_cancel(e->running);
  pthread_cond_broadcast(&e->changed);
  pthread_mutex_unlock(&e->lock);
  pthread_join(e->thread, NULL);

  cancel_all(e);
  onoma_model_close(&e->model);
  onoma_arena_fini(&e->workshop.arena);
  onoma_pool_close(&e->workshop.pool);
  pthread_cond_destroy(&e->changed);
  pthread_mutex_destroy(&e->lock);
  onoma_free(e->model_name);
  onoma_free(e);
}

// ---- What callers ask of it

OnomaStatus onoma_engine_load(OnomaEngine *engine, OnomaError *error) {
  pthread_mutex_lock(&engine->lock);
  engine->load_wanted = !engine->load_tried;
  pthread_cond_broadcast(&engine->changed);
  while (!engine->load_tried)
    pthread_cond_wait(&engine->changed, &engine->lock);
  const OnomaStatus status = engine->load_status;
  if (status && error)
    *error = engine->load_error;
  pthread_mutex_unlock(&engine->lock);
  return status;
}

const OnomaModelInfo *onoma_engine_model(OnomaEngine *engine) {
  pthread_mutex_lock(&engine->lock);
  const OnomaModel *const model = engine->model;
  pthread_mutex_unlock(&engine->lock);
  return model ? onoma_model_info(model) : NULL;
}

static void append(OnomaEngine *engine, OnomaJob *job) {
  pthread_mutex_lock(&engine->lock);
  OnomaJob **end = &engine->first;
  while (*end)
    end = &(*end)->next;
  *end = job;
  pthread_cond_broadcast(&engine->changed);
  pthread_mutex_unlock(&engine->lock);
}

OnomaStatus onoma_engine_submit(OnomaEngine *engine, const OnomaRecipe *recipe, OnomaClip *init,
                                OnomaJob **job, OnomaError *error) {
  *job = NULL;
  OnomaStatus status = onoma_recipe_check(recipe, error);
  if (!status)
    status = onoma_job_new(job, recipe, init, error);
  if (!status)
    append(engine, onoma_job_ref(*job));
  return status;
}
