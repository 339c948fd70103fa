// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The engine on a tiny model of random weights: jobs, threads, cancelling, failures, and memory.

#include "test.h"

#include "base/memory.h"
#include "engine/finish.h"
#include "engine/pipeline.h"
#include "scratch.h"

#include <onoma/engine.h>

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TINY ONOMA_TEST_DATA "/golden/dev/audioldm-tiny"

static OnomaEngine *open_engine(const char *model, unsigned n_threads) {
  OnomaEngineSettings settings;
  onoma_engine_settings_default(&settings);
  settings.model = model;
  settings.n_threads = n_threads;
  OnomaEngine *engine;
  OnomaError error = {.text = ""};
  if (onoma_engine_open(&engine, &settings, &error))
    fail_msg("%s", error.text);
  return engine;
}

static OnomaRecipe short_recipe(uint64_t seed) {
  OnomaRecipe recipe;
  onoma_recipe_default(&recipe);
  recipe.prompt = "a bell";
  recipe.seed = seed;
  recipe.length_s = 0.3;
  recipe.n_steps = 2;
  return recipe;
}

static OnomaJob *submit(OnomaEngine *engine, const OnomaRecipe *recipe) {
  OnomaJob *job;
  OnomaError error = {.text = ""};
  if (onoma_engine_submit(engine, recipe, NULL, &job, &error))
    fail_msg("%s", error.text);
  return job;
}

static OnomaClip *result(OnomaJob *job) {
  assert_true(onoma_job_wait(job, -1));
  OnomaClip *clip;
  OnomaError error = {.text = ""};
  if (onoma_job_result(job, &clip, NULL, &error))
    fail_msg("%s", error.text);
  return clip;
}

static void assert_same_clip(const OnomaClip *a, const OnomaClip *b) {
  assert_int_equal(onoma_clip_info(a)->n_frames, onoma_clip_info(b)->n_frames);
  assert_memory_equal(onoma_clip_samples(a, 0), onoma_clip_samples(b, 0),
                      onoma_clip_info(a)->n_frames * sizeof(float));
}

// ---- Results

static void test_recipe_is_completed(void **state) {
  (void)state;
  OnomaEngine *engine = open_engine(TINY, 1);
  assert_null(onoma_engine_model(engine));
  const OnomaRecipe recipe = short_recipe(3);
  OnomaJob *job = submit(engine, &recipe);
  OnomaClip *clip = result(job);
  OnomaRecipe *made;
  assert_int_equal(onoma_recipe_from_json(&made, onoma_clip_info(clip)->recipe, NULL), ONOMA_OK);
  const OnomaModelInfo *info = onoma_engine_model(engine);
  assert_non_null(strstr(made->model, info->digest));
  assert_string_equal(made->sampler, "ddim");
  assert_true(made->guidance == 2.5);
  assert_true(made->seed == 3);
  assert_true(fabs((double)onoma_clip_info(clip)->n_frames / info->sample_rate - 0.3) < 0.02);
  onoma_recipe_free(made);
  onoma_clip_unref(clip);
  onoma_job_free(job);
  onoma_engine_close(&engine);
  assert_null(engine);
}

static void test_same_bits_with_any_threads(void **state) {
  (void)state;
  OnomaClip *clips[3];
  for (unsigned i = 0; i < 3; i++) {
    OnomaEngine *engine = open_engine(TINY, i + 1);
    const OnomaRecipe recipe = short_recipe(1);
    OnomaJob *job = submit(engine, &recipe);
    clips[i] = result(job);
    onoma_job_free(job);
    onoma_engine_close(&engine);
  }
  for (unsigned i = 1; i < 3; i++)
    assert_same_clip(clips[0], clips[i]);
  for (unsigned i = 0; i < 3; i++)
    onoma_clip_unref(clips[i]);
}

