// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// Clips: quantised copies that live as long as their last reference, and what they refuse.

#include "test.h"

#include <onoma/clip.h>

#include <math.h>
#include <pthread.h>
#include <string.h>

static const float wave[] = {0.0F, 1.0F, -1.0F, 0.3F, 1e-9F, -0.25F, -1e-9F, -0.0F};
static const float *const channels[] = {wave, wave};
enum { n_wave = sizeof(wave) / sizeof(wave[0]) };

static OnomaClipInfo valid(void) {
  return (OnomaClipInfo){
      .n_channels = 2, .n_frames = n_wave, .sample_rate = 44100, .root_note = NAN};
}

static void test_samples_are_24_bit(void **state) {
  (void)state;
  OnomaClipInfo info = valid();
  char recipe[] = "{}";
  info.recipe = recipe;
  OnomaClip *clip;
  assert_int_equal(onoma_clip_new(&clip, &info, channels, NULL), ONOMA_OK);
  recipe[0] = 'x';
  assert_string_equal(onoma_clip_info(clip)->recipe, "{}");
  for (size_t c = 0; c < 2; c++) {
    const float *samples = onoma_clip_samples(clip, c);
    for (size_t i = 0; i < n_wave; i++) {
      assert_true(fabsf(samples[i] - wave[i]) <= 1.0F / 8388608);
      assert_true(samples[i] * 8388608 == rintf(samples[i] * 8388608));
      assert_true(samples[i] < 1.0F);
      assert_false(samples[i] == 0 && signbit(samples[i]));
    }
  }
  assert_ptr_equal(onoma_clip_ref(clip), clip);
  onoma_clip_unref(clip);
  assert_int_equal(onoma_clip_info(clip)->n_frames, n_wave);
  onoma_clip_unref(clip);
  onoma_clip_unref(NULL);
}

static void assert_refused(OnomaClipInfo info, const float *const *samples) {
  OnomaClip *clip;
  OnomaError error;
  assert_int_equal(onoma_clip_new(&clip, &info, samples, &error), ONOMA_ERR_ARGUMENT);
  assert_null(clip);
  assert_true(strlen(error.text) > 0);
}

static void test_nonsense_is_refused(void **state) {
  (void)state;
  OnomaClipInfo info = valid();
  info.n_channels = 3;
  assert_refused(info, channels);
  info = valid();
  info.n_frames = 0;
  assert_refused(info, channels);
  info = valid();
  info.sample_rate = 0;
  assert_refused(info, channels);
  static const double bad_notes[] = {-0.5, 128, INFINITY};
  for (size_t i = 0; i < 3; i++) {
    info = valid();
    info.root_note = bad_notes[i];
    assert_refused(info, channels);
  }
  info = valid();
  info.has_loop = true;
  info.loop_start = 2;
  info.loop_end = n_wave + 1;
  assert_refused(info, channels);
  static const float bad[][n_wave] = {{0, NAN}, {0, INFINITY}, {1.001F}};
  for (size_t i = 0; i < 3; i++)
    assert_refused(valid(), (const float *const[]){bad[i], bad[i]});
}

static void *ref_and_unref(void *clip) {
  for (int i = 0; i < 10000; i++) {
    OnomaClip *const mine = onoma_clip_ref(clip);
    if (onoma_clip_samples(mine, 0)[1] < 0.99F)
      return clip;
    onoma_clip_unref(mine);
  }
  onoma_clip_unref(clip);
  return NULL;
}

// Each thread owns a reference; the last to go frees the clip (the sanitizers tell otherwise).
static void test_references_of_several_threads(void **state) {
  (void)state;
  const OnomaClipInfo info = valid();
  OnomaClip *clip;
  assert_int_equal(onoma_clip_new(&clip, &info, channels, NULL), ONOMA_OK);
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, ref_and_unref, onoma_clip_ref(clip)), 0);
  onoma_clip_unref(clip);
  for (int i = 0; i < 4; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    assert_null(failed);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_samples_are_24_bit),
      cmocka_unit_test(test_nonsense_is_refused),
      cmocka_unit_test(test_references_of_several_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
