#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Writes the PyTorch files of this folder, with Debian's python3-torch (1.13).

Item i of every tensor, counted in the order of its own indices, is i - 3 in the numeric types (unsigned ones: i), and
i odd in the boolean one, so that the test needs no second copy."""

import json
import os
import pathlib
import zipfile

import torch

HERE = pathlib.Path(__file__).parent


def ramp(*shape, dtype=torch.float32, start=-3):
    n = 1
    for size in shape:
        n *= size
    return (torch.arange(n) + start).to(dtype).reshape(shape)


def state():
    module = torch.nn.Linear(3, 2)
    module.weight.data = ramp(2, 3)
    module.bias.data = ramp(2)
    tensors = module.state_dict(prefix="linear.")
    for name, dtype in [("f16", torch.float16), ("bf16", torch.bfloat16), ("f64", torch.float64), ("i8", torch.int8),
                        ("i16", torch.int16), ("i32", torch.int32), ("i64", torch.int64)]:
        tensors[name] = ramp(5, dtype=dtype)
    tensors["u8"] = ramp(5, dtype=torch.uint8, start=0)
    tensors["bool"] = torch.arange(5) % 2 == 1
    tensors["scalar"] = torch.tensor(-3.0)
    tensors["empty"] = torch.zeros(0, 4)
    tensors["parameter"] = torch.nn.Parameter(ramp(4))
    tensors["transposed"] = ramp(2, 3, 4).permute(2, 0, 1).contiguous().permute(1, 2, 0)
    tensors["channels_last"] = ramp(2, 3, 2, 2).to(memory_format=torch.channels_last)
    shared = torch.cat([torch.full((7,), 99.0), ramp(6), torch.full((2,), 99.0)])
    tensors["slice"] = shared[7:13].reshape(2, 3)
    tensors["tied"] = tensors["slice"]
    tensors["every_third"] = torch.stack([ramp(4)] * 3, dim=1).contiguous()[:, 1]
    return tensors


def write_shards():
    folder = HERE / "shards"
    folder.mkdir(exist_ok=True)
    names = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"]
    torch.save({"a": ramp(4)}, folder / names[0])
    torch.save({"b": ramp(2, 2), "c": ramp(3)}, folder / names[1])
    index = {"metadata": {"total_size": 44}, "weight_map": {"a": names[0], "b": names[1], "c": names[1]}}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=1) + "\n")


class Attack:
    """What a pickle can do: unpickling this with Python runs a command."""

    def __reduce__(self):
        return os.system, ("echo pwned",)


def rewrite(source, target, change):
    """Copies an archive; change(name, bytes) gives an entry's new (bytes, compression), or None to drop it."""
    with zipfile.ZipFile(HERE / source) as old, zipfile.ZipFile(HERE / target, "w") as new:
        for info in old.infolist():
            result = change(info.filename.split("/", 1)[1], old.read(info))
            if result:
                entry = zipfile.ZipInfo(info.filename, (2022, 1, 1, 0, 0, 0))
                entry.compress_type = result[1]
                new.writestr(entry, result[0])


def write_bad():
    stored = zipfile.ZIP_STORED
    torch.save({"weight": ramp(4), "extra": Attack()}, HERE / "bad_system.bin")
    torch.save({"model": {"weight": ramp(4)}}, HERE / "bad_nested.bin")
    torch.save({"weight": ramp(4), "step": 5}, HERE / "bad_number.bin")
    torch.save([ramp(4)], HERE / "bad_list.bin")
    torch.save({"weight": torch.zeros(1).expand(1000, 1000)}, HERE / "bad_expanded.bin")
    torch.save({"weight": ramp(4)}, HERE / "bad_legacy.bin", _use_new_zipfile_serialization=False)
    torch.save({"weight": ramp(*[1] * 8, 4)}, HERE / "bad_rank.bin")
    torch.save({"weight": ramp(4)}, HERE / "one.bin")
    rewrite("one.bin", "bad_compressed.bin", lambda n, b: (b, zipfile.ZIP_DEFLATED if n == "data/0" else stored))
    rewrite("one.bin", "bad_storage_missing.bin", lambda n, b: None if n == "data/0" else (b, stored))
    rewrite("one.bin", "bad_storage_short.bin", lambda n, b: (b[:12] if n == "data/0" else b, stored))
    rewrite("one.bin", "bad_no_pickle.bin", lambda n, b: None if n == "data.pkl" else (b, stored))
    # The shape (4,) becomes (9,), and the strides with it: K is the opcode of a small integer.
    longer = lambda b: b.replace(b"K\x00K\x04\x85", b"K\x00K\x09\x85")
    rewrite("one.bin", "bad_beyond.bin", lambda n, b: (longer(b) if n == "data.pkl" else b, stored))
    rewrite("one.bin", "bad_big_endian.bin", lambda n, b: (b, stored))
    with zipfile.ZipFile(HERE / "bad_big_endian.bin", "a") as archive:
        archive.writestr(zipfile.ZipInfo("one/byteorder", (2022, 1, 1, 0, 0, 0)), "big")


def number(data, at, n):
    return int.from_bytes(data[at : at + n], "little")


def long(*values):
    return b"".join(value.to_bytes(8, "little") for value in values)


def write_zip64():
    """one.bin with the records that archives of more than 4 GiB have, which Python writes only where they are needed."""
    data = (HERE / "one.bin").read_bytes()
    end = data.rfind(b"PK\5\6")
    n_entries, start = number(data, end + 10, 2), number(data, end + 16, 4)
    directory = b""
    at = start
    for _ in range(n_entries):
        fixed = bytearray(data[at : at + 46])
        n_name, n_extra = number(fixed, 28, 2), number(fixed, 30, 2)
        extra = long(number(fixed, 24, 4), number(fixed, 20, 4), number(fixed, 42, 4))
        fixed[20:28] = b"\xff" * 8
        fixed[42:46] = b"\xff" * 4
        # Another extra field comes first, which readers skip.
        extra = b"\x55\x54\5\0" + bytes(5) + b"\1\0" + len(extra).to_bytes(2, "little") + extra
        fixed[30:32] = len(extra).to_bytes(2, "little")
        directory += bytes(fixed) + data[at + 46 : at + 46 + n_name] + extra
        at += 46 + n_name + n_extra
    end64 = b"PK\6\6" + long(44) + b"\x2d\0\x2d\0" + bytes(8) + long(n_entries, n_entries, len(directory), start)
    locator = b"PK\6\7" + bytes(4) + long(start + len(directory)) + b"\1\0\0\0"
    record = b"PK\5\6" + bytes(4) + b"\xff" * 12 + b"\7\0comment"
    (HERE / "zip64.bin").write_bytes(data[:start] + directory + end64 + locator + record)


def main():
    torch.save(state(), HERE / "state.bin")
    write_shards()
    write_bad()
    write_zip64()


if __name__ == "__main__":
    main()