// A sound made from the first n_frames of some tone at 8000 Hz.
static OnomaClip *remake(OnomaEngine *engine, size_t n_frames, OnomaReport *report) {
  float *samples = malloc(n_frames * sizeof(float));
  assert_non_null(samples);
  for (size_t i = 0; i < n_frames; i++)
    samples[i] = (float)sin(1e-5 * (double)i * (double)i) * 0.5F;
  const OnomaClipInfo info = {
      .n_channels = 1, .n_frames = n_frames, .sample_rate = 8000, .root_note = NAN};
  OnomaClip *init;
  assert_int_equal(onoma_clip_new(&init, &info, (const float *const[]){samples}, NULL), ONOMA_OK);
  free(samples);
  OnomaRecipe recipe = short_recipe(1);
  recipe.strength = 0.5;
  OnomaJob *job;
  assert_int_equal(onoma_engine_submit(engine, &recipe, init, &job, NULL), ONOMA_OK);
  onoma_clip_unref(init);
  assert_true(onoma_job_wait(job, -1));
  OnomaClip *clip;
  assert_int_equal(onoma_job_result(job, &clip, report, NULL), ONOMA_OK);
  onoma_job_free(job);
  return clip;
}

static void test_initial_sound_is_used_as_far_as_needed(void **state) {
  (void)state;
  OnomaEngine *engine = open_engine(TINY, 1);
  OnomaReport report;
  OnomaReport long_report;
  OnomaClip *clip = remake(engine, 16000, &report);
  OnomaClip *same = remake(engine, 160000, &long_report);
  assert_same_clip(clip, same);
  assert_int_equal(report.scratch_bytes, long_report.scratch_bytes);
  onoma_clip_unref(clip);
  onoma_clip_unref(same);
  onoma_engine_close(&engine);
}

typedef struct {
  OnomaEngine *engine;
  uint64_t seed;
  OnomaClip *clip;
} Submitter;

static void *submit_one(void *data) {
  Submitter *submitter = data;
  const OnomaRecipe recipe = short_recipe(submitter->seed);
  OnomaJob *job;
  if (onoma_engine_submit(submitter->engine, &recipe, NULL, &job, NULL))
    return NULL;
  onoma_job_wait(job, -1);
  onoma_job_result(job, &submitter->clip, NULL, NULL);
  onoma_job_free(job);
  return NULL;
}

// Two engines, and four threads that submit to them, all with the same seed: all get the same clip.
static void test_engines_and_submitters_are_independent(void **state) {
  (void)state;
  OnomaEngine *engines[2] = {open_engine(TINY, 2), open_engine(TINY, 1)};
  Submitter submitters[4];
  pthread_t threads[4];
  for (size_t i = 0; i < 4; i++) {
    submitters[i] = (Submitter){.engine = engines[i % 2], .seed = 11};
    assert_int_equal(pthread_create(&threads[i], NULL, submit_one, &submitters[i]), 0);
  }
  for (size_t i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    assert_non_null(submitters[i].clip);
    assert_same_clip(submitters[0].clip, submitters[i].clip);
  }
  for (size_t i = 0; i < 4; i++)
    onoma_clip_unref(submitters[i].clip);
  onoma_engine_close(&engines[0]);
  onoma_engine_close(&engines[1]);
}

static void test_progress_never_goes_back(void **state) {
  (void)state;
  OnomaEngine *engine = open_engine(TINY, 1);
  OnomaRecipe recipe = short_recipe(1);
  recipe.n_steps = 20;
  OnomaJob *job = submit(engine, &recipe);
  OnomaProgress last = {.stage = ONOMA_STAGE_QUEUED};
  bool seen_steps = false;
  for (bool done = false; !done;) {
    done = onoma_job_wait(job, 0.001);
    OnomaProgress now;
    onoma_job_poll(job, &now);
    assert_true(now.stage >= last.stage);
    assert_true(now.fraction >= last.fraction && now.fraction <= 1);
    assert_true(isnan(now.left_s) || now.left_s >= 0);
    seen_steps |= now.stage == ONOMA_STAGE_DENOISE && now.n_steps == 20;
    last = now;
  }
  assert_true(seen_steps);
  assert_int_equal(last.stage, ONOMA_STAGE_DONE);
  onoma_job_free(job);
  onoma_engine_close(&engine);
}

