#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

"""Runs onoma as a user would, on a tiny model of random weights: test_cli.py PROGRAM MODEL."""

import json
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import wave

PROGRAM, MODEL = map(os.path.abspath, sys.argv[1:3])
OK, FAILED, USAGE, MODEL_ERROR, FILE_ERROR, INTERRUPTED = 0, 1, 2, 3, 4, 130


def chunks(data):
    """The chunks of a RIFF file, by identifier."""
    found, at = {}, 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        found[name] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return found


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def files(self):
        return sorted(os.listdir(self.folder))

    def onoma(self, *args, model=True, **options):
        command = [PROGRAM, *args]
        if model:
            # Behind the command's name, if there is one, and before a "--".
            at = 2 if args[:1] == ("again",) else 1
            command[at:at] = ["--model", MODEL]
        options.setdefault("timeout", 120)
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, stdin=subprocess.DEVNULL, check=False, **options
        )

    def render(self, *args, code=OK, **options):
        result = self.onoma("a bell", "--length", "0.3", "--steps", "2", "--seed", "5", *args, **options)
        self.assertEqual(result.returncode, code, result.stderr.decode())
        return result

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()


class Rendering(Case):
    def test_wav_is_what_was_asked(self):
        self.render("-o", "x.wav", "--bits", "16", "--rate", "22050")
        with wave.open(self.path("x.wav")) as file:
            self.assertEqual(file.getsampwidth(), 2)
            self.assertEqual(file.getframerate(), 22050)
            self.assertAlmostEqual(file.getnframes() / 22050, 0.3, delta=0.02)

    def test_normalized_to_a_peak_of_minus_1_db(self):
        self.render("-o", "x.raw", "--bits", "float")
        data = self.read("x.raw")
        peak = max(map(abs, struct.unpack(f"<{len(data) // 4}f", data)))
        self.assertAlmostEqual(peak, 10 ** (-1 / 20), delta=1e-6)

    def test_every_format(self):
        starts = {"wav": b"RIFF", "flac": b"fLaC", "ogg": b"OggS"}
        for ending, start in starts.items():
            self.render("-o", f"x.{ending}")
            self.assertEqual(self.read(f"x.{ending}")[:4], start)
        self.render("-o", "x.raw", "--bits", "float")
        self.assertEqual(len(self.read("x.raw")) % 4, 0)
        for bits in ("16", "24", "32", "float"):
            self.render("-o", f"{bits}.wav", "--bits", bits)
        self.assertLess(len(self.read("16.wav")), len(self.read("24.wav")))

    def test_pipe_is_the_same_as_a_file(self):
        self.render("-o", "x.wav")
        self.assertEqual(self.render("-o", "-").stdout, self.read("x.wav"))

    def test_named_after_prompt_and_seed(self):
        self.render()
        self.assertEqual(self.files(), ["a-bell-5.wav"])

    def test_count_makes_a_sound_for_each_seed(self):
        self.render("-o", "out", "--count", "3")
        names = sorted(os.listdir(self.path("out")))
        self.assertEqual(names, ["a-bell-5.wav", "a-bell-6.wav", "a-bell-7.wav"])
        self.assertNotEqual(self.read("out/a-bell-5.wav"), self.read("out/a-bell-6.wav"))

    def test_slash_makes_a_folder(self):
        self.render("-o", "new/")
        self.assertEqual(os.listdir(self.path("new")), ["a-bell-5.wav"])

    def test_quiet_says_nothing(self):
        result = self.render("--quiet", "-o", "x.wav")
        self.assertEqual((result.stdout, result.stderr), (b"", b""))

    def test_words_are_joined_and_commands_can_be_prompts(self):
        result = self.onoma("--json", "--length=0.3", "--steps", "1", "-o", "x.wav", "--", "info")
        self.assertEqual(result.returncode, OK, result.stderr)
        self.assertEqual(json.loads(result.stdout.splitlines()[-1])["recipe"]["prompt"], "info")
        result = self.onoma("deep", "kick", "--json", "--length", "0.3", "--steps", "1", "-o", "x.wav")
        self.assertEqual(json.loads(result.stdout.splitlines()[-1])["recipe"]["prompt"], "deep kick")

    def test_json_tells_steps_and_result(self):
        lines = [json.loads(line) for line in self.render("--json", "-o", "x.wav").stdout.splitlines()]
        self.assertEqual(lines[-1]["event"], "result")
        self.assertEqual(lines[-1]["file"], "x.wav")
        self.assertEqual(lines[-1]["recipe"]["seed"], 5)
        self.assertIn("denoise", lines[-1]["seconds"])

    def test_seed_is_drawn_and_told(self):
        seeds = set()
        for _ in range(2):
            result = self.onoma("x", "--json", "--length", "0.3", "--steps", "1", "-o", "x.wav")
            seeds.add(json.loads(result.stdout.splitlines()[-1])["recipe"]["seed"])
        self.assertEqual(len(seeds), 2)


