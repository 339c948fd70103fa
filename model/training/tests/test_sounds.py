# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Tests of the training sounds: python3 -m unittest discover -s tests, in model/training"""

import contextlib
import functools
import io
import json
import pathlib
import tempfile
import unittest

import numpy as np

from onoma_training.sounds import FAMILIES, SAMPLE_RATE, ClipInfo, dsp, effects, generate, make, make_clip
from onoma_training.sounds import clip as clip_module


# Families of voices so far apart that their beats outlast a clip: only many clips together are in tune.
DETUNED = ("reese bass", "supersaw", "hoover", "string ensemble", "choir")


def cents_off(wave, f0):
    """How far the partial near f0 lies from it, in cents: the power-weighted mean of its momentary frequency.

    The first fifth (the attack) and the last tenth (the fade) are left out.
    """
    wave = np.asarray(wave[len(wave) // 5 : -len(wave) // 10], float)
    wave = wave * np.hanning(len(wave))
    spectrum = np.fft.fft(wave, 2 * len(wave))
    frequency = np.fft.fftfreq(2 * len(wave), 1 / SAMPLE_RATE)
    spectrum[np.abs(frequency - f0) > 0.12 * f0] = 0
    band = np.fft.ifft(spectrum)[: len(wave)]
    turn = np.angle(np.sum(band[1:] * np.conj(band[:-1])))
    return 1200 * np.log2(turn * SAMPLE_RATE / (2 * np.pi) / f0)


@functools.lru_cache(maxsize=None)
def all_clips():
    """Every family, a few seeds each."""
    return tuple(make_clip(seed, 2.0, family) for family in FAMILIES for seed in range(3))


class ClipTest(unittest.TestCase):
    def clips(self):
        return all_clips()

    def test_waves_are_sound(self):
        for clip in self.clips():
            with self.subTest(family=clip.family, seed=clip.info.seed):
                self.assertEqual(clip.wave.dtype, np.float32)
                self.assertEqual(clip.wave.ndim, 1)
                self.assertTrue(np.isfinite(clip.wave).all())
                self.assertAlmostEqual(float(np.max(np.abs(clip.wave))), 0.9, places=4)
                self.assertLess(abs(float(np.mean(clip.wave))), 2e-3)
                self.assertGreaterEqual(clip.length_s, 0.19)
                self.assertLessEqual(clip.length_s, 2.0)

    def test_one_shots_end_in_silence_and_begin_at_once(self):
        for clip in self.clips():
            if clip.loop:
                continue
            with self.subTest(family=clip.family, seed=clip.info.seed):
                self.assertLess(abs(float(clip.wave[-1])), 1e-3)
                onset = np.argmax(np.abs(clip.wave) > 1e-3) / SAMPLE_RATE
                self.assertLess(onset, 0.085)

    def test_loops_join_without_a_step(self):
        loops = [clip for clip in self.clips() if clip.loop]
        self.assertGreater(len(loops), 40)
        for clip in loops:
            steps = np.abs(np.diff(clip.wave))
            seam = abs(float(clip.wave[0] - clip.wave[-1]))
            self.assertLessEqual(seam, 1.5 * float(np.max(steps)), clip.family)

    def test_longest_clip_is_kept_to(self):
        for length in (0.5, 12.0):
            for family in ("pad", "rain", "kick", "piano", "crash cymbal"):
                clip = make_clip(3, length, family)
                self.assertLessEqual(clip.length_s, length)
        for seed in range(20):
            self.assertLessEqual(make_clip(seed, 0.5, "drum loop").length_s, 0.5)
        self.assertGreater(max(make_clip(s, 12.0, "rain").length_s for s in range(8)), 5.0)
        with self.assertRaises(ValueError):
            make_clip(0, 13.0)

    def test_same_seed_same_clip(self):
        for family in FAMILIES:
            first, second = make_clip(11, 0.6, family), make_clip(11, 0.6, family)
            self.assertTrue(np.array_equal(first.wave, second.wave), family)
            self.assertEqual(first.info, second.info)
        self.assertFalse(
            np.array_equal(make_clip(1, family="kick").wave[:2000], make_clip(2, family="kick").wave[:2000])
        )

    def test_info_survives_json(self):
        for clip in self.clips():
            fields = json.loads(json.dumps(clip.info.to_dict()))
            self.assertEqual(ClipInfo.from_dict(fields), clip.info)

    def test_every_family_is_drawn(self):
        drawn = {make.draw_family(np.random.default_rng(seed)) for seed in range(4000)}
        self.assertEqual(drawn, set(FAMILIES))


class SoundingTest(unittest.TestCase):
    def test_a_decay_is_heard_for_half_its_t60(self):
        wave = np.concatenate([np.zeros(4000), dsp.partials(88200, [440.0], 1.2, 1.0)])
        self.assertAlmostEqual(make.sounding_s(wave), 0.6, delta=0.03)


class EffectsTest(unittest.TestCase):
    # A parameter that tells that an effect was applied.
    MARKS = {
        "drive": "hard_clip",
        "tone": "filter",
        "bitcrush": "bits",
        "chorus": "chorus",
        "room": "room",
        "echo": "echo",
        "reverse": "reversed",
    }

    def test_some_effects_never_meet_some_families(self):
        for name, families in effects.UNSEEN_TOGETHER.items():
            for family in families:
                met = [seed for seed in range(25) if self.MARKS[name] in make_clip(seed, 0.5, family).params]
                self.assertEqual(met, [], (name, family))

    def test_effects_are_applied_and_recorded(self):
        seen = set()
        for seed in range(300):
            clip = make_clip(seed, 0.5, "vibraphone")
            seen |= {name for name, mark in self.MARKS.items() if mark in clip.params}
        self.assertEqual(seen, set(self.MARKS))

    def test_textures_are_layered_now_and_then(self):
        layered = [clip for seed in range(400) for clip in [make_clip(seed, 0.5)] if "with" in clip.params]
        self.assertGreater(len(layered), 2)
        for clip in layered:
            self.assertTrue(FAMILIES[clip.family].texture and FAMILIES[clip.params["with"]].texture)
            self.assertNotEqual(clip.family, clip.params["with"])

    def test_a_room_rings_on(self):
        p = clip_module.Draw(np.random.default_rng(1), 3.0)
        wave = np.zeros(4410)
        wave[:2000] = np.sin(np.arange(2000) * 0.1)
        wet = effects.room(p, wave)
        self.assertGreater(len(wet), len(wave) + 1000)
        self.assertGreater(np.std(wet[4410:8000]), 1e-3 * np.std(wave))


class TuningTest(unittest.TestCase):
    def offsets(self, family, count, length_s):
        """Signed offsets in cents of some clips of a family, dry and not too short."""
        clips = (make_clip(seed, length_s, family, dry=True) for seed in range(8 * count))
        long_enough = (clip for clip in clips if clip.length_s > 0.27 * length_s)
        return [cents_off(clip.wave, clip.f0) for clip, _ in zip(long_enough, range(count))]

    def test_tonal_families_are_in_tune(self):
        for family, kind in FAMILIES.items():
            if not kind.tonal or kind.exact_loop or family in DETUNED:
                continue
            with self.subTest(family=family):
                off = self.offsets(family, 5, 1.5)
                self.assertEqual(len(off), 5)
                self.assertLess(np.median(np.abs(off)), 5.0, np.round(off, 1))

    def test_detuned_families_lie_around_the_note(self):
        for family in DETUNED:
            off = self.offsets(family, 11, 3.0)
            self.assertLess(abs(np.median(off)), 5.0, (family, np.round(off, 1)))
            self.assertLess(np.max(np.abs(off)), 45.0, (family, np.round(off, 1)))

    def test_the_ruler_measures(self):
        wave = np.sin(2 * np.pi * 442.0 * np.arange(44100) / SAMPLE_RATE)
        self.assertAlmostEqual(cents_off(wave, 440.0), 1200 * np.log2(442 / 440), delta=0.2)

    def test_notes_are_uniform(self):
        notes = [make_clip(seed, 0.5, "marimba").midi for seed in range(520)]
        self.assertEqual((min(notes), max(notes)), (45, 96))
        self.assertLess(max(np.bincount(notes)), 30)


class DspTest(unittest.TestCase):
    def test_partials_equal_their_definition(self):
        n, t = 3000, np.arange(3000) / SAMPLE_RATE
        made = dsp.partials(n, [440.0, 1234.5], [0.3, 2.0], [1.0, 0.5], [0.0, 1.0])
        wanted = np.sin(2 * np.pi * 440 * t) * 10 ** (-3 * t / 0.3) + 0.5 * np.sin(2 * np.pi * 1234.5 * t + 1) * 10 ** (
            -3 * t / 2
        )
        np.testing.assert_allclose(made, wanted, atol=1e-9)

    def test_wavetable_equals_its_harmonics(self):
        phase = dsp.cycles(220.0, 2000, 0.3)
        amplitudes = 1 / np.arange(1, 20)
        wanted = sum(a * np.sin(2 * np.pi * (k + 1) * phase) for k, a in enumerate(amplitudes))
        np.testing.assert_allclose(dsp.wavetable(phase, amplitudes), wanted, atol=5e-3)

    def test_waveshaper_does_not_alias(self):
        n = 8192
        tone = np.sin(2 * np.pi * 1500 * SAMPLE_RATE / n / 8 * np.arange(n) / SAMPLE_RATE)
        spectrum = np.abs(np.fft.rfft(dsp.shaped(5 * tone, np.tanh)[1000:] * np.hanning(n - 1000)))
        bins = np.fft.rfftfreq(n - 1000, 1 / SAMPLE_RATE)
        f0 = 1500 * SAMPLE_RATE / n / 8
        harmonic = np.min(np.abs(bins[:, None] - f0 * np.arange(0, 30)[None]), axis=1) < 40
        self.assertLess(np.max(spectrum[~harmonic]), 2e-3 * np.max(spectrum))

    def test_drawn_noise_has_the_drawn_spectrum(self):
        noise = dsp.drawn_noise(np.random.default_rng(1), 200000, lambda t, f: np.where(f < 5000, 1.0, 0.1) + 0 * t)
        spectrum = np.abs(np.fft.rfft(noise)) ** 2
        bins = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE)
        ratio = np.mean(spectrum[(bins > 500) & (bins < 4500)]) / np.mean(spectrum[(bins > 6000) & (bins < 20000)])
        self.assertAlmostEqual(10 * np.log10(ratio), 20, delta=0.5)


class GenerateTest(unittest.TestCase):
    def run_into(self, folder, **changes):
        options = {
            "out": folder,
            "count": 6,
            "seed": 3,
            "workers": 1,
            "length-max": 0.5,
            "soundfont-share": 0,
        } | changes
        with contextlib.redirect_stderr(io.StringIO()):
            generate.main([text for key, value in options.items() for text in (f"--{key}", str(value))])

    def test_shards_hold_the_clips_and_are_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            self.run_into(folder)
            paths = sorted(pathlib.Path(folder).iterdir())
            self.assertEqual([p.name for p in paths], ["run.json", "shard-00000.jsonl", "shard-00000.npy"])
            clips = list(generate.read_shard(paths[1]))
            self.assertEqual(len(clips), 6)
            for i, (samples, line) in enumerate(clips):
                clip = make_clip(3 * generate.SEEDS_A_RUN + i, 0.5)
                np.testing.assert_allclose(samples / 32767, clip.wave, atol=1e-4)
                self.assertEqual(ClipInfo.from_dict(line["info"]), clip.info)
                self.assertEqual(len(line["captions"]), generate.CAPTIONS_A_CLIP)
            stamp = paths[2].stat().st_mtime_ns
            self.run_into(folder)
            self.assertEqual(paths[2].stat().st_mtime_ns, stamp)
            with self.assertRaisesRegex(SystemExit, "seed 3, not 4"):
                self.run_into(folder, seed=4)

    def test_bad_arguments_are_refused(self):
        for changes in ({"count": 0}, {"length-max": 13}, {"workers": 0}):
            with self.assertRaises(SystemExit):
                self.run_into("/nonexistent", **changes)


if __name__ == "__main__":
    unittest.main()
