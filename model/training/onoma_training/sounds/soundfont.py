# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Notes of General MIDI instruments, played by the FluidSynth library from a soundfont file.

The library is called through ctypes (libfluidsynth.so.3, Debian package libfluidsynth3); the soundfont of the
training runs is FluidR3_GM.sf2 of the package fluid-soundfont-gm. Reverb and chorus are off: rooms are added as to
every other sound.
"""

import ctypes
import functools
import os

import numpy as np

from . import dsp
from .clip import SAMPLE_RATE
from .general_midi import DRUM_KEYS, KITS, MACHINE_FAMILIES, MACHINE_KITS, PROGRAMS, SILENT_KEYS
from .registry import Family
from .synths import CHORDS

FLUID_R3 = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
DRUM_BANK = 128
DRUM_CHANNEL = 9
MODULATION_WHEEL, VOLUME = 1, 7
# The library makes blocks of 64 samples and keeps what a call leaves of one for the next call: only whole blocks are
# asked for, or a clip would begin with the end of the one before.
BLOCK = 64


@functools.lru_cache(maxsize=None)
def _library():
    library = ctypes.CDLL("libfluidsynth.so.3")
    pointer, whole, real, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_double, ctypes.c_char_p
    for name, result, arguments in (
        ("new_fluid_settings", pointer, ()),
        ("new_fluid_synth", pointer, (pointer,)),
        ("fluid_settings_setnum", whole, (pointer, text, real)),
        ("fluid_settings_setint", whole, (pointer, text, whole)),
        ("fluid_synth_sfload", whole, (pointer, text, whole)),
        ("fluid_synth_system_reset", whole, (pointer,)),
        ("fluid_synth_all_sounds_off", whole, (pointer, whole)),
        ("fluid_synth_program_select", whole, (pointer, whole, whole, whole, whole)),
        ("fluid_synth_cc", whole, (pointer, whole, whole, whole)),
        ("fluid_synth_noteon", whole, (pointer, whole, whole, whole)),
        ("fluid_synth_noteoff", whole, (pointer, whole, whole)),
        ("fluid_synth_write_float", whole, (pointer, whole, pointer, whole, whole, pointer, whole, whole)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class SoundFont:
    """A soundfont that is ready to play. Not for two threads at once; lives until the process ends."""

    def __init__(self, path):
        if not os.path.isfile(path):
            raise FileNotFoundError(f"{path}: no such soundfont (Debian: apt install fluid-soundfont-gm)")
        self._fluid = _library()
        settings = self._fluid.new_fluid_settings()
        for name, value in ((b"synth.sample-rate", float(SAMPLE_RATE)), (b"synth.gain", 0.4)):
            self._fluid.fluid_settings_setnum(settings, name, value)
        for name, value in ((b"synth.reverb.active", 0), (b"synth.chorus.active", 0), (b"synth.cpu-cores", 1)):
            self._fluid.fluid_settings_setint(settings, name, value)
        self._synth = self._fluid.new_fluid_synth(settings)
        self._id = self._fluid.fluid_synth_sfload(self._synth, os.fsencode(path), 1)
        if self._id < 0:
            raise ValueError(f"{path}: not a soundfont")

    def play(self, bank, program, notes, velocity, hold_s, length_s, modulation=0):
        """Plays notes (MIDI numbers) together, releases them after hold_s; returns the mean of both channels.

        The library forgets less than it should between notes: a reset lets released ones ring on, and a voice's first
        block rises from the level at which that voice ended. So all is stopped, and the same notes are first played
        mute.
        """
        channel = DRUM_CHANNEL if bank == DRUM_BANK else 0
        self._start(channel, bank, program, notes, velocity, ((VOLUME, 0),))
        self._render(BLOCK / SAMPLE_RATE)
        self._start(channel, bank, program, notes, velocity, ((MODULATION_WHEEL, modulation),))
        held = self._render(hold_s)
        for note in notes:
            self._fluid.fluid_synth_noteoff(self._synth, channel, note)
        return np.concatenate([held, self._render(max(0.0, length_s - hold_s))])

    def _start(self, channel, bank, program, notes, velocity, controls):
        """Stops all, and starts notes with some controllers set."""
        fluid, synth = self._fluid, self._synth
        fluid.fluid_synth_all_sounds_off(synth, -1)
        self._render(BLOCK / SAMPLE_RATE)
        fluid.fluid_synth_system_reset(synth)
        if fluid.fluid_synth_program_select(synth, channel, self._id, bank, program) != 0:
            raise ValueError(f"the soundfont has no program {program} in bank {bank}")
        for number, value in controls:
            fluid.fluid_synth_cc(synth, channel, number, value)
        for note in notes:
            fluid.fluid_synth_noteon(synth, channel, note, velocity)

    def _render(self, time_s):
        n = -(-int(round(time_s * SAMPLE_RATE)) // BLOCK) * BLOCK
        both = np.zeros((2, n), np.float32)
        left, right = both[0].ctypes.data, both[1].ctypes.data
        self._fluid.fluid_synth_write_float(self._synth, n, left, 0, 1, right, 0, 1)
        return both.mean(axis=0).astype(float)


@functools.lru_cache(maxsize=2)
def opened(path):
    """The soundfont at a path; opened once a process."""
    return SoundFont(path)


def draw_instrument(p, font):
    """Draws and plays a note or chord of one of the 128 programs. Returns its Family and the wave."""
    program = PROGRAMS[int(p.rng.integers(len(PROGRAMS)))]
    tonal = program.manner in ("held", "struck")
    note = int(p.rng.integers(program.low, program.high + 1))
    if tonal:
        p.note(note, note)
        p.positions["note"] = (note - program.low) / (program.high - program.low)
    velocity = int(p.uniform("velocity", 30, 127.99))
    hold = _hold(p, program)
    modulation = int(p.sometimes("vibrato", 0.15, 60, 127)) if program.manner == "held" and tonal else 0
    chord = p.choice("chord", tuple(CHORDS), (14, 1, 1, 1, 0.5, 0.5, 0.5)) if program.chords and tonal else "note"
    notes = [note + step for step in CHORDS[chord]]
    wave = font.play(0, program.number, notes, velocity, hold, min(p.length_max_s, hold + 2.0), modulation)
    return Family(program.family, program.group, None, tonal, False, 0.0, False, 1.0), wave


def _hold(p, program):
    """How long the key is down: a length to name where the sound is held, and where it is short (pads never are)."""
    slow = program.group == "pad" or program.family == "slow strings" or program.manner == "effect"
    if not slow and p.rng.random() < 0.25:
        p.params["articulation"] = "staccato"
        return p.log("duration", 0.06, 0.2)
    if program.manner in ("held", "effect"):
        return p.held(0.4)
    return p.log("key_down", 0.3, 0.9 * p.length_max_s)


def draw_drum(p, font):
    """Draws and plays a key of one of the drum kits. Returns its Family and the wave."""
    kit = int(p.rng.choice(list(KITS)))
    key = int(p.rng.choice([key for key in DRUM_KEYS if (kit, key) not in SILENT_KEYS]))
    family, apart = DRUM_KEYS[key]
    if kit in MACHINE_KITS:
        family = MACHINE_FAMILIES.get(family, family)
    p.params["kit"] = KITS[kit]
    if apart is not None:
        p.params["drum"] = apart
    velocity = int(p.uniform("velocity", 40, 127.99))
    wave = font.play(DRUM_BANK, kit, [key], velocity, 0.3, min(p.length_max_s, 3.0))
    return Family(family, "drums", None, False, False, 0.0, False, 1.0), wave
