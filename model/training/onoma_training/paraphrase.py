# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC
"""Stage: teach the text encoder to understand words by their vectors alone.

Beside a word's own row, its vector counts for little in training, yet it is all that a word of no
caption has. The encoder as trained is the teacher: it reads whole captions. The student reads the same
captions with rows and n-grams of some words left out and their vectors moved towards neighbours, and
has to arrive at the teacher's hidden states. No sounds are needed.
"""

import copy

import numpy as np
import torch

from . import captioning, dataset, runtime, text
from .captions.typos import held_out
from .captions.vocabulary import vocabulary
from .text_encoder import word_bucket


def neighbour_table(tokenizer, vectors, count=6, least=0.6):
    """{row of a caption word: rows of near words that are in no caption and not held out}."""
    used = vocabulary() | set(held_out())
    free = np.array([row for word, row in tokenizer.vocabulary.items() if word not in used])
    table = {}
    for word in vocabulary():
        row = tokenizer.vocabulary.get(word)
        if row is None:
            continue
        cosines = vectors[free] @ vectors[row]
        best = np.argsort(-cosines)[:count]
        table[row] = free[best[cosines[best] > least]]
    return table


def clear_unused(encoder):
    """Zero the rows of whole words that are in no caption: unknown words must not bring noise."""
    c = encoder.config
    used = {word_bucket(word, c.word_buckets) for word in vocabulary()}
    with torch.no_grad():
        for row in range(c.word_buckets):
            if row not in used:
                encoder.words.weight[row] = 0


def hide(batch, rng, share, table):
    """The student's batch: for a share of the words no row and no n-grams, perhaps a near vector."""
    out = dict(batch)
    words, vectors = batch["words"].clone(), batch["vectors"].clone()
    known = (vectors >= 0).numpy()
    hidden = known & (rng.random(known.shape) < share)
    words[torch.as_tensor(hidden)] = 0
    for i, j in zip(*np.nonzero(hidden)):
        near = table.get(int(vectors[i, j]), ())
        if len(near) and rng.random() < 0.5:
            vectors[i, j] = int(near[int(rng.integers(len(near)))])
    kept = ~hidden.reshape(-1)[batch["owners"].numpy()]
    # Half of the hidden words keep their n-grams: typos of them must stay what they were.
    kept |= (rng.random(hidden.size) < 0.5)[batch["owners"].numpy()]
    kept = torch.as_tensor(kept)
    out.update(words=words, vectors=vectors, ngrams=batch["ngrams"][kept])
    out.update(owners=batch["owners"][kept], shares=batch["shares"][kept])
    return out


def train(run, teacher, student, tokenizer, lines, table):
    """Mean squared error between hidden states; a quarter of the captions arrive whole."""
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
        batch = tokenizer([captioning.draw(lines[i], rng) for i in picks])
        with torch.no_grad():
            wanted, mask = teacher(batch)
        made, _ = student(hide(batch, rng, (0.0, 0.4, 0.7, 1.0)[step % 4], table))
        counted = (mask[:, 0, 0] > -1)[..., None].float()
        error = ((made - wanted).square() * counted).mean(-1)
        loss = error.sum() / counted.sum() + error[:, 0].mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        clock.add(**{("whole", "hidden 0.4", "hidden 0.7", "hidden")[step % 4 - 1]: 4 * loss.item()})
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
    table = neighbour_table(tokenizer, teacher.word_vectors.numpy())
    train(run, teacher, student, tokenizer, lines, table)
    kept = {name: state[name] for name in ("unet_average", "step")}
    runtime.save_atomic({**kept, "unet": kept["unet_average"], "text": student.state_dict(),
                         "text_average": student.state_dict()}, args.out)


if __name__ == "__main__":
    main()