// ---- Stopping

static void test_cancel_stops_within_a_step(void **state) {
  (void)state;
  OnomaEngine *engine = open_engine(TINY, 1);
  OnomaRecipe recipe = short_recipe(1);
  recipe.n_steps = 1000;
  recipe.sampler = "ddpm";
  OnomaJob *job = submit(engine, &recipe);
  OnomaProgress progress = {0};
  while (progress.stage < ONOMA_STAGE_DENOISE || progress.step < 2)
    onoma_job_poll(job, &progress);
  onoma_job_cancel(job);
  assert_true(onoma_job_wait(job, 60));
  OnomaClip *clip;
  OnomaError error;
  assert_int_equal(onoma_job_result(job, &clip, NULL, &error), ONOMA_ERR_CANCELLED);
  assert_null(clip);
  onoma_job_free(job);

  // The engine goes on.
  recipe = short_recipe(1);
  job = submit(engine, &recipe);
  onoma_clip_unref(result(job));
  onoma_job_free(job);
  onoma_engine_close(&engine);
}

static void test_close_ends_all_jobs(void **state) {
  (void)state;
  OnomaEngine *engine = open_engine(TINY, 1);
  OnomaRecipe recipe = short_recipe(1);
  recipe.n_steps = 1000;
  recipe.sampler = "ddpm";
  OnomaJob *jobs[3];
  for (size_t i = 0; i < 3; i++)
    jobs[i] = submit(engine, &recipe);
  OnomaProgress progress = {0};
  while (progress.stage < ONOMA_STAGE_DENOISE)
    onoma_job_poll(jobs[0], &progress);
  OnomaClip *clip;
  OnomaError error;
  assert_int_equal(onoma_job_result(jobs[0], &clip, NULL, &error), ONOMA_ERR_ARGUMENT);
  onoma_engine_close(&engine);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(onoma_job_result(jobs[i], &clip, NULL, &error), ONOMA_ERR_CANCELLED);
    onoma_job_free(jobs[i]);
  }
}

// Freed jobs are nobody's concern, at any time.
static void test_jobs_can_be_given_up(void **state) {
  (void)state;
  OnomaEngine *engine = open_engine(TINY, 1);
  const OnomaRecipe recipe = short_recipe(1);
  for (int i = 0; i < 5; i++)
    onoma_job_free(submit(engine, &recipe));
  OnomaJob *job = submit(engine, &recipe);
  onoma_clip_unref(result(job));
  onoma_job_free(job);
  onoma_engine_close(&engine);
}

// ---- Failures

static OnomaStatus status_of(OnomaEngine *engine, const OnomaRecipe *recipe, OnomaError *error) {
  OnomaJob *job;
  OnomaStatus status = onoma_engine_submit(engine, recipe, NULL, &job, error);
  if (status)
    return status;
  onoma_job_wait(job, -1);
  OnomaClip *clip = NULL;
  status = onoma_job_result(job, &clip, NULL, error);
  onoma_clip_unref(clip);
  onoma_job_free(job);
  return status;
}

static void test_missing_model(void **state) {
  (void)state;
  OnomaEngine *engine = open_engine("/nonexistent/model", 1);
  OnomaError error;
  assert_int_equal(onoma_engine_load(engine, &error), ONOMA_ERR_NOT_FOUND);
  const OnomaRecipe recipe = short_recipe(1);
  assert_int_equal(status_of(engine, &recipe, &error), ONOMA_ERR_NOT_FOUND);
  assert_non_null(strstr(error.text, "/nonexistent/model"));
  onoma_engine_close(&engine);
}

