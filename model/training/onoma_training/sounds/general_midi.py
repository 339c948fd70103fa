# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""What the programs and drum keys of General MIDI are, and over which notes they are played here."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Program:
    """One program: its family, group, MIDI notes, and how it sounds.

    manner: 'held' sounds as long as the key is down, 'struck' decays by itself, 'unpitched' is struck and gets no
    note in captions, 'effect' is held and has no pitch. chords: whether it is played in chords now and then.
    """

    number: int
    family: str
    group: str
    low: int
    high: int
    manner: str
    chords: bool


def _group(first, group, manner, *rows, chords=False):
    """Programs in a row that share a group; a row is (family, low, high) or (family, low, high, another manner)."""
    return [
        Program(first + i, row[0], group, row[1], row[2], row[3] if len(row) > 3 else manner, chords)
        for i, row in enumerate(rows)
    ]


PROGRAMS = tuple(
    _group(
        0,
        "keys",
        "struck",
        ("piano", 24, 100),
        ("bright piano", 24, 100),
        ("electric grand", 28, 96),
        ("honky tonk piano", 28, 96),
        ("electric piano", 28, 96),
        ("electric piano", 28, 96),
        ("harpsichord", 29, 89),
        ("clavinet", 29, 88),
        chords=True,
    )
    + _group(
        8,
        "mallets",
        "struck",
        ("celesta", 60, 103),
        ("glockenspiel", 72, 108),
        ("music box", 60, 98),
        ("vibraphone", 53, 89),
        ("marimba", 45, 96),
        ("xylophone", 60, 103),
        ("tubular bell", 53, 79),
        ("dulcimer", 48, 84),
    )
    + _group(
        16,
        "keys",
        "held",
        ("organ", 36, 96),
        ("percussive organ", 36, 96),
        ("rock organ", 36, 96),
        ("church organ", 28, 96),
        ("reed organ", 36, 91),
        ("accordion", 45, 89),
        ("harmonica", 55, 89),
        ("bandoneon", 45, 89),
        chords=True,
    )
    + _group(
        24,
        "pluck",
        "struck",
        ("nylon guitar", 40, 84),
        ("steel guitar", 40, 84),
        ("jazz guitar", 40, 84),
        ("clean electric guitar", 40, 84),
        ("muted guitar", 40, 79),
        ("overdriven guitar", 40, 84, "held"),
        ("distorted guitar", 40, 84, "held"),
        ("guitar harmonics", 40, 84, "unpitched"),
        chords=True,
    )
    + _group(
        32,
        "bass",
        "struck",
        ("double bass", 26, 55),
        ("electric bass", 26, 55),
        ("picked bass", 26, 55),
        ("fretless bass", 26, 55),
        ("slap bass", 26, 55),
        ("slap bass", 26, 55),
        ("synth bass", 26, 55),
        ("synth bass", 26, 55),
    )
    + _group(
        40,
        "strings",
        "held",
        ("violin", 55, 93),
        ("viola", 48, 86),
        ("cello", 36, 74),
        ("bowed double bass", 28, 55),
        ("tremolo strings", 40, 88),
        ("pizzicato strings", 40, 88, "struck"),
        ("harp", 28, 98, "struck"),
        ("timpani", 36, 57, "unpitched"),
    )
    + _group(
        48,
        "strings",
        "held",
        ("string ensemble", 36, 91),
        ("slow strings", 36, 91),
        ("synth strings", 36, 91),
        ("synth strings", 36, 91),
        ("choir", 43, 84),
        ("voice oohs", 43, 84),
        ("synth voice", 43, 84),
        ("orchestra hit", 48, 74, "struck"),
        chords=True,
    )
    + _group(
        56,
        "winds",
        "held",
        ("trumpet", 54, 86),
        ("trombone", 36, 72),
        ("tuba", 28, 58),
        ("muted trumpet", 54, 84),
        ("french horn", 38, 77),
        ("brass", 40, 84),
        ("synth brass", 36, 84),
        ("synth brass", 36, 84),
    )
    + _group(
        64,
        "winds",
        "held",
        ("soprano sax", 56, 87),
        ("alto sax", 49, 80),
        ("tenor sax", 44, 75),
        ("baritone sax", 36, 68),
        ("oboe", 58, 91),
        ("english horn", 52, 81),
        ("bassoon", 34, 72),
        ("clarinet", 50, 91),
    )
    + _group(
        72,
        "winds",
        "held",
        ("piccolo", 74, 105),
        ("flute", 60, 96),
        ("recorder", 60, 96),
        ("pan flute", 60, 96),
        ("blown bottle", 60, 91),
        ("shakuhachi", 55, 91),
        ("tin whistle", 60, 96),
        ("ocarina", 60, 91),
    )
    + _group(
        80,
        "lead",
        "held",
        ("square lead", 36, 96),
        ("saw lead", 36, 96),
        ("calliope lead", 48, 96),
        ("chiff lead", 48, 96),
        ("charang lead", 40, 88),
        ("voice lead", 40, 88),
        ("fifths lead", 36, 84),
        ("bass and lead", 28, 79),
    )
    + _group(
        88,
        "pad",
        "held",
        ("new age pad", 36, 91),
        ("pad", 36, 91),
        ("polysynth", 36, 91),
        ("choir pad", 36, 91),
        ("glass pad", 40, 91),
        ("metallic pad", 36, 91),
        ("halo pad", 36, 91),
        ("sweep pad", 36, 91),
        chords=True,
    )
    + _group(
        96,
        "pad",
        "held",
        ("ice rain pad", 40, 91),
        ("soundtrack pad", 36, 91),
        ("crystal synth", 48, 96, "struck"),
        ("atmosphere pad", 36, 88),
        ("brightness pad", 40, 91),
        ("goblin pad", 36, 88),
        ("echo drops", 40, 91),
        ("star theme", 40, 91),
    )
    + _group(
        104,
        "world",
        "struck",
        ("sitar", 48, 84),
        ("banjo", 48, 88),
        ("shamisen", 48, 86),
        ("koto", 48, 88),
        ("kalimba", 52, 88),
        ("bagpipe", 55, 84, "held"),
        ("folk fiddle", 55, 93, "held"),
        ("shanai", 55, 88, "held"),
    )
    + _group(
        112,
        "percussion",
        "unpitched",
        ("tinkle bell", 60, 90),
        ("agogo", 55, 84),
        ("steel drum", 50, 86, "struck"),
        ("woodblock", 55, 84),
        ("taiko", 40, 72),
        ("melodic tom", 40, 76),
        ("synth drum", 40, 76),
        ("reverse cymbal", 50, 74, "effect"),
    )
    + _group(
        120,
        "effects",
        "effect",
        ("fret noise", 50, 70),
        ("breath noise", 50, 70),
        ("seashore", 50, 70),
        ("bird tweet", 50, 70),
        ("telephone", 50, 70),
        ("helicopter", 50, 70),
        ("applause", 50, 70),
        ("gunshot", 50, 70, "unpitched"),
    )
)

