// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// What a model's scheduler_config.json says: its noise schedule and how to sample it.

#ifndef ONOMA_MODEL_SAMPLER_SCHEDULER_H
#define ONOMA_MODEL_SAMPLER_SCHEDULER_H

#include "model/files/config.h"
#include "model/sampler/diffusion.h"
#include "model/sampler/schedule.h"

#include <onoma/status.h>

#include <stdbool.h>
#include <stddef.h>

typedef enum {
  ONOMA_SAMPLER_OWN = 0,  // what the scheduler's class stands for
  ONOMA_SAMPLER_DDPM,     // Ho, Jain and Abbeel 2020
  ONOMA_SAMPLER_DDIM,     // Song, Meng and Ermon 2021
  ONOMA_SAMPLER_DPM,      // Lu et al. 2022, DPM-Solver++ (2M)
  ONOMA_SAMPLER_EULER,    // Euler's method on the probability flow (Karras et al. 2022)
  ONOMA_SAMPLER_UNIPC,    // Zhao et al. 2023
  ONOMA_SAMPLER_LCM,      // Luo et al. 2023
  ONOMA_SAMPLER_FEW_STEP, // average velocities of a distilled model
} OnomaSamplerKind;

#define ONOMA_N_SAMPLERS 8

// The command line's names: "own", "ddpm", "ddim", "dpm++2m", "euler", "unipc", "lcm" and
// "few-step"; NULL for an unknown kind. [any]
const char *onoma_sampler_name(OnomaSamplerKind kind);

// The kind of that name; false if there is none. [any]
bool onoma_sampler_find(const char *name, OnomaSamplerKind *kind);

typedef enum { ONOMA_SPACING_LEADING, ONOMA_SPACING_TRAILING, ONOMA_SPACING_LINSPACE } OnomaSpacing;

typedef enum {
  ONOMA_DPM_DATA,            // "dpmsolver++": integrates the prediction of x_0
  ONOMA_DPM_DATA_STOCHASTIC, // "sde-dpmsolver++": with fresh noise in every step
  ONOMA_DPM_NOISE,           // "dpmsolver": integrates the prediction of e
} OnomaDpmAlgorithm;

// How the second order terms of DPM-Solver and UniPC are weighted.
typedef enum {
  ONOMA_SOLVER_MIDPOINT,
  ONOMA_SOLVER_HEUN,
  ONOMA_SOLVER_BH1,
  ONOMA_SOLVER_BH2,
} OnomaSolverType;

#define ONOMA_MAX_STEP_SIZES 16

// All that a sampler needs to know of a model. The names are those of the configuration's keys,
// which diffusers' documentation explains.
typedef struct {
  OnomaSamplerKind kind; // never ONOMA_SAMPLER_OWN
  OnomaPath path;
  OnomaPrediction prediction;
  size_t num_train_timesteps;
  float *alphas_cumprod; // [num_train_timesteps], owned; NULL on the straight path

  OnomaSpacing timestep_spacing;
  size_t steps_offset;
  bool use_karras_sigmas;
  double sigma_min, sigma_max; // for Karras' sigmas; 0: the table's
  bool final_sigma_is_zero;
  double lambda_min_clipped;

  bool set_alpha_to_one;
  bool clip_sample; // to +-clip_sample_range
  double clip_sample_range;
  bool large_variance; // DDPM's "fixed_large"

  size_t solver_order; // 1 to 3
  OnomaDpmAlgorithm algorithm_type;
  OnomaSolverType solver_type;
  bool lower_order_final;
  bool euler_at_final;

  size_t original_inference_steps;
  double timestep_scaling;

  double shift;        // of the straight path's times; 1: none
  bool ends_at_step_1; // FlowMatchEulerDiscreteScheduler: times go to 1 / N, and then to 0
  size_t n_step_sizes; // of a distilled model, ascending; 0: the model is not distilled
  double step_sizes[ONOMA_MAX_STEP_SIZES];
  double guidance_min, guidance_max; // weights that a distilled model can imitate
} OnomaScheduler;

// Reads a scheduler's configuration. Its `_class_name` is one of DDIMScheduler, DDPMScheduler,
// DPMSolverMultistepScheduler, EulerDiscreteScheduler, UniPCMultistepScheduler, LCMScheduler,
// FlowMatchEulerDiscreteScheduler and OnomaFlowScheduler; with an explicit kind also one of
// diffusers' other classes with betas.
//
// With a kind other than ONOMA_SAMPLER_OWN the file is read as diffusers' from_config() would:
// keys of that sampler's own class count, and what the file leaves out has that class's default,
// except that samples are clipped only if the file says so.
//
// A key that asks for what this version can't do is refused by name, and so is an unknown key. Keys
// of another scheduler class have no meaning for this one, as in diffusers. [control]
OnomaStatus onoma_scheduler_open(OnomaScheduler *scheduler, const OnomaConfig *config,
                                 OnomaSamplerKind kind, OnomaError *error);

// Frees the table; fine on a zeroed struct. [control]
void onoma_scheduler_close(OnomaScheduler *scheduler);

// Whether a sampler can be used with this scheduler's model; otherwise the reason in error. Does
// not look at the number of steps. [any]
OnomaStatus onoma_scheduler_check(const OnomaScheduler *scheduler, OnomaSamplerKind kind,
                                  OnomaError *error);

#endif