static void test_senseless_recipes(void **state) {
  (void)state;
  OnomaEngine *engine = open_engine(TINY, 1);
  OnomaRecipe recipe = short_recipe(1);
  OnomaError error;
  recipe.prompt = NULL;
  assert_int_equal(status_of(engine, &recipe, &error), ONOMA_ERR_ARGUMENT);
  recipe = short_recipe(1);
  recipe.sampler = "magic";
  assert_int_equal(status_of(engine, &recipe, &error), ONOMA_ERR_ARGUMENT);
  recipe = short_recipe(1);
  recipe.length_s = 0.001;
  assert_int_equal(status_of(engine, &recipe, &error), ONOMA_ERR_ARGUMENT);
  recipe = short_recipe(1);
  recipe.sampler = "few-step";
  assert_int_equal(status_of(engine, &recipe, &error), ONOMA_ERR_ARGUMENT);
  onoma_engine_close(&engine);
}

// A copy of the tiny model whose file `path` has its tensors' bytes set by `change`.
static void copy_model(const char *folder, const char *path,
                       void (*change)(unsigned char *data, size_t size)) {
  char command[1024];
  snprintf(command, sizeof(command), "cp -r '%s' '%s' && chmod -R u+w '%s'", TINY, folder, folder);
  assert_int_equal(system(command), 0);
  char full[512];
  snprintf(full, sizeof(full), "%s/%s", folder, path);
  FILE *file = fopen(full, "r+b");
  assert_non_null(file);
  unsigned char header[8];
  assert_int_equal(fread(header, 1, 8, file), 8);
  size_t begin = 8;
  for (size_t i = 0; i < 4; i++)
    begin += (size_t)header[i] << 8 * i;
  fseek(file, 0, SEEK_END);
  const size_t size = (size_t)ftell(file) - begin;
  unsigned char *data = malloc(size);
  assert_non_null(data);
  fseek(file, (long)begin, SEEK_SET);
  assert_int_equal(fread(data, 1, size, file), size);
  change(data, size);
  fseek(file, (long)begin, SEEK_SET);
  assert_int_equal(fwrite(data, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
  free(data);
}

static void make_last_nan(unsigned char *data, size_t size) {
  memset(data + size - 4, 0xFF, 4);
}

static void make_zero(unsigned char *data, size_t size) {
  memset(data, 0, size);
}

static void assert_failure(const char *path, void (*change)(unsigned char *, size_t),
                           OnomaStatus expected) {
  char folder[] = "engine.XXXXXX";
  assert_non_null(mkdtemp(folder));
  char copy[64];
  snprintf(copy, sizeof(copy), "%s/model", folder);
  copy_model(copy, path, change);
  OnomaEngine *engine = open_engine(copy, 1);
  const OnomaRecipe recipe = short_recipe(1);
  OnomaError error = {.text = ""};
  const OnomaStatus status = status_of(engine, &recipe, &error);
  onoma_engine_close(&engine);
  char command[64];
  snprintf(command, sizeof(command), "rm -r %s", folder);
  assert_int_equal(system(command), 0);
  if (status != expected)
    fail_msg("%s: status %d, %s", path, status, error.text);
}

static void test_nan_is_reported(void **state) {
  (void)state;
  assert_failure("unet/diffusion_pytorch_model.safetensors", make_last_nan, ONOMA_ERR_NUMERIC);
  assert_failure("vocoder/model.safetensors", make_last_nan, ONOMA_ERR_NUMERIC);
}

static void test_silence_is_reported(void **state) {
  (void)state;
  assert_failure("vocoder/model.safetensors", make_zero, ONOMA_ERR_SILENT);
}

static void test_offset_alone_is_silence(void **state) {
  (void)state;
  float samples[4000];
  for (size_t i = 0; i < 4000; i++)
    samples[i] = 0.5F;
  OnomaRecipe recipe = short_recipe(1);
  recipe.length_s = 0.5;
  OnomaClip *clip;
  OnomaReport report = {0};
  assert_int_equal(onoma_finish(samples, 4000, 8000, &recipe, &clip, &report, NULL),
                   ONOMA_ERR_SILENT);
  assert_null(clip);
}

static void test_waiting_for_any_time(void **state) {
  (void)state;
  static const double times[] = {-1, -INFINITY, 1e300, INFINITY, NAN, 1e10};
  OnomaEngine *engine = open_engine(TINY, 1);
  for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
    const OnomaRecipe recipe = short_recipe(1);
    OnomaJob *job = submit(engine, &recipe);
    assert_false(onoma_job_wait(job, 0));
    assert_true(onoma_job_wait(job, times[i]));
    onoma_job_free(job);
  }
  onoma_engine_close(&engine);
}

// ---- Memory

// Nothing may be allocated between the first and the last step.
static _Atomic bool counting;
static _Atomic unsigned n_allocations;

// Sanitizers have an allocator of their own.
#if defined(__has_feature)
#  if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#    define SANITIZED 1
#  endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define SANITIZED 1
#endif

#if !defined(SANITIZED)
#  define COUNTS_ALLOCATIONS 1

void *__libc_malloc(size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);

static void note(void) {
  if (atomic_load(&counting))
    atomic_fetch_add(&n_allocations, 1);
}

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *calloc(size_t n, size_t size) {
  note();
  return __libc_calloc(n, size);
}

void *realloc(void *block, size_t size) {
  note();
  return __libc_realloc(block, size);
}
#else
#  define COUNTS_ALLOCATIONS 0
#endif

static bool count_in_steps(void *data, OnomaStage stage, unsigned step, unsigned n_steps) {
  (void)data;
  atomic_store(&counting, stage == ONOMA_STAGE_DENOISE && step < n_steps);
  return true;
}

static void test_steps_allocate_nothing(void **state) {
  (void)state;
  if (!COUNTS_ALLOCATIONS)
    skip();
  // The counter must be in place.
  atomic_store(&counting, true);
  free(onoma_alloc(1, 1));
  atomic_store(&counting, false);
  assert_int_equal(atomic_exchange(&n_allocations, 0), 1);
  OnomaModel *model;
  OnomaError error = {.text = ""};
  if (onoma_model_open(&model, TINY, ~0U, 2, &error))
    fail_msg("%s", error.text);
  OnomaWorkshop workshop = {0};
  assert_int_equal(onoma_pool_open(&workshop.pool, 2, NULL), ONOMA_OK);
  static const char *const samplers[] = {"ddpm", "ddim", "dpm++2m", "euler", "unipc", "lcm"};
  for (size_t i = 0; i < sizeof(samplers) / sizeof(samplers[0]); i++) {
    OnomaRecipe recipe = short_recipe(1);
    recipe.n_steps = 5;
    recipe.sampler = samplers[i];
    const OnomaMonitor monitor = {count_in_steps, NULL};
    OnomaClip *clip;
    OnomaReport report = {0};
    const OnomaStatus status =
        onoma_pipeline_run(model, &workshop, &recipe, NULL, &monitor, &clip, &report, &error);
    if (status)
      fail_msg("%s: %s", samplers[i], error.text);
    assert_int_equal(workshop.arena.peak, report.scratch_bytes);
    onoma_clip_unref(clip);
    if (n_allocations)
      fail_msg("%s: %u allocations", samplers[i], n_allocations);
  }
  onoma_arena_fini(&workshop.arena);
  onoma_pool_close(&workshop.pool);
  onoma_model_close(&model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_recipe_is_completed),
      cmocka_unit_test(test_same_bits_with_any_threads),
      cmocka_unit_test(test_initial_sound_is_used_as_far_as_needed),
      cmocka_unit_test(test_engines_and_submitters_are_independent),
      cmocka_unit_test(test_progress_never_goes_back),
      cmocka_unit_test(test_cancel_stops_within_a_step),
      cmocka_unit_test(test_close_ends_all_jobs),
      cmocka_unit_test(test_jobs_can_be_given_up),
      cmocka_unit_test(test_missing_model),
      cmocka_unit_test(test_senseless_recipes),
      cmocka_unit_test(test_nan_is_reported),
      cmocka_unit_test(test_silence_is_reported),
      cmocka_unit_test(test_offset_alone_is_silence),
      cmocka_unit_test(test_waiting_for_any_time),
      cmocka_unit_test(test_steps_allocate_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
