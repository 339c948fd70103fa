// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The AMX instructions that the kernel uses, or with ONOMA_TILE_EMULATED functions that do the same
// anywhere, for tests.
//
// Tiles have 16 rows of 64 bytes. Written as assembly, since gcc 12's _tile_loadconfig() tells the
// compiler of 8 bytes of the 64 that it reads, and stores to the others get lost.

#ifndef ONOMA_MODEL_KERNELS_X86_TILE_H
#define ONOMA_MODEL_KERNELS_X86_TILE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { tile_rows = 16, tile_row_bytes = 64, n_tiles = 8 };

#if ONOMA_TILE_EMULATED

#  include "model/kernels/bf16.h"

static _Thread_local unsigned char tile_data[n_tiles][tile_rows][tile_row_bytes];

static inline void tile_configure(void) {
  memset(tile_data, 0, sizeof(tile_data));
}

// Forgets the tiles: using them without configuring anew must show.
static inline void tile_release(void) {
  memset(tile_data, 0xFF, sizeof(tile_data));
}

static inline void tile_zero(int tile) {
  memset(tile_data[tile], 0, sizeof(tile_data[tile]));
}

static inline void tile_load(int tile, const void *from, size_t stride) {
  for (size_t r = 0; r < tile_rows; r++)
    memcpy(tile_data[tile][r], (const unsigned char *)from + r * stride, tile_row_bytes);
}

static inline void tile_store(int tile, void *to, size_t stride) {
  for (size_t r = 0; r < tile_rows; r++)
    memcpy((unsigned char *)to + r * stride, tile_data[tile][r], tile_row_bytes);
}

// sums [16,16] += a [16,16,2] b [16,16,2]: row r of a with rows k of b, in pairs.
static inline void tile_multiply(int sums, int a, int b) {
  for (size_t r = 0; r < tile_rows; r++) {
    float sum[16];
    uint16_t x[32];
    memcpy(sum, tile_data[sums][r], sizeof(sum));
    memcpy(x, tile_data[a][r], sizeof(x));
    for (size_t k = 0; k < 16; k++) {
      uint16_t y[32];
      memcpy(y, tile_data[b][k], sizeof(y));
      for (size_t c = 0; c < 16; c++) {
        sum[c] += onoma_bf16_to_f32(x[2 * k]) * onoma_bf16_to_f32(y[2 * c]);
        sum[c] += onoma_bf16_to_f32(x[2 * k + 1]) * onoma_bf16_to_f32(y[2 * c + 1]);
      }
    }
    memcpy(tile_data[sums][r], sum, sizeof(sum));
  }
}

#else

// Intel SDM, volume 1, section 18.2: palette 1.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} TileConfig;

_Static_assert(sizeof(TileConfig) == 64, "the processor reads 64 bytes");

static inline void tile_configure(void) {
  TileConfig config = {.palette = 1};
  for (int i = 0; i < n_tiles; i++) {
    config.row_bytes[i] = tile_row_bytes;
    config.rows[i] = tile_rows;
  }
  __asm__ volatile("ldtilecfg %0" ::"m"(config));
}

static inline void tile_release(void) {
  __asm__ volatile("tilerelease");
}

// Tile numbers are part of the instruction.
#  define tile_zero(tile) __asm__ volatile("tilezero %%tmm" #  tile ::)

#  define tile_load(tile, from, stride)                                                            \
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm" #tile ::"r"(from), "r"((size_t)(stride))         \
                     : "memory")

#  define tile_store(tile, to, stride)                                                             \
    __asm__ volatile("tilestored %%tmm" #tile ", (%0,%1,1)" ::"r"(to), "r"((size_t)(stride))       \
                     : "memory")

#  define tile_multiply(sums, a, b)                                                                \
    __asm__ volatile("tdpbf16ps %%tmm" #b ", %%tmm" #a ", %%tmm" #sums ::)

#endif

#endif
