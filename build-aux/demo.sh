#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

# Renders prompts with the shipped model: demo.sh BUILD-FOLDER OUTPUT-FOLDER
set -eu

onoma=$1/onoma
out=$2
mkdir -p "$out"

# seed, seconds, prompt
while IFS='|' read -r seed length prompt; do
  name=$(echo "$prompt" | tr -cs 'a-z0-9#\n' '-' | sed 's/-*$//')
  "$onoma" --quiet --seed "$seed" --length "$length" --output "$out/$name.wav" "$prompt" </dev/null
  "$onoma" picture "$out/$name.wav" --output "$out/$name.png"
  echo "$out/$name.wav  $out/$name.png"
done <<'PROMPTS'
1|1|deep punchy kick drum
1|1|snare drum, tight
1|0.5|closed hi-hat
2|2|sustained warm pad
1|1.5|short pluck
6|2|rain
3|2|flute, long note, a4
1|2|marimba, soft mallet, c4
1|1.5|saw bass, c2
1|2|church bell
PROMPTS
