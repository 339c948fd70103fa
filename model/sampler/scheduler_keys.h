// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The classes of schedulers and the keys of their configurations.

#ifndef ONOMA_MODEL_SAMPLER_SCHEDULER_KEYS_H
#define ONOMA_MODEL_SAMPLER_SCHEDULER_KEYS_H

#include "model/sampler/scheduler.h"

// Classes whose keys we know, as bits.
typedef enum {
  ONOMA_CLASS_DDIM = 1 << 0,
  ONOMA_CLASS_DDPM = 1 << 1,
  ONOMA_CLASS_DPM = 1 << 2,
  ONOMA_CLASS_EULER = 1 << 3,
  ONOMA_CLASS_UNIPC = 1 << 4,
  ONOMA_CLASS_LCM = 1 << 5,
  ONOMA_CLASS_FLOW_MATCH = 1 << 6,
  ONOMA_CLASS_ONOMA = 1 << 7,
  ONOMA_CLASS_OTHER = 1 << 8, // known by name only
} OnomaSchedulerClass;

// A class of schedulers: its name, its sampler, and what its keys are when a file leaves them out.
typedef struct {
  const char *name;
  OnomaSchedulerClass bit;
  OnomaSamplerKind kind; // ONOMA_SAMPLER_OWN: none of ours
  OnomaPath path;
  OnomaSpacing spacing;
  bool clips; // default of clip_sample
} OnomaSchedulerInfo;

// The class of that name, and the variance preserving class whose sampler is kind; NULL if there is
// none. [any]
const OnomaSchedulerInfo *onoma_scheduler_info(const char *class_name);
const OnomaSchedulerInfo *onoma_scheduler_info_of(OnomaSamplerKind kind);

// Refuses keys that nobody knows, and keys of the class `bit` with a value that is not
// implemented. [control]
OnomaStatus onoma_scheduler_check_keys(const OnomaConfig *config, OnomaSchedulerClass bit,
                                       OnomaError *error);

#endif
