# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Captions drawn from the parameters of training sounds."""

from .draw import draw_caption

__all__ = ["draw_caption"]
