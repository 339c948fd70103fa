// SPDX-FileCopyrightText: 2026 The Onoma authors
// SPDX-License-Identifier: ISC

// The help texts.

#include "usage.h"

void print_usage(FILE *file) {
  fputs("Usage: onoma [OPTION]... PROMPT... [-o FILE]\n"
        "       onoma info MODEL|FILE\n"
        "       onoma again FILE [-o FILE]\n"
        "       onoma picture FILE -o FILE.png\n"
        "Try 'onoma --help'.\n",
        file);
}

void print_help(void) {
  fputs(
      "Usage: onoma [OPTION]... PROMPT... [-o FILE]\n"
      "       onoma info MODEL|FILE              show a model's parts, or a sound's recipe\n"
      "       onoma again FILE [-o FILE]         make a sound anew from the recipe in it\n"
      "       onoma picture FILE -o FILE.png     draw a sound's spectrogram\n"
      "Makes the sound that PROMPT names. 'onoma -- info' makes the sound of a word that is a "
      "command.\n"
      "\n"
      "Sound\n"
      "  -l, --length SECONDS    how long (default: the model's)\n"
      "  -s, --seed N            decides the noise that the sound comes from (default: drawn, and "
      "told)\n"
      "  -n, --steps N           steps of the denoiser\n"
      "      --sampler NAME      ddpm, ddim, dpm++2m, euler, unipc, lcm or few-step\n"
      "  -g, --guidance X        how strongly to follow the prompt\n"
      "      --negative PROMPT   what to steer away from\n"
      "      --eta X             0 to 1: noise that ddim adds again\n"
      "      --note NOTE         pitch, as C4, a#3 or a MIDI number (default: as the prompt says)\n"
      "      --loop              make it seamless\n"
      "      --init FILE         start from this sound instead of from noise\n"
      "      --strength X        over 0 to 1: how much of it to make anew (default 0.7)\n"
      "      --trim              cut silence off both ends\n"
      "      --normalize MODE    peak, loudness or none (default peak)\n"
      "\n"
      "Output\n"
      "  -o, --output FILE       file, folder, or - for a pipe (default: named after prompt and "
      "seed)\n"
      "  -f, --format TYPE       wav, flac, ogg or raw (default: by the file's ending, else wav)\n"
      "  -b, --bits N            16, 24, 32 or float (default 24)\n"
      "  -r, --rate HZ           sample rate (default: the model's)\n"
      "  -c, --count N           so many sounds, with seeds from --seed on\n"
      "      --batch FILE        a prompt, or a JSON object of options, on each line; - reads a "
      "pipe\n"
      "  -p, --play              play it\n"
      "      --json              tell progress and result as lines of JSON\n"
      "  -q, --quiet             tell only of failures\n"
      "\n"
      "Engine\n"
      "  -m, --model MODEL       folder or name of a model (default: default)\n"
      "  -t, --threads N         (default: one for every core)\n"
      "      --cpu LEVEL         kernels up to c, avx2, avx512, avx512bf16 or amx\n"
      "  -h, --help\n"
      "  -V, --version\n",
      stdout);
}
