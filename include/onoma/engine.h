// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The engine: makes clips from recipes on threads of its own.

#ifndef ONOMA_ENGINE_H
#define ONOMA_ENGINE_H

#include <onoma/attributes.h>
#include <onoma/clip.h>
#include <onoma/recipe.h>
#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Threads. [any]: any thread but the audio thread; [any, audio too]: every thread; [control]: one
// thread at a time for each object. Several engines in one process are independent of each other.

typedef struct OnomaEngine OnomaEngine;
typedef struct OnomaJob OnomaJob;

typedef enum {
  ONOMA_LOG_ERROR,
  ONOMA_LOG_WARNING,
  ONOMA_LOG_INFO,
} OnomaLogLevel;

// Receives a line without a newline, on the engine's thread.
typedef void (*OnomaLogFunction)(void *data, OnomaLogLevel level, const char *text);

typedef struct {
  const char *model; // folder, or the name of one in the search path; NULL for "default"
  const char
      *cpu; // highest kernel level: "c", "avx2", "avx512", "avx512bf16" or "amx"; NULL for the best
  unsigned n_threads;   // 0: one for every core that the process may use
  OnomaLogFunction log; // NULL: nothing is logged
  void *log_data;
  unsigned char reserved[64]; // zeros
} OnomaEngineSettings;

// [any]
ONOMA_API void onoma_engine_settings_default(OnomaEngineSettings *settings);

// Starts an engine; the settings' strings are copied. The model is loaded by the first job, or by
// onoma_engine_load(), so that this returns at once. [control]
ONOMA_API OnomaStatus onoma_engine_open(OnomaEngine **engine, const OnomaEngineSettings *settings,
                                        OnomaError *error);

// Cancels all jobs, waits for the running one to stop, and clears the pointer. Jobs that were not
// freed stay valid for every call but onoma_job_wait(). [control]
ONOMA_API void onoma_engine_close(OnomaEngine **engine);

// Loads the model now, if it is not loaded; waits for it. [any]
ONOMA_API OnomaStatus onoma_engine_load(OnomaEngine *engine, OnomaError *error);

// What the loaded model is.
typedef struct {
  const char *name;   // of the folder's model_index.json, or the folder
  const char *folder; // path
  const char *digest; // 32 hexadecimal digits over all of its files
  const char *cpu;    // kernel level in use
  unsigned n_threads; // in use
  double sample_rate; // Hz
  double default_length_s, min_length_s, max_length_s;
  unsigned default_steps;
  double default_guidance;
  const char *default_sampler;
} OnomaModelInfo;

// The loaded model, or NULL before one is loaded; valid until the engine is closed. [any]
ONOMA_API const OnomaModelInfo *onoma_engine_model(OnomaEngine *engine);

// Queues a recipe; its strings are copied. `init` is the sound to start from, or NULL; the job
// takes a reference. A recipe that makes no sense fails here where that needs no model, and else in
// the job. The job is the caller's, onoma_job_free(). [any]
ONOMA_API OnomaStatus onoma_engine_submit(OnomaEngine *engine, const OnomaRecipe *recipe,
                                          OnomaClip *init, OnomaJob **job, OnomaError *error);

// Where a job is.
typedef enum {
  ONOMA_STAGE_QUEUED,  // waiting for its turn
  ONOMA_STAGE_LOADING, // the model is being loaded
  ONOMA_STAGE_TEXT,    // prompt -> embedding
  ONOMA_STAGE_DENOISE, // noise -> latent
  ONOMA_STAGE_DECODE,  // latent -> spectrogram
  ONOMA_STAGE_VOCODE,  // spectrogram -> waveform
  ONOMA_STAGE_FINISH,  // trimming, loop, loudness
  ONOMA_STAGE_DONE,    // it succeeded, failed or was cancelled
} OnomaStage;

#define ONOMA_N_STAGES 8

typedef struct {
  OnomaStage stage;
  unsigned step, n_steps; // of the denoiser: steps finished, and steps in all (0 until known)
  double fraction;        // of the job's work, 0 to 1
  double left_s;          // estimated seconds to go, or NaN while there is nothing to tell it from
} OnomaProgress;

// One word for a stage. [any, audio too]
ONOMA_API const char *onoma_stage_name(OnomaStage stage);

// Where the job is now. [any]
ONOMA_API void onoma_job_poll(OnomaJob *job, OnomaProgress *progress);

// Waits until the job is done, or for so many seconds (negative: for ever). True when it is done.
// [any]
ONOMA_API bool onoma_job_wait(OnomaJob *job, double seconds);

// Asks the job to stop, which it does within a step; its result is then ONOMA_ERR_CANCELLED. [any,
// audio too]
ONOMA_API void onoma_job_cancel(OnomaJob *job);

// What was noticed about the sound while it was made, and mended or reported.
typedef struct {
  double dc;                      // mean of the raw waveform over its peak; removed
  double clipped;                 // share of the raw waveform's samples at full scale
  double stage_s[ONOMA_N_STAGES]; // seconds spent in each stage
  size_t scratch_bytes;           // memory planned for the job besides the model's
} OnomaReport;

// The result of a job that is done: ONOMA_OK and a reference to the clip, or why there is none. A
// sound with NaN or infinity, and one that is silent, is a failure. ONOMA_ERR_ARGUMENT if the job
// is not done. report may be NULL. [any]
ONOMA_API OnomaStatus onoma_job_result(OnomaJob *job, OnomaClip **clip, OnomaReport *report,
                                       OnomaError *error);

// Cancels the job if it is not done, and gives it up. NULL is fine. [any]
ONOMA_API void onoma_job_free(OnomaJob *job);

#ifdef __cplusplus
}
#endif

#endif
