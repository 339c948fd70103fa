# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Tests of the soundfont instruments; they need Debian's fluid-soundfont-gm and libfluidsynth3."""

import os
import unittest

import numpy as np

from onoma_training.sounds import make_clip
from onoma_training.sounds.general_midi import DRUM_KEYS, KITS, PROGRAMS, SILENT_KEYS
from onoma_training.sounds.soundfont import BLOCK, FLUID_R3, SoundFont, opened


class TableTest(unittest.TestCase):
    def test_programs_are_numbered_in_order(self):
        self.assertEqual([program.number for program in PROGRAMS], list(range(128)))
        for program in PROGRAMS:
            self.assertLess(program.low, program.high)
            self.assertIn(program.manner, ("held", "struck", "unpitched", "effect"))

    def test_a_missing_file_is_named(self):
        with self.assertRaisesRegex(FileNotFoundError, "/nonexistent.sf2"):
            SoundFont("/nonexistent.sf2")


@unittest.skipUnless(os.path.isfile(FLUID_R3), "fluid-soundfont-gm is not installed")
class FontTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.font = opened(FLUID_R3)

    def test_every_program_sounds_at_both_ends(self):
        for program in PROGRAMS:
            for note in (program.low, program.high):
                wave = self.font.play(0, program.number, [note], 30, 0.3, 0.3)
                self.assertGreater(np.max(np.abs(wave)), 1e-4, (program.family, note))

    def test_every_drum_sounds(self):
        for kit in KITS:
            for key in DRUM_KEYS:
                if (kit, key) not in SILENT_KEYS:
                    self.assertGreater(np.max(np.abs(self.font.play(128, kit, [key], 60, 0.2, 0.2))), 1e-4, (kit, key))

    def test_notes_are_in_tune(self):
        for number in (11, 16, 40, 56, 68, 73, 80):
            program = PROGRAMS[number]
            note = (program.low + program.high) // 2
            wave = self.font.play(0, number, [note], 100, 1.0, 1.0)
            spectrum = np.abs(np.fft.rfft(wave[8820:] * np.hanning(len(wave) - 8820), 1 << 18))
            f0 = 440 * 2 ** ((note - 69) / 12)
            near = slice(int(f0 * 0.97 * (1 << 18) / 44100), int(f0 * 1.03 * (1 << 18) / 44100))
            found = (near.start + np.argmax(spectrum[near])) * 44100 / (1 << 18)
            self.assertLess(abs(1200 * np.log2(found / f0)), 20, program.family)
            self.assertGreater(np.max(spectrum[near]), 0.05 * np.max(spectrum), program.family)

    def test_what_was_played_before_leaves_no_trace(self):
        first = self.font.play(0, 40, [60], 90, 0.2, 0.4)
        self.assertEqual(len(first) % BLOCK, 0)
        self.font.play(0, 19, [40, 47], 120, 0.33, 0.35, 90)
        self.assertTrue(np.array_equal(first, self.font.play(0, 40, [60], 90, 0.2, 0.4)))

    def test_clips_of_the_font(self):
        groups = set()
        for seed in range(150):
            clip = make_clip(seed, 1.0, font=FLUID_R3, font_share=1.0)
            self.assertEqual(clip.info.source, "soundfont")
            self.assertTrue(np.isfinite(clip.wave).all())
            self.assertLessEqual(clip.length_s, 1.0)
            groups.add(clip.info.group)
        self.assertTrue({"keys", "drums", "winds", "pad", "effects"} <= groups)
        again = make_clip(149, 1.0, font=FLUID_R3, font_share=1.0)
        self.assertTrue(np.array_equal(again.wave, clip.wave))


if __name__ == "__main__":
    unittest.main()
