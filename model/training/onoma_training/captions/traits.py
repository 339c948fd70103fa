# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""The adjectives and phrases, and the parameters that call for them.

A trait has words that stand before the name and words that stand after it. A rule reads one parameter of a clip: its
position in the range it was drawn from (0 to 1), or, where it says so, its value.
"""

import dataclasses
from typing import Optional, Tuple


@dataclasses.dataclass(frozen=True)
class Trait:
    """Ways to say one thing. `needed`: leaving it out would make the plain name mean something else."""

    before: Tuple[str, ...] = ()
    after: Tuple[str, ...] = ()
    needed: bool = False


@dataclasses.dataclass(frozen=True)
class Rule:
    """Below `low` a parameter calls for one trait, above `high` for another."""

    param: str
    low: float = 0.3
    below: Optional[Trait] = None
    high: float = 0.7
    above: Optional[Trait] = None
    by_value: bool = False


LOW = Trait(("low", "low pitched", "deep"), ("low note", "low register"))
VERY_LOW = Trait(("very low", "very deep"), ("very low note",))
HIGH = Trait(("high", "high pitched"), ("high note", "high register"))
VERY_HIGH = Trait(("very high",), ("very high note", "top register"))
MIDDLE = Trait(("mid", "middle"), ("middle register", "mid range"))

DARK = Trait(("dark", "dull", "mellow"))
BRIGHT = Trait(("bright", "crisp", "sharp"))
SHORT = Trait(("short", "tight", "quick"), ("short",))
LONG = Trait(("long", "ringing"), ("long", "long decay"))
SHORT_NOTE = Trait(("short", "staccato"), ("short note", "staccato", "short"))
LONG_NOTE = Trait(("long", "sustained", "held"), ("long note", "sustained", "held note"))
LONG_TEXTURE = Trait(("long", "continuous"), ("long",))
SHORT_TEXTURE = Trait(("short",), ("short",))
SOFT = Trait(("soft", "gentle"), ("soft",))
HARD = Trait(("hard", "strong"), ("hard",))
DISTORTED = Trait(("distorted", "overdriven", "gritty", "saturated"), ("with distortion",))
ROOMY = Trait(("reverberant", "roomy"), ("with reverb", "in a room"))
IN_A_HALL = Trait(("reverberant", "spacious"), ("in a hall", "with long reverb"))
NOISY = Trait(("noisy",))
HEAVY = Trait(("heavy", "dense", "strong"))
LIGHT = Trait(("light", "sparse", "gentle"))
SLOW_ATTACK = Trait(("swelling", "slow"), ("slow attack", "fading in"))

# Rules that hold for every family which has the parameter and no rule of its own for it.
COMMON = (
    Rule("brightness", below=DARK, above=BRIGHT),
    Rule("decay", below=SHORT, above=LONG),
    Rule("ring", below=Trait(("short", "dry", "damped")), above=LONG),
    Rule(
        "sounding", by_value=True, low=0.25, below=Trait(("short", "dry", "damped"), ("short",)), high=1.0, above=LONG
    ),
    Rule("hardness", below=SOFT, above=HARD),
    Rule("density", below=LIGHT, above=HEAVY),
    Rule("noisiness", high=0.8, above=NOISY),
    Rule("detune", below=None, above=Trait(("detuned", "wide", "thick"))),
    Rule("ground_hz", below=Trait(("low", "deep")), above=Trait(("high", "high pitched"))),
    Rule("body_hz", below=Trait(("low", "low pitched")), above=Trait(("high", "high pitched"))),
    Rule("centre_hz", below=Trait(("low", "dark")), above=Trait(("high", "bright"))),
    Rule("resonance", high=0.7, above=Trait(("resonant", "squelchy"))),
    Rule("breath", high=0.65, above=Trait(("breathy", "airy"), ("with breath",))),
    Rule("speed", below=Trait(("slow", "calm")), above=Trait(("fast", "restless"))),
    Rule("drive", by_value=True, low=0, high=0.3, above=DISTORTED),
    Rule("vibrato", by_value=True, low=0, high=5, above=Trait((), ("with vibrato", "vibrato"))),
    Rule("tremolo", by_value=True, low=0, high=0.15, above=Trait(("pulsing",), ("with tremolo", "tremolo"))),
    Rule("chorus", by_value=True, low=0, high=0.3, above=Trait(("chorused", "wide"), ("with chorus",))),
    Rule("flanger", by_value=True, low=0, high=0, above=Trait(("flanged", "swirling"), ("with flanger",))),
    Rule("echo", by_value=True, low=0, high=0, above=Trait(("echoing", "delayed"), ("with echo", "with delay"))),
    Rule("gate_hz", by_value=True, low=0, high=0, above=Trait(("gated", "stuttering", "chopped"), ("stutter",))),
    Rule("bits", by_value=True, low=0, high=0, above=Trait(("lo fi", "bitcrushed", "8 bit", "crushed"))),
    Rule(
        "velocity",
        by_value=True,
        low=58,
        below=Trait(("soft", "quiet", "gentle"), ("played softly", "pianissimo")),
        high=108,
        above=Trait(("loud", "hard", "strong"), ("played hard", "fortissimo")),
    ),
    Rule("attack", by_value=True, low=0, high=0.25, above=SLOW_ATTACK),
)

_STICK = (
    Rule(
        "hardness",
        below=Trait(("soft", "gentle", "quiet"), ("played softly",)),
        above=Trait(("hard", "punchy", "loud"), ("hit hard",)),
    ),
)
_MALLET = (
    Rule(
        "hardness",
        below=Trait(("soft", "mellow"), ("soft mallet", "soft mallets", "yarn mallet", "played softly")),
        above=Trait(("hard", "bright"), ("hard mallet", "hard mallets", "hit hard")),
    ),
)

WARM = Trait(("warm", "dark", "mellow", "soft"))

# Rules of whole groups, in place of the common ones for the same parameter.
OF_GROUP = {
    "bass": (
        Rule(
            "brightness", below=Trait(("warm", "dark", "round", "dull")), above=Trait(("bright", "aggressive", "sharp"))
        ),
        Rule("detune", above=Trait(("fat", "wide", "thick", "detuned"))),
    ),
    "lead": (
        Rule("brightness", below=WARM, above=Trait(("bright", "sharp", "piercing", "cutting"))),
        Rule("detune", above=Trait(("fat", "wide", "huge", "detuned"))),
    ),
    "pad": (
        Rule("brightness", low=0.4, below=Trait(("warm", "dark", "soft", "mellow")), above=Trait(("bright", "airy"))),
    ),
    "keys": (Rule("brightness", below=WARM, above=BRIGHT),),
    "pluck": (Rule("brightness", below=WARM, above=Trait(("bright", "crisp", "sharp"))),),
    "strings": (Rule("brightness", below=WARM, above=Trait(("bright", "sharp", "edgy"))),),
    "winds": (Rule("brightness", below=WARM, above=Trait(("bright", "clear", "sharp"))),),
    "bells": (Rule("brightness", below=WARM, above=Trait(("bright", "shimmering", "clear"))),),
}

# Rules of single families, in place of the common ones for the same parameter.
OF_FAMILY = {
    "kick": (
        Rule("ground_hz", below=Trait(("deep", "low", "heavy", "subby")), above=Trait(("high", "tight"))),
        Rule(
            "hardness",
            below=Trait(("soft", "round", "mellow")),
            above=Trait(("punchy", "clicky", "hard", "hard hitting")),
        ),
        Rule("decay", below=Trait(("short", "tight", "dry")), above=Trait(("long", "boomy", "booming"))),
    ),
    "808": (
        Rule("hardness", below=Trait(("soft", "smooth")), above=Trait(("punchy", "hard"))),
        Rule("decay", below=Trait(("short",)), above=Trait(("long", "booming", "sustained"))),
    ),
    "snare": _STICK
    + (
        Rule("body_hz", below=Trait(("low", "fat", "deep")), above=Trait(("high", "tight"))),
        Rule("decay", below=Trait(("tight", "short", "dry")), above=Trait(("long", "big", "fat"))),
        Rule(
            "noisiness",
            low=0.25,
            below=Trait(("tonal", "dry")),
            high=0.75,
            above=Trait(("noisy", "rattling", "sizzling")),
        ),
    ),
    "clap": (Rule("decay", below=Trait(("tight", "dry", "short")), above=Trait(("roomy", "big", "long"))),),
    "closed hi-hat": (Rule("decay", below=Trait(("tight", "short", "dry")), above=Trait(("loose",))),),
    "open hi-hat": (Rule("decay", below=Trait(("short",)), above=Trait(("long", "washy", "sizzling"))),),
    "crash cymbal": (Rule("decay", below=Trait(("short", "small")), above=Trait(("long", "big", "washy"))),),
    "tom": _STICK + (Rule("ground_hz", below=Trait(("low", "floor", "deep")), above=Trait(("high", "rack"))),),
    "pad": (
        Rule(
            "brightness",
            low=0.4,
            below=Trait(("warm", "dark", "soft", "mellow")),
            above=Trait(("bright", "shimmering", "airy")),
        ),
        Rule("detune", above=Trait(("lush", "wide", "thick", "detuned"))),
    ),
    "pluck": (
        Rule(
            "decay", below=Trait(("short", "tight", "snappy"), ("short", "staccato")), above=Trait(("long", "ringing"))
        ),
    ),
    "fm tone": (
        Rule("brightness", below=Trait(("soft", "smooth", "mellow")), above=Trait(("bright", "harsh", "aggressive"))),
    ),
    "marimba": _MALLET,
    "xylophone": _MALLET,
    "vibraphone": _MALLET,
    "glockenspiel": _MALLET,
    "steel drum": _MALLET,
    "electric piano": (
        Rule(
            "hardness",
            below=Trait(("soft", "mellow", "warm"), ("played softly",)),
            above=Trait(("hard", "barking", "bright"), ("played hard",)),
        ),
    ),
    "piano": (
        Rule(
            "hardness",
            below=Trait(("soft", "quiet", "mellow"), ("played softly", "pianissimo")),
            above=Trait(("loud", "hard", "bright"), ("played hard", "fortissimo")),
        ),
    ),
    "flute": (Rule("hardness", high=0.75, above=Trait((), ("hard attack", "tongued"))),),
    "rain": (Rule("density", below=Trait(("light", "gentle", "soft")), above=Trait(("heavy", "pouring", "hard"))),),
    "wind": (
        Rule("howl", by_value=True, low=0, high=0.3, above=Trait(("howling", "whistling"))),
        Rule("strength", below=Trait(("soft", "gentle", "light")), above=Trait(("strong", "stormy"))),
    ),
    "thunder": (
        Rule(
            "nearness", below=Trait(("distant", "far", "rumbling")), above=Trait(("near", "loud", "cracking", "close"))
        ),
    ),
    "ocean waves": (Rule("speed", below=Trait(("slow", "calm")), above=Trait(("rough", "fast"))),),
    "fire": (
        Rule("roar", high=0.6, above=Trait(("roaring", "big"))),
        Rule("density", below=Trait(("small", "quiet")), above=Trait(("crackling", "busy"))),
    ),
    "vinyl crackle": (Rule("density", below=Trait(("sparse", "light")), above=Trait(("dusty", "dirty", "heavy"))),),
    "riser": (
        Rule(
            "duration", by_value=True, low=1.0, below=Trait(("short", "quick")), high=2.0, above=Trait(("long", "slow"))
        ),
    ),
    "downlifter": (
        Rule(
            "duration", by_value=True, low=1.0, below=Trait(("short", "quick")), high=2.0, above=Trait(("long", "slow"))
        ),
    ),
    "impact": (
        Rule("decay", below=Trait(("short", "tight")), above=Trait(("long", "huge", "massive"))),
        Rule("ground_hz", below=Trait(("deep", "low", "heavy"))),
        Rule("metal", by_value=True, low=0, high=0.3, above=Trait(("metallic", "metal"))),
    ),
    "explosion": (Rule("size", below=Trait(("small", "bright")), above=Trait(("big", "huge", "deep", "distant"))),),
    "laser": (
        Rule("decay", below=Trait(("short", "quick")), above=Trait(("long",))),
        Rule("start_hz", below=Trait(("low",)), above=Trait(("high",))),
        Rule("buzz", by_value=True, low=0, high=0.5, above=Trait(("buzzy", "retro", "arcade"))),
    ),
    "alarm": (Rule("speed", below=Trait(("slow",)), above=Trait(("fast", "urgent"))),),
    "engine": (
        Rule("ground_hz", below=Trait(("low", "deep", "big")), above=Trait(("high", "small", "fast"))),
        Rule("roughness", below=Trait(("smooth",)), above=Trait(("rough", "old", "rattling"))),
    ),
    "applause": (
        Rule(
            "density", below=Trait(("small", "sparse"), ("few people",)), above=Trait(("big", "loud"), ("large hall",))
        ),
    ),
    "crowd": (
        Rule("people", below=Trait(("small",), ("few people",)), above=Trait(("big", "busy"), ("many people",))),
    ),
    "bird": (Rule("size", below=Trait(("small", "high")), above=Trait(("big", "low"))),),
    "dog bark": (Rule("size", below=Trait(("small", "high")), above=Trait(("big", "deep", "large"))),),
    "crickets": (Rule("insects", below=Trait(("single",)), above=Trait(("many",))),),
    "bass line": (
        Rule("resonance", by_value=True, low=0, high=3, above=Trait(("acid", "squelchy", "303"))),
        Rule("density", below=Trait(("sparse",)), above=Trait(("busy", "rolling"))),
    ),
    "drum loop": (Rule("swing", by_value=True, low=0, high=0.1, above=Trait(("swung", "shuffled"), ("with swing",))),),
    "gong": (
        Rule("decay", below=Trait(("short", "small")), above=Trait(("long", "big", "huge"))),
        Rule("bloom_s", high=0.75, above=Trait(("swelling", "slow"))),
    ),
    "splash": (Rule("size", below=Trait(("small",)), above=Trait(("big", "heavy"))),),
    "bubbles": (
        Rule("size", below=Trait(("small", "high")), above=Trait(("big", "deep"))),
        Rule("density", below=Trait(("slow", "few")), above=Trait(("fast", "many", "boiling"))),
    ),
    "power chord": (Rule("decay", below=None, above=Trait(("long", "sustained"))),),
    "granular texture": (Rule("density", below=Trait(("sparse",)), above=Trait(("dense", "busy"))),),
    "acid bass": (Rule("resonance", above=Trait(("squelchy", "resonant", "screaming"))),),
}

# What a chosen value calls for, by parameter and value.
CHOICES = {
    ("material", "wood"): Trait(("wooden", "rosewood")),
    ("material", "glass"): Trait(("glass",), needed=True),
    ("material", "metal"): Trait(("metal", "metallic"), needed=True),
    ("material", "stone"): Trait(("stone",), needed=True),
    ("articulation", "staccato"): SHORT_NOTE,
    ("stroke", "slap"): Trait(("slapped",), ("slap",), needed=True),
    ("stroke", "mute"): Trait(("muted", "damped"), ("muted",), needed=True),
    ("stroke", "open"): Trait(("open",)),
    ("stroke", "bell"): Trait((), ("on the bell", "bell of the cymbal"), needed=True),
    ("choked", True): Trait(("choked",), ("choked",)),
    ("strokes", 1): Trait(("single",)),
    ("strokes", 2): Trait(("double",), ("twice",)),
    ("strokes", 3): Trait(("repeated",), ("three times",)),
    ("strokes", 4): Trait(("repeated", "rhythmic"), ("four times",)),
    ("strokes", 6): Trait(("repeated",), ("several times",)),
    ("style", "house"): Trait(("house",)),
    ("style", "techno"): Trait(("techno",)),
    ("style", "rock"): Trait(("rock",)),
    ("style", "hip hop"): Trait(("hip hop", "boom bap")),
    ("style", "breakbeat"): Trait(("breakbeat", "break")),
    ("style", "drum and bass"): Trait(("drum and bass", "dnb")),
    ("style", "trap"): Trait(("trap",)),
    ("mode", "minor"): Trait(("minor",), ("minor",)),
    ("mode", "major"): Trait(("major",), ("major",)),
    ("direction", "up and down"): Trait((), ("up and down",)),
    ("direction", "random"): Trait(("random",)),
    ("drum", "low"): Trait(("low",)),
    ("drum", "middle"): Trait(("mid", "middle")),
    ("drum", "high"): Trait(("high",)),
    ("drum", "floor"): Trait(("floor", "low"), needed=True),
    ("drum", "bell"): Trait((), ("on the bell", "bell of the cymbal"), needed=True),
    ("drum", "muted"): Trait(("muted", "damped"), ("muted",), needed=True),
    ("drum", "open"): Trait(("open",)),
    ("drum", "short"): Trait(("short",)),
    ("drum", "long"): Trait(("long",), needed=True),
    ("kit", "room"): Trait(("room kit", "live"), ("in a room",)),
    ("kit", "power"): Trait(("power", "big", "rock"), ("rock kit",)),
    ("kit", "electronic"): Trait(("electronic", "drum machine"), ("electronic kit",)),
    ("kit", "808"): Trait(("808", "drum machine"), ("808 kit",)),
    ("kit", "jazz"): Trait(("jazz",), ("jazz kit",)),
    ("kit", "brush"): Trait(("brushed", "brush"), ("with brushes", "brush kit")),
    ("vowel", "ah"): Trait((), ("ah", "aah")),
    ("vowel", "eh"): Trait((), ("eh",)),
    ("vowel", "ee"): Trait((), ("ee", "eee")),
    ("vowel", "oh"): Trait((), ("oh",)),
    ("vowel", "oo"): Trait((), ("oo", "ooh")),
    ("chord", "fifth"): Trait(("fifth",), ("power chord", "fifth"), needed=True),
    ("chord", "major"): Trait(("major chord",), ("major chord", "major"), needed=True),
    ("chord", "minor"): Trait(("minor chord",), ("minor chord", "minor"), needed=True),
    ("chord", "minor seventh"): Trait(("minor seventh",), ("minor seventh chord", "minor 7 chord"), needed=True),
    ("chord", "major seventh"): Trait(("major seventh",), ("major seventh chord", "major 7 chord"), needed=True),
    ("chord", "suspended"): Trait(("suspended",), ("suspended chord", "sus 4 chord"), needed=True),
    ("colour", "white"): Trait(("white",)),
    ("colour", "pink"): Trait(("pink",), needed=True),
    ("colour", "brown"): Trait(("brown",), needed=True),
    ("colour", "band"): Trait(("filtered", "narrow"), needed=True),
    ("surface", "window"): Trait((), ("on a window", "on glass")),
    ("surface", "leaves"): Trait((), ("on leaves", "in a forest")),
    ("surface", "roof"): Trait((), ("on a roof", "on a tin roof")),
    ("slide", "rising"): Trait(("rising", "upward"), ("sliding up",)),
    ("slide", "falling"): Trait(("falling", "downward"), ("sliding down",)),
    ("source", "noise"): Trait(("noise", "white noise")),
    ("source", "synth"): Trait(("synth", "tonal")),
    ("direction", "up"): Trait(("rising", "upward"), ("going up",)),
    ("direction", "down"): Trait(("falling", "downward"), ("going down",)),
    ("pattern", "wail"): Trait(("wailing", "slow")),
    ("pattern", "yelp"): Trait(("yelping", "fast")),
    ("pattern", "two tone"): Trait(("two tone", "european"), needed=True),
    ("ringer", "bell"): Trait(("old", "classic", "bell")),
    ("ringer", "electronic"): Trait(("electronic", "digital", "modern")),
    ("motion", "idling"): Trait(("idling", "steady")),
    ("motion", "revving"): Trait(("revving", "accelerating"), ("speeding up",), needed=True),
    ("motion", "slowing"): Trait(("slowing",), ("slowing down",), needed=True),
    ("floor", "wood"): Trait(("wooden floor",), ("on wood", "on a wooden floor")),
    ("floor", "concrete"): Trait((), ("on concrete", "on stone", "on the street")),
    ("floor", "gravel"): Trait(("gravel", "crunchy"), ("on gravel",), needed=True),
    ("floor", "snow"): Trait(("snow", "crunchy"), ("in snow",), needed=True),
    ("thing", "pipe"): Trait((), ("metal pipe", "on a pipe")),
    ("thing", "plate"): Trait((), ("metal plate", "sheet metal")),
    ("thing", "pan"): Trait((), ("frying pan", "pan")),
    ("thing", "anvil"): Trait((), ("anvil", "hammer on an anvil")),
    ("action", "drawn"): Trait((), ("being drawn", "unsheathed"), needed=True),
    ("vehicle", "car"): Trait(("car",)),
    ("vehicle", "truck"): Trait(("truck",), needed=True),
    ("vehicle", "train"): Trait(("train",), needed=True),
    ("vehicle", "ship"): Trait(("ship", "fog"), needed=True),
    ("keyboard", "computer"): Trait(("computer",)),
    ("keyboard", "typewriter"): Trait(("typewriter",), needed=True),
    ("stuff", "paper"): Trait(("paper",), needed=True),
    ("stuff", "leaves"): Trait(("leaves", "dry leaves"), needed=True),
    ("stuff", "cloth"): Trait(("cloth", "clothes"), needed=True),
    ("stuff", "plastic"): Trait(("plastic", "plastic bag"), needed=True),
    ("palm_muted", True): Trait(("palm muted", "chugging"), ("palm muted",), needed=True),
    ("mood", "talking"): Trait(("talking", "chatting"), ("talking", "in a cafe")),
    ("mood", "cheering"): Trait(("cheering", "excited"), ("cheering",), needed=True),
    ("insect", "cicada"): Trait(("cicada",), ("cicadas",), needed=True),
    ("wave", "square"): Trait(("square wave",)),
    ("reversed", True): Trait(("reverse", "reversed", "backwards"), ("reversed", "played backwards"), needed=True),
    ("dynamics", "growing"): Trait(("growing",), ("crescendo", "getting louder")),
    ("dynamics", "fading"): Trait(("fading",), ("decrescendo", "fading out")),
    ("filter", "lowpass"): Trait(("muffled", "filtered"), needed=True),
    ("filter", "highpass"): Trait(("thin", "tinny", "small"), needed=True),
}

# Choices of single families that mean something else there, or nothing.
CHOICES_OF_FAMILY = {
    ("synth bass", "wave", "saw"): Trait(("saw",)),
    ("synth bass", "wave", "square"): Trait(("square",)),
    ("synth bass", "wave", "pulse"): Trait(("pulse",)),
    ("power up", "direction", "down"): Trait(("falling", "negative"), ("game over", "losing"), needed=True),
    ("blip", "wave", "square"): Trait(("8 bit", "retro", "square")),
    ("pad", "wave", "saw"): Trait(("saw",)),
    ("sine lead", "wave", "triangle"): Trait(("triangle wave",), needed=True),
    ("sync lead", "falling", True): Trait(("falling",)),
    ("sync lead", "falling", False): Trait(("rising",)),
    ("fm tone", "ratio", 1.41): Trait(("metallic", "clangorous"), needed=True),
    ("fm tone", "ratio", 3.5): Trait(("metallic", "bell like"), needed=True),
    ("fm tone", "ratio", 7.0): Trait(("glassy", "metallic")),
}

# What is true of every sound of a family, and said now and then.
FLAVOURS = {
    "kick": Trait(("electronic", "techno", "house")),
    "snare": Trait(("electronic", "synthetic")),
    "808": Trait(("trap", "hip hop", "sub")),
    "pad": Trait(("ambient", "analog", "atmospheric", "dreamy"), ("for ambient music",)),
    "glass pad": Trait(("ambient", "ethereal", "dreamy")),
    "wavetable pad": Trait(("ambient", "digital", "evolving")),
    "synth bass": Trait(("analog", "electronic", "synthwave")),
    "fm bass": Trait(("digital", "80s")),
    "acid bass": Trait(("techno", "rave")),
    "wobble bass": Trait(("dubstep", "heavy")),
    "growl bass": Trait(("dubstep", "aggressive")),
    "reese bass": Trait(("jungle", "dark")),
    "saw lead": Trait(("analog", "electronic", "synthwave")),
    "supersaw": Trait(("trance", "edm", "euphoric")),
    "square lead": Trait(("retro", "8 bit", "video game")),
    "pulse lead": Trait(("retro", "8 bit", "video game")),
    "fm tone": Trait(("digital", "80s", "electronic")),
    "pluck": Trait(("electronic", "house", "synthetic")),
    "electric piano": Trait(("vintage", "soulful", "70s")),
    "organ": Trait(("vintage", "jazzy", "gospel")),
    "clavinet": Trait(("vintage", "70s")),
    "harpsichord": Trait(("baroque", "old")),
    "string ensemble": Trait(("orchestral", "cinematic", "lush")),
    "choir": Trait(("angelic", "cinematic", "human")),
    "theremin": Trait(("spooky", "eerie", "sci fi")),
    "impact": Trait(("cinematic", "epic", "dramatic"), ("for a trailer",)),
    "riser": Trait(("edm", "tense", "cinematic")),
    "drone": Trait(("ambient", "ominous", "cinematic")),
    "space texture": Trait(("ambient", "eerie", "sci fi")),
    "granular texture": Trait(("ambient", "abstract")),
    "laser": Trait(("sci fi", "futuristic")),
    "coin": Trait(("retro", "8 bit", "video game")),
    "power up": Trait(("retro", "video game")),
    "blip": Trait(("electronic", "digital")),
    "notification": Trait(("friendly", "phone")),
    "glitch": Trait(("digital", "broken")),
    "data noise": Trait(("digital", "sci fi")),
    "power chord": Trait(("rock", "metal")),
    "chord stab": Trait(("house", "techno", "rave")),
    "arpeggio": Trait(("trance", "electronic", "synthwave")),
    "koto": Trait(("japanese", "asian")),
    "marimba": Trait(("tropical", "african")),
    "kalimba": Trait(("african",)),
    "steel drum": Trait(("caribbean", "tropical")),
    "music box": Trait(("childlike", "toy", "delicate")),
    "bell": Trait(("church", "tolling")),
    "vinyl crackle": Trait(("vintage", "lo fi")),
    "boing": Trait(("cartoon", "funny", "comic")),
    "rain": Trait(("natural", "relaxing")),
    "stream": Trait(("natural", "relaxing")),
    "birdsong": Trait(("natural", "morning")),
    "crickets": Trait(("night", "summer")),
    "gong": Trait(("chinese", "asian")),
}

LOOP = Trait(("looping", "seamless"), ("loop", "seamless loop", "looped"))
ONE_SHOT = Trait((), ("one shot", "single hit"))
ONE_NOTE = Trait((), ("single note", "one shot"))
TEMPO = ("{} bpm", "at {} bpm", "tempo {}")
