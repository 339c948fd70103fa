# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Prints every word that a caption can contain, one a line, sorted: python3 -m onoma_training.captions.vocabulary

Words are what the text encoder sees: maximal runs of a-z, 0-9 and #, in lower case. Misspelt words are left out: they
are any word of this list with a letter wrong, and never a held-out word.
"""

import re

from . import draw, traits
from .names import NAMES
from .pitch import BEFORE_NOTE, spellings

LOWEST_NOTE, HIGHEST_NOTE = 12, 120
TEMPI = range(60, 201)


def words_of(text):
    """The words of a text, as the text encoder cuts them."""
    return re.findall(r"[a-z0-9#]+", text.lower())


def _trait_texts():
    found = [t for t in vars(traits).values() if isinstance(t, traits.Trait)]
    rules = list(traits.COMMON) + [
        rule for table in (traits.OF_FAMILY, traits.OF_GROUP) for rules in table.values() for rule in rules
    ]
    found += [t for rule in rules for t in (rule.below, rule.above) if t is not None]
    found += list(traits.FLAVOURS.values()) + list(traits.CHOICES.values()) + list(traits.CHOICES_OF_FAMILY.values())
    return [text for trait in found for text in trait.before + trait.after]


def vocabulary():
    """The set of all words."""
    texts = [name for names in NAMES.values() for name in names]
    texts += _trait_texts()
    texts += (
        list(draw.OPENINGS)
        + list(draw.CLOSINGS)
        + list(draw.JOINING)
        + [text.replace("{}", "") for text in BEFORE_NOTE]
    )
    texts += [text for midi in range(LOWEST_NOTE, HIGHEST_NOTE + 1) for text in spellings(midi)]
    texts += [form.format(tempo) for form in traits.TEMPO for tempo in TEMPI]
    return {word for text in texts for word in words_of(text)}


if __name__ == "__main__":
    print("\n".join(sorted(vocabulary())))