class Recipes(Case):
    def test_again_makes_the_same_file(self):
        for name in ("x.wav", "x.flac"):
            self.render("-o", name, "--negative", "noise", "--guidance", "3", "--loop")
            result = self.onoma("again", name)
            self.assertEqual(result.returncode, OK, result.stderr.decode())
            stem, ending = name.split(".")
            self.assertEqual(self.read(f"{stem}-again.{ending}"), self.read(name))

    def test_again_takes_samples_from_the_file_where_it_can(self):
        self.render("-o", "x.wav", "--bits", "float")
        for ending in ("wav", "flac"):
            result = self.onoma("again", "x.wav", "-o", f"y.{ending}")
            self.assertEqual(result.returncode, OK, result.stderr.decode())
        self.assertEqual(self.read("x.wav"), self.read("y.wav"))

    def test_again_takes_no_other_sound(self):
        self.render("-o", "x.wav")
        for args in (["--seed", "7"], ["--loop"], ["--count", "2"], ["--batch", "x.wav"], ["x.wav"],
                     ["--init", "x.wav"]):
            result = self.onoma("again", "x.wav", *args)
            self.assertEqual(result.returncode, USAGE, (args, result.stderr.decode()))
        self.assertEqual(self.onoma("again").returncode, USAGE)
        self.assertEqual(self.files(), ["x.wav"])

    def test_again_finds_the_initial_sound_where_it_is_told(self):
        self.render("-o", "x.wav")
        self.render("-o", "y.wav", "--init", "x.wav", "--steps", "4")
        os.rename(self.path("x.wav"), self.path("z.wav"))
        self.assertEqual(self.onoma("again", "y.wav").returncode, FILE_ERROR)
        result = self.onoma("again", "y.wav", "--init", "z.wav")
        self.assertEqual(result.returncode, OK, result.stderr.decode())
        self.assertEqual(self.read("y.wav"), self.read("y-again.wav"))

    def test_info_shows_the_recipe(self):
        self.render("-o", "x.wav")
        result = self.onoma("info", "x.wav", model=False)
        self.assertEqual(result.returncode, OK)
        self.assertIn(b'"prompt":"a bell"', result.stdout)

    def test_info_shows_a_model(self):
        result = self.onoma("info", MODEL, model=False)
        self.assertEqual(result.returncode, OK, result.stderr)
        for word in (b"UNet2DConditionModel", b"AutoencoderKL", b"SpeechT5HifiGan", b"digest"):
            self.assertIn(word, result.stdout)

    def test_file_without_recipe_is_refused(self):
        with wave.open(self.path("plain.wav"), "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            file.writeframes(b"\1\2" * 1000)
        self.assertEqual(self.onoma("again", "plain.wav").returncode, FILE_ERROR)

    def test_loop_is_in_the_file(self):
        self.render("-o", "x.wav", "--loop")
        smpl = chunks(self.read("x.wav"))[b"smpl"]
        self.assertEqual(struct.unpack("<I", smpl[28:32])[0], 1)

    def test_init_starts_from_a_sound(self):
        self.render("-o", "x.wav")
        self.render("-o", "near.wav", "--init", "x.wav", "--strength", "0.5", "--steps", "4")
        self.render("-o", "far.wav", "--init", "x.wav", "--strength", "1", "--steps", "4")
        self.assertNotEqual(self.read("near.wav"), self.read("far.wav"))


class Sameness(Case):
    def test_any_number_of_threads(self):
        for threads in ("1", "2", "3"):
            self.render("-o", f"{threads}.wav", "--threads", threads)
        self.assertEqual(self.read("1.wav"), self.read("2.wav"))
        self.assertEqual(self.read("1.wav"), self.read("3.wav"))

    def test_decimal_commas(self):
        plain = dict(os.environ, LC_ALL="C")
        german = dict(os.environ, LC_ALL="de_DE.UTF-8", LANG="de_DE.UTF-8")
        first = self.render("-o", "x.wav", "--guidance", "2.5", "--json", env=plain)
        second = self.render("-o", "y.wav", "--guidance", "2.5", "--json", env=german)
        self.assertEqual(self.read("x.wav"), self.read("y.wav"))
        guidance = [json.loads(r.stdout.splitlines()[-1])["recipe"]["guidance"] for r in (first, second)]
        self.assertEqual(guidance, [2.5, 2.5])

    def test_cpu_levels_are_near_each_other(self):
        for level in ("c", "avx2", "avx512"):
            self.render("-o", f"{level}.raw", "--bits", "float", "--cpu", level, "--sampler", "ddim")
        reference = struct.unpack(f"<{len(self.read('c.raw')) // 4}f", self.read("c.raw"))
        for level in ("avx2", "avx512"):
            other = struct.unpack(f"<{len(reference)}f", self.read(f"{level}.raw"))
            error = sum((a - b) ** 2 for a, b in zip(reference, other)) ** 0.5
            self.assertLess(error / sum(a * a for a in reference) ** 0.5, 1e-3)


class Batches(Case):
    def batch(self, *lines):
        with open(self.path("batch.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return self.onoma("--batch", "batch.txt", "--steps", "1", "--length", "0.3", "--seed", "9", "-o", "out")

    def test_prompts_and_objects(self):
        result = self.batch(
            "one", "", "# a comment", '{"prompt": "two", "length": 0.5, "output": "two.wav", "bits": "16"}'
        )
        self.assertEqual(result.returncode, OK, result.stderr.decode())
        self.assertEqual(os.listdir(self.path("out")), ["one-9.wav"])
        with wave.open(self.path("two.wav")) as file:
            self.assertEqual(file.getsampwidth(), 2)
            self.assertAlmostEqual(file.getnframes() / file.getframerate(), 0.5, delta=0.02)

    def test_a_bad_line_does_not_stop_the_others(self):
        result = self.batch('{"prompt": "x", "colour": 1}', "{", '{"prompt": "x", "threads": 1}', "good")
        self.assertEqual(result.returncode, USAGE)
        for number in (b"line 1", b"line 2", b"line 3"):
            self.assertIn(number, result.stderr)
        self.assertEqual(os.listdir(self.path("out")), ["good-9.wav"])

    def test_what_is_wrong_in_a_line_is_said(self):
        for line, says in (
            ('{"prompt": null}', b'"prompt"'),
            ('{"prompt": "a\\u0000b"}', b"null"),
            ("a\0b", b"null"),
            ('{"prompt": "x"} y', b"after"),
            ('{"prompt": "x", "strength": 0.5}', b"--init"),
            ('{"prompt": "x", "format": "flac", "bits": "float"}', b"FLAC"),
            ('{"prompt": "x", "output": "x.mp3"}', b"x.mp3"),
        ):
            result = self.batch(line)
            self.assertEqual(result.returncode, USAGE, (line, result.stderr.decode()))
            self.assertIn(says, result.stderr)
        self.assertEqual(self.files(), ["batch.txt"])

    def test_json_tells_of_failed_lines(self):
        with open(self.path("batch.txt"), "w", encoding="utf-8") as file:
            file.write("{\n")
        result = self.onoma("--batch", "batch.txt", "--json")
        self.assertEqual(result.returncode, USAGE)
        self.assertEqual(json.loads(result.stdout), {"event": "failed", "line": 1, "code": USAGE})

    def test_no_line_overwrites_the_sound_of_another(self):
        result = self.batch("kick!", "kick?", "\u9418", "\u96e8")
        self.assertEqual(result.returncode, OK, result.stderr.decode())
        names = sorted(os.listdir(self.path("out")))
        self.assertEqual(names, ["kick-9-2.wav", "kick-9.wav", "sound-9-2.wav", "sound-9.wav"])


class BadInput(Case):
    def refused(self, *args, code=USAGE, says="", **options):
        result = self.onoma(*args, **options)
        self.assertEqual(result.returncode, code, (args, result.stderr.decode()))
        self.assertIn(says.encode(), result.stderr)
        self.assertEqual(self.files(), [])
        return result

    def test_options(self):
        for args in (
            ["--frobnicate", "x"],
            ["x", "--length", "0"],
            ["x", "--length", "-1"],
            ["x", "--length", "1e99"],
            ["x", "--length", "1,5"],
            ["x", "--length", "nan"],
            ["x", "--seed", "-1"],
            ["x", "--seed", "18446744073709551616"],
            ["x", "--steps", "0"],
            ["x", "--steps", "99999999999"],
            ["x", "--sampler", "magic"],
            ["x", "--guidance", "many"],
            ["x", "--note", "H9"],
            ["x", "--format", "mp3"],
            ["x", "--bits", "12"],
            ["x", "--format", "flac", "--bits", "float"],
            ["x", "--format", "ogg", "--bits", "16"],
            ["x", "-o", "x.mp3"],
            ["x", "-o", ""],
            ["x", "-o", "x.wav", "--count", "2"],
            ["x", "--seed", "18446744073709551615", "--count", "2"],
            ["x", "--init", "y.wav", "--strength", "0"],
            ["x", "--rate", "0"],
            ["x", "--rate", "22050.5"],
            ["x", "--count", "0"],
            ["x", "--threads", "0"],
            ["x", "--cpu", "z80"],
            ["x", "--normalize", "loud"],
            ["x", "--strength", "0.5"],
            ["x", "--batch", "y"],
            ["x", "--count", "2", "-o", "-"],
            ["x", "--json", "-o", "-"],
            [],
        ):
            self.refused(*args)

    def test_kernel_level_of_the_environment(self):
        self.refused("x", says="ONOMA_CPU", env=dict(os.environ, ONOMA_CPU="z80"))

    def test_what_makes_no_sense_with_the_model(self):
        self.refused("x", "--note", "C4", says="note")
        self.refused("x", "--sampler", "few-step")
        self.refused("x", "--sampler", "euler", "--eta", "0.5")
        self.refused("x", "--negative", "y", "--guidance", "1", says="negative")

    def test_prompts(self):
        self.refused("")
        self.refused("  ")
        self.refused(b"\xff\xfe", says="UTF-8")
        self.refused("x" * 70000, says="bytes")
        result = self.onoma("word " * 2000, "--length", "0.3", "--steps", "1", "-o", "x.wav")
        self.assertEqual(result.returncode, OK, result.stderr.decode())

    def test_model(self):
        self.refused("x", "--model", "/nonexistent", model=False, code=MODEL_ERROR, says="/nonexistent")
        os.mkdir(self.path("empty"))
        result = self.onoma("x", "--model", "empty", model=False)
        self.assertEqual(result.returncode, MODEL_ERROR)
        self.assertIn(b"model_index.json", result.stderr)

    def test_broken_model_names_file_and_field(self):
        def copy(name, change):
            for folder, _, files in os.walk(MODEL):
                target = os.path.join(self.path(name), os.path.relpath(folder, MODEL))
                os.makedirs(target, exist_ok=True)
                for file in files:
                    with open(os.path.join(folder, file), "rb") as source:
                        data = source.read()
                    with open(os.path.join(target, file), "wb") as copied:
                        copied.write(change(os.path.join(os.path.relpath(folder, MODEL), file), data))

        weights = "unet/diffusion_pytorch_model.safetensors"
        changes = {
            "no-key": (lambda p, d: d.replace(b'"block_out_channels"', b'"block_out"'), "unet/config.json"),
            "truncated": (lambda p, d: d[: len(d) // 2] if p == weights else d, weights),
            "renamed": (lambda p, d: d.replace(b'"conv_in.weight"', b'"conv_on.weight"', 1), "conv_in.weight"),
            "not-json": (lambda p, d: b"{" if p == "vae/config.json" else d, "vae/config.json"),
        }
        for name, (change, says) in changes.items():
            copy(name, change)
            result = self.onoma("x", "--model", name, model=False)
            self.assertEqual(result.returncode, MODEL_ERROR, (name, result.stderr.decode()))
            self.assertIn(says.encode(), result.stderr)

    def test_input_files(self):
        self.refused("x", "--init", "none.wav", code=FILE_ERROR, says="none.wav")
        self.refused("--batch", "none.txt", code=FILE_ERROR, says="none.txt")
        self.refused("info", "none.wav", model=False, code=MODEL_ERROR)
        self.refused("again", "none.wav", code=FILE_ERROR, says="none.wav")


class Failures(Case):
    def test_unwritable(self):
        for path in ("/nonexistent/x.wav", "/proc/x.wav"):
            result = self.render("-o", path, code=FILE_ERROR)
            self.assertIn(path.encode(), result.stderr)

    def test_disk_full(self):
        result = self.render("-o", "/dev/full", "--format", "wav", code=FILE_ERROR)
        self.assertIn(b"/dev/full", result.stderr)

    def test_standard_output_full_or_closed(self):
        for args in (["--help"], ["--version"], ["info", MODEL]):
            with open("/dev/full", "wb") as full:
                result = subprocess.run([PROGRAM, *args], stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(result.returncode, FILE_ERROR, args)
            self.assertIn(b"standard output", result.stderr)
        process = [PROGRAM, "x", "--model", MODEL, "--length", "0.3", "--steps", "1"]
        subprocess.run([*process, "-s", "1", "-o", "x.wav"], cwd=self.folder, check=True, stderr=subprocess.DEVNULL)
        size = len(self.read("x.wav"))
        # What is printed must not get into the file that takes the place of a closed stream.
        for closed, expected in ((">&-", OK), ("2>&-", OK), ("<&- >&- 2>&-", OK), ("--json >&-", FILE_ERROR)):
            command = f'"$@" -s 1 -o x.wav {closed}'
            result = subprocess.run(["sh", "-c", command, "sh", *process], cwd=self.folder, check=False,
                                    stderr=subprocess.DEVNULL)
            self.assertEqual(result.returncode, expected, closed)
            self.assertEqual(len(self.read("x.wav")), size)
        result = subprocess.run(["sh", "-c", '"$@" -o - >&-', "sh", *process], cwd=self.folder, check=False,
                                stderr=subprocess.DEVNULL)
        self.assertEqual(result.returncode, FILE_ERROR)

    def test_file_size_limit(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        result = self.render("-o", "x.wav", code=FILE_ERROR, preexec_fn=limit)
        self.assertIn(b"x.wav", result.stderr)
        self.assertEqual(self.files(), [])

    def test_reader_goes_away(self):
        process = subprocess.Popen(
            [PROGRAM, "x", "--model", MODEL, "--length", "10", "--steps", "1", "-o", "-"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        process.stdout.close()
        self.assertEqual(process.wait(120), FILE_ERROR)
        self.assertIn(b"onoma", process.stderr.read())
        process.stderr.close()

    def test_interrupt_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(
                [PROGRAM, "x", "--model", MODEL, "--steps", "1000", "--sampler", "ddpm", "--json", "-o", "x.wav"],
                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )
            for line in process.stdout:
                if json.loads(line).get("stage") == "denoise":
                    break
            asked = time.monotonic()
            process.send_signal(number)
            process.stdout.read()
            process.stdout.close()
            self.assertEqual(process.wait(60), INTERRUPTED)
            self.assertLess(time.monotonic() - asked, 30)
            self.assertEqual(self.files(), [])


class Pictures(Case):
    def test_picture(self):
        self.render("-o", "x.wav")
        result = self.onoma("picture", "x.wav", "-o", "x.png", model=False)
        if b"no Cairo" in result.stderr:
            self.skipTest("built without Cairo")
        self.assertEqual(result.returncode, OK, result.stderr.decode())
        self.assertEqual(self.read("x.png")[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(self.onoma("picture", "x.wav", "-o", "-", model=False).stdout, self.read("x.png"))

    def test_long_title_is_cut(self):
        for name, prompt in (("x", "w" * 300), ("y", "w" * 400), ("z", "\u9418" * 300)):
            self.onoma(prompt, "--length", "0.3", "--steps", "1", "--seed", "1", "-o", f"{name}.wav")
            result = self.onoma("picture", f"{name}.wav", "-o", f"{name}.png", model=False)
            if b"no Cairo" in result.stderr:
                self.skipTest("built without Cairo")
            self.assertEqual(result.returncode, OK, result.stderr.decode())

    def test_failures(self):
        self.assertEqual(self.onoma("picture", "x.wav", model=False).returncode, USAGE)
        self.assertEqual(self.onoma("picture", "x.wav", "-o", "x.png", model=False).returncode, FILE_ERROR)
        self.render("-o", "x.wav")
        result = self.onoma("picture", "x.wav", "-o", "/nonexistent/x.png", model=False)
        self.assertEqual(result.returncode, FILE_ERROR, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
