# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Ways to write a pitch."""

_SHARP = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLAT = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
BEFORE_NOTE = ("note {}", "in {}", "at {}", "{} note")


def spellings(midi):
    """Every way a MIDI note is written in captions; the note 60 is C4."""
    octave = midi // 12 - 1
    sharp, flat = _SHARP[midi % 12], _FLAT[midi % 12]
    written = [f"{sharp}{octave}", f"{sharp.lower()}{octave}", f"{flat}{octave}", f"midi {midi}"]
    if sharp != flat:
        written += [f"{sharp[0].lower()} sharp {octave}", f"{flat[0].lower()} flat {octave}"]
    else:
        written.append(f"{sharp.lower()} {octave}")
    return written


def draw_pitch(midi, rng):
    """One spelling, plain 'C4' most often, now and then with a word around it."""
    written = spellings(midi)
    text = written[0] if rng.random() < 0.4 else written[int(rng.integers(len(written)))]
    if rng.random() < 0.2:
        text = BEFORE_NOTE[int(rng.integers(len(BEFORE_NOTE)))].format(text)
    return text
