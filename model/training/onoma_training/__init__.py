# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Training of Onoma's default model: one module a stage, see README.md."""
