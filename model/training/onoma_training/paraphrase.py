# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: teach the text encoder to understand words by their vectors alone.

Beside a word's own row, its vector counts for little in training, yet it is all that a word of no
caption has. The encoder as trained is the teacher: it reads captions as they are. The student reads the same
captions with rows and n-grams of some words left out, or with words exchanged for near ones that no
caption has, and has to arrive at the teacher's hidden states. No sounds are needed.
"""

import copy

import numpy as np
import torch

from . import captioning, dataset, runtime, text
from .captions.typos import held_out
from .captions.vocabulary import vocabulary
from .text_encoder import split_words, word_bucket


def near_words(tokenizer, vectors, count=5, least=0.6):
    """{caption word: near words that are in no caption and not held out}."""
    used = vocabulary() | set(held_out())
    words = [word for word in tokenizer.vocabulary if word not in used]
    free = vectors[[tokenizer.vocabulary[word] for word in words]]
    table = {}
    for word in vocabulary() & set(tokenizer.vocabulary):
        cosines = free @ vectors[tokenizer.vocabulary[word]]
        best = np.argsort(-cosines)[:count]
        table[word] = [words[i] for i in best if cosines[i] > least]
    return table


def clear_unused(encoder):
    """Zero the rows of whole words that are in no caption: unknown words must not bring noise."""
    c = encoder.config
    used = {word_bucket(word, c.word_buckets) for word in vocabulary()}
    with torch.no_grad():
        for row in range(c.word_buckets):
            if row not in used:
                encoder.words.weight[row] = 0


def reword(prompt, tokenizer, table, rng, share):
    """A prompt in which a share of the words give way to near ones that no caption has."""
    out = []
    for word in split_words(prompt, tokenizer.config.max_words):
        near = table.get(word, ())
        out.append(near[int(rng.integers(len(near)))] if len(near) and rng.random() < share else word)
    return " ".join(out)


def hide(batch, rng, share):
    """For a share of the words that have a vector, no row and no n-grams."""
    hidden = (batch["vectors"] >= 0).numpy()
    hidden &= rng.random(hidden.shape) < share
    words = batch["words"].clone()
    words[torch.as_tensor(hidden)] = 0
    kept = torch.as_tensor(~hidden.reshape(-1)[batch["owners"].numpy()])
    parts = {name: batch[name][kept] for name in ("ngrams", "owners", "shares")}
    return {**batch, **parts, "words": words}


def train(run, teacher, student, tokenizer, lines, table):
    """Mean squared error between hidden states; a quarter of the batches arrive as they are."""
    settings = run.settings["paraphrase"]
    # The rows stay as the denoiser knows them.
    parameters = [p for n, p in student.named_parameters() if n not in ("words.weight", "ngrams.weight")]
    optimizer = torch.optim.AdamW(parameters, settings["lr"], betas=(0.9, 0.98), weight_decay=0.01)
    rng = np.random.default_rng(12)
    clock, step = runtime.Clock(run), 0
    while not clock.over():
        share = runtime.rate_at(clock.elapsed, run.seconds, step, 50, 0.3)
        for group in optimizer.param_groups:
            group["lr"] = settings["lr"] * share
        picks = rng.integers(0, len(lines), settings["batch"])
        captions = [captioning.draw(lines[i], rng) for i in picks]
        batch = tokenizer(captions)
        with torch.no_grad():
            wanted, mask = teacher(batch)
        kind = step % 4
        if kind >= 2:
            batch = tokenizer([reword(c, tokenizer, table, rng, (0.5, 1.0)[kind - 2]) for c in captions])
        made, _ = student(hide(batch, rng, 0.6) if kind == 1 else batch)
        counted = (mask[:, 0, 0] > -1)[..., None].float()
        error = ((made - wanted).square() * counted).mean(-1)
        loss = error.sum() / counted.sum() + error[:, 0].mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        clock.add(**{("whole", "hidden", "half reworded", "reworded")[kind]: 4 * loss.item()})
        if step % 100 == 0:
            clock.report(step)


def main():
    """Teach the averaged encoder of a denoiser's checkpoint; write the checkpoint --out."""
    parser = runtime.arguments(
        "paraphrase",
        checkpoint={"help": "denoiser checkpoint to start from (default: the run's newest)"},
        out={"required": True, "help": "checkpoint to write, for the stages that follow"},
    )
    args = parser.parse_args()
    run = runtime.start(args)
    if run.device.type != "cpu" or run.world > 1:
        runtime.fail("paraphrase: takes minutes in one process on the CPU; use --device cpu")
    path = args.checkpoint or run.path("denoiser.pt")
    state = runtime.load_if_there(path)
    if state is None:
        runtime.fail(f"{path} is missing: run the stage 'denoiser' first")
    teacher, tokenizer = text.create(run)
    teacher.load_state_dict(state["text_average"])
    teacher.requires_grad_(False).eval()
    student = copy.deepcopy(teacher).requires_grad_(True)
    clear_unused(student)
    lines = [line for stem in dataset.shard_paths(run.path("clips")) for line in dataset.read_lines(stem)]
    table = near_words(tokenizer, teacher.word_vectors.numpy())
    train(run, teacher, student, tokenizer, lines, table)
    kept = {name: state[name] for name in ("unet_average", "step")}
    runtime.save_atomic({**kept, "unet": kept["unet_average"], "text": student.state_dict(),
                         "text_average": student.state_dict()}, args.out)


if __name__ == "__main__":
    main()
