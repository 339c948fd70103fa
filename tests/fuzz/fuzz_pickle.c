// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Pickles, without the archive's checksum in the way.

#include "fuzz.h"
#include "model/files/pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  OnomaPickle pickle;
  OnomaError error = {.status = ONOMA_OK};
  const OnomaStatus status = onoma_pickle_open(&pickle, "x", data, size, &error);
  FUZZ_ASSERT(status == error.status);
  for (size_t i = 0; i < pickle.n_members; i++) {
    const OnomaPickleMember *const member = &pickle.members[i];
    FUZZ_ASSERT(!status && member->tensor < pickle.n_tensors);
    FUZZ_ASSERT((const uint8_t *)member->name.text >= data);
    FUZZ_ASSERT((const uint8_t *)member->name.text + member->name.n <= data + size);
    FUZZ_ASSERT(pickle.tensors[member->tensor].storage < pickle.n_storages);
    FUZZ_ASSERT(pickle.tensors[member->tensor].rank <= ONOMA_MAX_RANK);
  }
  onoma_pickle_close(&pickle);
  return 0;
}
