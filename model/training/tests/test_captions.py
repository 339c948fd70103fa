# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Tests of the captions: that they say what the parameters say, and nothing with a held-out word."""

import os
import pathlib
import unittest

import numpy as np

from onoma_training.captions import draw, draw_caption, traits
from onoma_training.captions.names import NAMES
from onoma_training.captions.pitch import spellings
from onoma_training.captions.typos import held_out, misspelt
from onoma_training.captions.vocabulary import vocabulary, words_of
from onoma_training.sounds import FAMILIES, ClipInfo, general_midi, make_clip
from onoma_training.sounds.soundfont import FLUID_R3


WORDNET = pathlib.Path("/usr/share/wordnet")


def soundfont_families():
    """The families that General MIDI's programs and drum keys belong to."""
    drums = {family for family, _ in general_midi.DRUM_KEYS.values()}
    return {program.family for program in general_midi.PROGRAMS} | drums | set(general_midi.MACHINE_FAMILIES.values())


def info(family, midi=None, loop=False, tempo=None, params=None, **positions):
    group = FAMILIES[family].group
    return ClipInfo(family, group, "procedural", 0, midi, None, loop, tempo, dict(params or {}), positions)


def without_typos(clip, count, seed=0):
    """Captions drawn with the typing mistakes switched off."""
    rng = np.random.default_rng(seed)
    usual, draw.TYPO = draw.TYPO, 0.0
    try:
        return [draw_caption(clip, rng) for _ in range(count)]
    finally:
        draw.TYPO = usual


def texts_of(found):
    return {text for trait in found for text in trait.before + trait.after}


class MeaningTest(unittest.TestCase):
    def test_every_family_has_names(self):
        self.assertEqual(set(NAMES), set(FAMILIES) | soundfont_families())
        owned = [name for names in NAMES.values() for name in names]
        self.assertEqual(len(owned), len(set(owned)), "two families share a name")

    def test_flavours_are_of_families_that_exist(self):
        self.assertLessEqual(set(traits.FLAVOURS), set(FAMILIES))
        self.assertLessEqual(set(traits.OF_GROUP), {kind.group for kind in FAMILIES.values()})

    def test_rules_name_parameters_that_exist(self):
        drawn = {}
        for family in FAMILIES:
            keys = set()
            for seed in range(5):
                clip = make_clip(seed, 0.5, family, dry=True)
                keys |= set(clip.params) | set(clip.info.positions)
            drawn[family] = keys
        for family, rules in traits.OF_FAMILY.items():
            for rule in rules:
                self.assertIn(rule.param, drawn[family], family)

    def test_adjectives_follow_the_parameters(self):
        low = texts_of(draw.traits_of(info("kick", ground_hz=0.1, hardness=0.9, decay=0.5)))
        high = texts_of(draw.traits_of(info("kick", ground_hz=0.5, hardness=0.1, decay=0.5)))
        self.assertTrue({"deep", "punchy"} <= low)
        self.assertFalse({"deep", "punchy"} & high)
        self.assertIn("soft", high)
        self.assertIn("heavy", texts_of(draw.traits_of(info("rain", density=0.9))))
        self.assertIn("light", texts_of(draw.traits_of(info("rain", density=0.1))))

    def test_length_words_follow_the_duration(self):
        self.assertIn("long note", texts_of(draw.traits_of(info("flute", 70, params={"duration": 2.0}, note=0.5))))
        self.assertIn("short note", texts_of(draw.traits_of(info("flute", 70, params={"duration": 0.2}, note=0.5))))
        self.assertFalse(
            {"long note", "short note"}
            & texts_of(draw.traits_of(info("flute", 70, params={"duration": 0.7}, note=0.5)))
        )

    def test_struck_notes_are_short_or_long_as_they_are_heard(self):
        for ring, heard, wanted, not_wanted in ((0.9, 0.2, "damped", "ringing"), (0.1, 2.0, "ringing", "damped")):
            texts = texts_of(draw.traits_of(info("marimba", 60, params={"sounding": heard}, note=0.5, ring=ring)))
            self.assertIn(wanted, texts)
            self.assertNotIn(not_wanted, texts)

    def test_register_follows_the_note(self):
        self.assertIs(draw.register_of(info("marimba", 50, note=0.1)), traits.LOW)
        self.assertIs(draw.register_of(info("marimba", 70, note=0.5)), traits.MIDDLE)
        self.assertIs(draw.register_of(info("marimba", 88, note=0.85)), traits.HIGH)
        self.assertIs(draw.register_of(info("harp", 28, note=0.0)), traits.VERY_LOW)

    def test_pitch_in_a_caption_is_the_clips(self):
        for midi in (45, 60, 70, 90):
            others = {text.lower() for m in range(12, 121) if m != midi for text in spellings(m)}
            clip = info("marimba", midi, note=0.5)
            captions = [text.lower() for text in without_typos(clip, 300)]
            self.assertTrue(any(spelling.lower() in text for text in captions for spelling in spellings(midi)))
            single = {text for text in others if " " not in text}
            for text in captions:
                self.assertFalse(set(text.replace(",", " ").split()) & single, text)

    def test_spellings(self):
        self.assertEqual(spellings(60), ["C4", "c4", "C4", "midi 60", "c 4"])
        self.assertIn("f sharp 2", spellings(42))
        self.assertIn("a#3", spellings(58))

    def test_a_glass_marimba_is_called_glass(self):
        captions = without_typos(info("marimba", 60, params={"material": "glass"}, note=0.5), 300)
        share = np.mean(["glass" in text for text in captions])
        self.assertGreater(share, 0.85)
        self.assertFalse(any("glass" in text for text in without_typos(info("marimba", 60, note=0.5), 300)))

    def test_layers_are_both_named(self):
        captions = without_typos(info("rain", params={"with": "fire"}), 200)
        both = [any(n in text for n in NAMES["rain"]) and any(n in text for n in NAMES["fire"]) for text in captions]
        self.assertGreater(np.mean(both), 0.85)

    def test_loops_are_called_loops(self):
        self.assertTrue(any("loop" in text for text in without_typos(info("rain", loop=True), 60)))
        self.assertFalse(any("loop" in text for text in without_typos(info("rain"), 60)))

    def test_plain_prompts_are_captions(self):
        wanted = {
            "closed hi-hat": "closed hi-hat",
            "kick": "deep kick drum",
            "rain": "rain",
            "pad": "sustained pad",
            "pluck": "short pluck",
            "flute": "flute, long note",
            "marimba": "low marimba",
            "saw lead": "saw lead C4",
        }
        clips = {
            "closed hi-hat": info("closed hi-hat"),
            "kick": info("kick", ground_hz=0.1),
            "rain": info("rain"),
            "pad": info("pad", 60, params={"duration": 2.0}, note=0.5),
            "pluck": info("pluck", 60, note=0.5, decay=0.1),
            "flute": info("flute", 70, params={"duration": 2.0}, note=0.5),
            "marimba": info("marimba", 50, note=0.1),
            "saw lead": info("saw lead", 60, note=0.5),
        }
        for family, prompt in wanted.items():
            self.assertIn(prompt, without_typos(clips[family], 3000), family)


