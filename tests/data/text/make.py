#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Writes a tiny OnomaTextEncoder of random weights, and what it makes of some prompts.

The encoder is written here a second time, in numpy and in double precision, from doc/model-format.md alone."""

import json
import math
import pathlib
import re
import struct
import zlib

import numpy as np

HERE = pathlib.Path(__file__).parent
CONFIG = {"_class_name": "OnomaTextEncoder", "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3,
          "intermediate_size": 40, "max_words": 6, "word_buckets": 61, "ngram_buckets": 97, "ngram_min": 3,
          "ngram_max": 5, "word_vector_size": 8, "layer_norm_eps": 1e-5}
VOCABULARY = ["808", "bell", "boom", "c#4", "car", "class", "crash", "deep", "drum", "hi", "ring", "sing", "wash",
              "wind"]
PROMPTS = ["", "deep drum", "Deep DRUM!", "drums crashes winded ringing cars as is singing", "a", "C#4, 808... boom",
           "one two three four five six seven", "caf\u00e9 bells", "boss classes washes", "#", "his hi hied",
           "ping\tpong\nping"]


def write_safetensors(path, tensors, metadata=None):
    """tensors: name -> (dtype name, array of the stored bits)."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, array) in sorted(tensors.items()):
        raw = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def stored(array, dtype):
    """The tensors that hold an array in a type, by their names' endings, and its rounded value."""
    if dtype == "I8":
        scale = (np.abs(array).max(axis=1) / 127).astype(np.float32)
        values = np.rint(array / scale[:, None]).astype(np.int8)
        return {"": ("I8", values), ".scale": ("F32", scale)}, values * scale[:, None].astype(np.float64)
    if dtype == "BF16":
        bits = (array.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
        return {"": ("BF16", bits)}, (bits.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    values = array.astype({"F16": np.float16, "F32": np.float32}[dtype])
    return {"": (dtype, values)}, values.astype(np.float64)


def make_weights():
    random = np.random.default_rng(1)
    size, wide, vector = CONFIG["hidden_size"], CONFIG["intermediate_size"], CONFIG["word_vector_size"]
    shapes = {"words.weight": (CONFIG["word_buckets"], size), "ngrams.weight": (CONFIG["ngram_buckets"], size),
              "word_vectors": (len(VOCABULARY), vector), "vector_proj.weight": (size, vector), "cls": (size,),
              "positions.weight": (1 + CONFIG["max_words"], size), "final_ln.weight": (size,), "final_ln.bias": (size,)}
    for i in range(CONFIG["num_hidden_layers"]):
        for name in ["ln1.weight", "ln1.bias", "ln2.weight", "ln2.bias"]:
            shapes[f"layers.{i}.{name}"] = (size,)
        for name, rows, columns in [("q", size, size), ("k", size, size), ("v", size, size), ("o", size, size),
                                    ("fc1", wide, size), ("fc2", size, wide)]:
            shapes[f"layers.{i}.{name}.weight"] = (rows, columns)
            shapes[f"layers.{i}.{name}.bias"] = (rows,)
    types = {"words.weight": "I8", "ngrams.weight": "F16", "word_vectors": "I8", "positions.weight": "BF16",
             "layers.0.q.weight": "I8", "layers.0.fc1.weight": "F16", "layers.1.fc2.weight": "BF16"}
    files, weights = {}, {}
    for name, shape in shapes.items():
        is_norm = "ln" in name and name.endswith("weight")
        array = random.normal(0, 1.5 / math.sqrt(shape[-1]), shape) + is_norm
        parts, weights[name] = stored(array, types.get(name, "F32"))
        files.update({name + ending: part for ending, part in parts.items()})
    return files, weights


def find_vector(word):
    for ending in ["", "s", "es", "ed", "ing"]:
        stem = word[:len(word) - len(ending)]
        if word.endswith(ending) and (not ending or len(stem) >= 3) and stem in VOCABULARY:
            return VOCABULARY.index(stem)
    return None


def bucket(text, n):
    return 1 + zlib.crc32(text.encode()) % (n - 1)


def embed_word(weights, word):
    x = weights["words.weight"][bucket(word, CONFIG["word_buckets"])].copy()
    text = f"<{word}>"
    ngrams = [text[at:at + n] for n in range(CONFIG["ngram_min"], CONFIG["ngram_max"] + 1)
              for at in range(len(text) - n + 1)]
    if ngrams:
        x += np.mean([weights["ngrams.weight"][bucket(g, CONFIG["ngram_buckets"])] for g in ngrams], axis=0)
    row = find_vector(word)
    if row is not None:
        x += weights["vector_proj.weight"] @ weights["word_vectors"][row]
    return x


def layer_norm(x, weights, name):
    centred = x - x.mean(axis=-1, keepdims=True)
    x = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + CONFIG["layer_norm_eps"])
    return x * weights[name + ".weight"] + weights[name + ".bias"]


def linear(x, weights, name):
    return x @ weights[name + ".weight"].T + weights[name + ".bias"]


def attention(x, weights, name):
    n_heads = CONFIG["num_attention_heads"]
    q, k, v = (linear(x, weights, f"{name}.{part}").reshape(len(x), n_heads, -1).transpose(1, 0, 2) for part in "qkv")
    scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = scores / scores.sum(axis=-1, keepdims=True) @ v
    return linear(mixed.transpose(1, 0, 2).reshape(len(x), -1), weights, name + ".o")


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def encode(weights, prompt):
    words = re.findall("[a-z0-9#]+", re.sub("[A-Z]", lambda c: c[0].lower(), prompt))[:CONFIG["max_words"]]
    x = np.array([weights["cls"]] + [embed_word(weights, word) for word in words])
    x += weights["positions.weight"][:len(x)]
    for i in range(CONFIG["num_hidden_layers"]):
        name = f"layers.{i}"
        x += attention(layer_norm(x, weights, name + ".ln1"), weights, name)
        x += linear(gelu(linear(layer_norm(x, weights, name + ".ln2"), weights, name + ".fc1")), weights, name + ".fc2")
    return layer_norm(x, weights, "final_ln")


def main():
    folder = HERE / "onoma" / "text_encoder"
    folder.mkdir(parents=True, exist_ok=True)
    files, weights = make_weights()
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    (folder / "vocab.txt").write_text("".join(word + "\n" for word in sorted(VOCABULARY)))
    write_safetensors(folder / "model.safetensors", files, {"format": "pt"})
    expected = {f"text/{i}/hidden_states": ("F32", encode(weights, prompt).astype(np.float32))
                for i, prompt in enumerate(PROMPTS)}
    write_safetensors(HERE / "onoma" / "expected.safetensors", expected, {"prompts": json.dumps(PROMPTS)})


if __name__ == "__main__":
    main()