# Drum keys: family and, where two keys share it, what tells them apart (a value of the parameter 'drum').
DRUM_KEYS = {
    35: ("acoustic kick", None),
    36: ("acoustic kick", None),
    37: ("rimshot", None),
    38: ("acoustic snare", None),
    39: ("clap", None),
    40: ("acoustic snare", None),
    41: ("acoustic tom", "floor"),
    42: ("closed hi-hat", None),
    43: ("acoustic tom", "floor"),
    44: ("pedal hi-hat", None),
    45: ("acoustic tom", "low"),
    46: ("open hi-hat", None),
    47: ("acoustic tom", "middle"),
    48: ("acoustic tom", "middle"),
    49: ("crash cymbal", None),
    50: ("acoustic tom", "high"),
    51: ("ride cymbal", None),
    52: ("china cymbal", None),
    53: ("ride cymbal", "bell"),
    54: ("tambourine", None),
    55: ("splash cymbal", None),
    56: ("cowbell", None),
    57: ("crash cymbal", None),
    58: ("vibraslap", None),
    59: ("ride cymbal", None),
    60: ("bongo", "high"),
    61: ("bongo", "low"),
    62: ("conga", "muted"),
    63: ("conga", "high"),
    64: ("conga", "low"),
    65: ("timbale", "high"),
    66: ("timbale", "low"),
    67: ("agogo", "high"),
    68: ("agogo", "low"),
    69: ("cabasa", None),
    70: ("shaker", None),
    71: ("referee whistle", "short"),
    72: ("referee whistle", "long"),
    73: ("guiro", "short"),
    74: ("guiro", "long"),
    75: ("claves", None),
    76: ("woodblock", "high"),
    77: ("woodblock", "low"),
    78: ("cuica", "muted"),
    79: ("cuica", "open"),
    80: ("triangle", "muted"),
    81: ("triangle", "open"),
}

# Drum kits: program of bank 128 and what captions call it.
KITS = {0: "standard", 8: "room", 16: "power", 24: "electronic", 25: "808", 32: "jazz", 40: "brush"}
# Keys of a kit that FluidR3 leaves silent.
SILENT_KEYS = ((25, 58), (25, 65), (25, 66))
# Kits whose kick and snare are machines: their families are those of the procedural drums.
MACHINE_KITS = (24, 25)
MACHINE_FAMILIES = {"acoustic kick": "kick", "acoustic snare": "snare", "acoustic tom": "tom"}