class VocabularyTest(unittest.TestCase):
    def test_no_caption_word_is_held_out(self):
        self.assertGreater(len(held_out()), 30)
        self.assertEqual(vocabulary() & held_out(), set())

    @unittest.skipUnless(WORDNET.is_dir(), "wordnet is not installed")
    def test_held_out_words_are_in_wordnet(self):
        known = set()
        for part in ("noun", "verb", "adj", "adv"):
            for line in (WORDNET / f"index.{part}").read_text(encoding="ascii").splitlines():
                known |= set(line.split(" ", 1)[0].split("_"))
        self.assertEqual(held_out() - known, set())

    def test_captions_stay_in_the_vocabulary(self):
        known = vocabulary()
        for seed in range(400):
            clip = make_clip(seed, 0.5)
            for text in without_typos(clip, 6, seed):
                self.assertLessEqual(set(words_of(text)), known, text)

    @unittest.skipUnless(os.path.isfile(FLUID_R3), "fluid-soundfont-gm is not installed")
    def test_captions_of_the_soundfont_stay_in_the_vocabulary(self):
        known = vocabulary()
        for seed in range(300):
            clip = make_clip(seed, 0.5, font=FLUID_R3, font_share=1.0)
            for text in without_typos(clip, 6, seed):
                self.assertLessEqual(set(words_of(text)), known, text)

    def test_captions_are_drawn_from_the_generator_alone(self):
        clip = make_clip(5)
        first = [draw_caption(clip, np.random.default_rng(9)) for _ in range(3)]
        self.assertEqual(len(set(first)), 1)
        rng = np.random.default_rng(9)
        self.assertGreater(len({draw_caption(clip, rng) for _ in range(40)}), 8)


class TypoTest(unittest.TestCase):
    def test_typos_are_near_and_never_held_out(self):
        rng = np.random.default_rng(2)
        for word in ("marimba", "thunder", "tune", "fire"):
            made = {misspelt(word, rng) for _ in range(300)}
            self.assertGreater(len(made), 3)
            self.assertFalse({m.lower() for m in made} & held_out())
            self.assertTrue(all(abs(len(m) - len(word)) <= 1 for m in made))
        self.assertEqual(
            {misspelt(word, rng) for word in ("a#3", "C4", "60", "a") for _ in range(50)}, {"a#3", "C4", "60", "a"}
        )


if __name__ == "__main__":
    unittest.main()
