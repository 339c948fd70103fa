# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Config files: one JSON file per model size, a section per part or stage."""

import dataclasses
import json
import os


def load(path):
    """The settings in `path`."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def fill(cls, values):
    """A dataclass from a dictionary; unknown keys are an error, not ignored."""
    known = {field.name for field in dataclasses.fields(cls)}
    unknown = set(values) - known
    if unknown:
        raise ValueError(f"{cls.__name__}: unknown settings {sorted(unknown)}")
    return cls(**values)


def default_path():
    """The config used when a command names none."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.join(here, "..", "configs", "default.json")
