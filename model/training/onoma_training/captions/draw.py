# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Draws a caption for a clip: which of its traits to name, in which words and order."""

from . import traits
from .names import NAMES
from .pitch import draw_pitch
from .typos import misspelt

DROP_TRAIT = 0.35
DROP_PITCH = 0.4
FLAVOURED = 0.2
MOST_TRAITS = 3
TYPO = 0.05
OPENINGS = ("a", "the", "sound of", "the sound of", "sound of a", "recording of", "a recording of", "sample of", "some")
JOINING = (" and ", " with ")
CLOSINGS = ("sound", "sample", "sound effect", "hit", "tone")
SHORT_NOTE_S = 0.35
LONG_NOTE_S = 1.2
PERCUSSIVE = ("drums", "percussion")
SMALL_WORDS = frozenset(("a", "an", "and", "at", "in", "of", "on", "the", "with"))
DECAYS = ("decay", "ring")
SELDOM = (traits.ONE_SHOT, traits.ONE_NOTE)


def draw_caption(clip, rng):
    """One caption of a Clip or ClipInfo, drawn by a numpy Generator. Every draw is another; all of them are true."""
    info = getattr(clip, "info", clip)
    name = _pick(rng, names_of(info), first=0.5)
    if "with" in info.params and rng.random() < 0.95:
        name += _pick(rng, JOINING) + _pick(rng, NAMES[info.params["with"]], first=0.5)
    before, after = _place(_chosen(info, rng), name, rng)
    if info.midi is not None and rng.random() >= DROP_PITCH:
        _add_pitch(info, rng, before, after)
    text = _assemble(info, name, before, after, rng)
    return " ".join(misspelt(word, rng) if rng.random() < TYPO else word for word in text.split())


def names_of(info):
    """The names of the clip's family."""
    return NAMES[info.family]


def traits_of(info):
    """Every trait that the clip's parameters call for, without the pitch."""
    own = traits.OF_FAMILY.get(info.family, ())
    named = {rule.param for rule in own}
    own += tuple(rule for rule in traits.OF_GROUP.get(info.group, ()) if rule.param not in named)
    overridden = {rule.param for rule in own}
    if info.midi is None or overridden & set(DECAYS):
        overridden.add("sounding")
    elif "sounding" in info.params:
        overridden |= set(DECAYS)  # of a note that was struck, what counts is how long it is heard
    found = [
        trait
        for rule in own + tuple(r for r in traits.COMMON if r.param not in overridden)
        for trait in [_apply(rule, info)]
        if trait is not None
    ]
    for param, value in info.params.items():
        if isinstance(value, (str, bool, int)):
            trait = traits.CHOICES_OF_FAMILY.get((info.family, param, value), traits.CHOICES.get((param, value)))
            if trait is not None and (trait.before or trait.after):
                found.append(trait)
    found += _length(info) + _space(info)
    return found + _use(info)


def register_of(info):
    """The trait of a pitched clip's register: by the thirds of its family's range, and by the note at the extremes."""
    if info.midi < 33:
        return traits.VERY_LOW
    if info.midi >= 92:
        return traits.VERY_HIGH
    position = info.positions["note"]
    return traits.LOW if position < 0.33 else traits.HIGH if position > 0.67 else traits.MIDDLE


def _apply(rule, info):
    values = info.params if rule.by_value else info.positions
    value = values.get(rule.param)
    if value is None:
        return None
    if value < rule.low:
        return rule.below
    return rule.above if value > rule.high else None


def _use(info):
    """Loop or one shot; of a texture that is neither, nothing."""
    if info.loop:
        return [traits.LOOP]
    if info.midi is not None:
        return [traits.ONE_NOTE]
    return [traits.ONE_SHOT] if info.group in PERCUSSIVE else []


def _length(info):
    if "duration" not in info.params or info.params.get("articulation") == "staccato":
        return []
    length = info.params["duration"]
    tonal = info.midi is not None
    if length < SHORT_NOTE_S:
        return [traits.SHORT_NOTE if tonal else traits.SHORT_TEXTURE]
    if length > LONG_NOTE_S:
        return [traits.LONG_NOTE if tonal else traits.LONG_TEXTURE]
    return []


def _space(info):
    if info.params.get("room", 0) < 0.2:
        return []
    return [traits.IN_A_HALL if info.params["room_s"] > 1.2 else traits.ROOMY]


def _pick(rng, options, first=0.0):
    """One option; the first with at least the given probability."""
    return options[0] if rng.random() < first else options[int(rng.integers(len(options)))]


def _chosen(info, rng):
    """The traits to name: those needed nearly always, of the others at most MOST_TRAITS."""
    needed = [t for t in traits_of(info) if t.needed and rng.random() < 0.93]
    others = [t for t in traits_of(info) if not t.needed and (t not in SELDOM or rng.random() < 0.25)]
    if info.family in traits.FLAVOURS and rng.random() < FLAVOURED:
        others.append(traits.FLAVOURS[info.family])
    order = rng.permutation(len(others))
    kept = [others[i] for i in order if rng.random() >= DROP_TRAIT]
    if rng.random() < 0.2:
        kept = []  # the bare name
    return needed + kept[: int(rng.integers(0, MOST_TRAITS + 1))]


def _place(chosen, name, rng):
    """Words of the traits, before or after the name; what the name or another trait says already isn't said again."""
    before, after = [], []
    said = set(name.split())
    for trait in chosen:
        options = [(before, text) for text in trait.before] + [(after, text) for text in trait.after]
        options = [(target, text) for target, text in options if not said & (set(text.split()) - SMALL_WORDS)]
        if options:
            target, text = _pick(rng, options)
            target.append(text)
            said |= set(text.split())
    return before, after


def _add_pitch(info, rng, before, after):
    """The note's name, its register, or both."""
    kind = rng.random()
    if kind < 0.65:
        after.insert(0, "=" + draw_pitch(info.midi, rng))
    if kind >= 0.5:
        register = register_of(info)
        if register is not traits.MIDDLE or rng.random() < 0.3:
            words = [(before, w) for w in register.before] + [(after, w) for w in register.after]
            target, word = _pick(rng, words)
            if word not in before + after:
                target.append(word)


def _assemble(info, name, before, after, rng):
    """Puts the parts in one of several orders; a part marked '=' (the pitch) may follow the name without a comma."""
    pitch = [part[1:] for part in after if part.startswith("=")]
    after = [part for part in after if not part.startswith("=")]
    if info.tempo is not None and rng.random() < 0.6:
        after.append(_pick(rng, traits.TEMPO).format(int(round(info.tempo))))
    order = rng.random()
    if order < 0.15 and before:
        parts = [" ".join([name] + pitch)] + before + after
    elif order < 0.25 and after:
        parts = [" ".join([after[0]] + before + [name] + pitch)] + after[1:]
    elif order < 0.35 and pitch:
        parts = [" ".join(pitch + before + [name])] + after
    elif order < 0.45 and pitch:
        parts = [" ".join(before + [name])] + pitch + after
    else:
        parts = [" ".join(before + [name] + pitch)] + after
    extra = rng.random()
    if extra < 0.1:
        parts[0] = _pick(rng, OPENINGS) + " " + parts[0]
    elif extra < 0.18:
        closings = CLOSINGS if info.group in PERCUSSIVE else CLOSINGS[:3]
        parts[0] = parts[0] + " " + _pick(rng, closings)
    return (", " if rng.random() < 0.8 else " ").join(parts)
