"""The program baton as a user meets it: exit codes, what goes to which stream, and the examples of the pages.

Usage: baton_test.py PROGRAM
"""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
import zlib

GOLDEN = pathlib.Path(__file__).parents[1] / "golden"
PAGE = pathlib.Path(__file__).parents[2] / "docs" / "plan.md"
program = None


def baton(*words, **options):
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=60, **options)


def plan(*words):
    return baton("plan", *words)


def keys_in(value, path=""):
    """Every key as the page writes it: "run.logs.count"; what is in a list hangs on the list's own key."""
    if isinstance(value, list):
        return set().union(*(keys_in(item, path) for item in value))
    if not isinstance(value, dict):
        return {path}
    return {path} - {""} | set().union(*(keys_in(item, f"{path}.{key}".lstrip(".")) for key, item in value.items()))


class Baton(unittest.TestCase):
    def expect(self, run, code, out="", err=""):
        self.assertEqual(run.returncode, code, run.stderr)
        for text, expected in ((run.stdout, out), (run.stderr, err)):
            self.assertRegex(text, expected) if expected else self.assertEqual(text, "")

    def test_help_lists_the_commands(self):
        for word in ("--help", "-h"):
            self.expect(baton(word), 0, out=r"(?m)^  plan +\w")

    def test_version(self):
        self.expect(baton("--version"), 0, out=r"^Baton \d+\.\d+\.\d+\n$")

    def test_no_command_and_an_unknown_one_are_usage_errors(self):
        self.expect(baton(), 2, err="expected a command")
        self.expect(baton("pln"), 2, err="pln: no such command; did you mean plan")
        self.expect(baton("--train_samples", "8"), 2, err="--train_samples: no such command")

    def test_a_full_output_device_is_a_failure(self):
        with open("/dev/full", "w") as full:
            run = subprocess.run([program, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(run.returncode, 1)


class Plan(Baton):
    def test_help_names_its_own_and_every_argument_s_flag(self):
        self.expect(plan("--help"), 0, out=r"(?s)Usage:   baton plan .*--train_samples N.*--learning_rate NUMBER")

    def test_missing_samples_and_unfit_data_are_told_together(self):
        self.expect(plan("--eval_strategy", "epoch", "--save_strategy", "best"), 2,
                    err=r"(?s)^baton plan: 3 problems:\n.*--train_samples.*--eval_samples.*--save_strategy best")

    def test_no_samples_at_all_are_refused(self):
        self.expect(plan("--train_samples", "0"), 2, err="--train_samples 0: expected 1 or more")
        self.expect(plan("--train_samples", "8", "--eval_samples", "-1"), 2, err="--eval_samples -1: expected 1 or")

    def test_an_unknown_flag_comes_with_a_suggestion(self):
        self.expect(plan("--train_samples", "8", "--learing_rate", "1"), 2, err="did you mean --learning_rate")

    def test_bad_arguments_are_what_the_run_would_say(self):
        self.expect(plan("--train_samples", "8", "--max_steps", "0"), 2, err="--max_steps 0: expected")
        self.expect(plan("--train_samples", "8", "--lr_scheduler_type", "cosine_with_min_lr"), 2, err="min_lr")

    def test_the_arguments_may_come_from_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "run.json")
            file.write_text('{"train_samples": 64, "max_steps": 5, "save_steps": 2}')
            self.expect(plan("--config", str(file), "--max_steps", "7"), 0, out=r"saves +2, 4, 6, 7 \(4 times\)")

    def test_nothing_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            self.expect(baton("plan", "--train_samples", "8000", "--save_steps", "1", cwd=folder), 0, out="all stay")
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])

    def test_early_stopping_is_played_along(self):
        run = plan("--train_samples", "64", "--eval_samples", "8", "--eval_strategy", "epoch",
                   "--metric_for_best_model", "accuracy", "--early_stopping_patience", "1")
        self.expect(run, 0, out=r"(?s)early as update 16,.*early\s+stopping\s+without")


class OnACheckpoint(Baton):
    """inspect and verify, on a copy of the golden files."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name, "checkpoint-4")
        self.folder.mkdir()
        for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth"):
            shutil.copy(GOLDEN / "pt" / name, self.folder)
        shutil.copy(GOLDEN / "trainer_state.json", self.folder)
        self.weights = self.folder / "model.safetensors"
        header = b'{"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"__metadata__":{"format":"pt"}}'
        self.weights.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))

    def damage(self, file, at):
        data = bytearray(file.read_bytes())
        data[at] ^= 1
        file.write_bytes(data)

    def test_help_says_how_to_call_them(self):
        self.expect(baton("inspect", "--help"), 0, out=r"(?s)Usage:   baton inspect PATH \[--json\].*Exit code")
        self.expect(baton("verify", "-h"), 0, out=r"(?s)Usage:   baton verify PATH.*Exit code")

    def test_wrong_words_are_usage_errors(self):
        for command in ("inspect", "verify"):
            self.expect(baton(command), 2, err="expected the path")
            self.expect(baton(command, "a", "b"), 2, err="b: expected one path")
            self.expect(baton(command, "--deep", "a"), 2, err="--deep: no such flag")
            self.expect(baton(command, str(self.folder / "absent")), 1, err="absent: there is no such file")

    def test_a_folder_is_shown_with_its_state_and_files(self):
        step = json.loads((self.folder / "trainer_state.json").read_text())["global_step"]
        self.expect(baton("inspect", str(self.folder)), 0, out=rf"(?s)global_step +{step}\n.*last\.\w+ .*"
                    r"model\.safetensors +103 bytes +1 tensor, 2 elements\n.*optimizer\.pt +6,173 bytes +18 tensors")

    def test_a_file_is_shown_with_every_tensor_and_value(self):
        self.expect(baton("inspect", str(self.folder / "optimizer.pt")), 0,
                    out=r"(?s)state\.0\.exp_avg +F32  \[4, 3\] +48 bytes\n.*param_groups\.1\.eps +1e-08\n")
        self.expect(baton("inspect", str(self.weights)), 0,
                    out=r'(?s)  w  F32  \[2, 1\]  8 bytes\n.*metadata\.format  "pt"')

    def test_json_holds_the_same(self):
        run = baton("inspect", str(self.folder), "--json")
        self.expect(run, 0, out="^{")
        files = {file["file"]: file for file in json.loads(run.stdout)["files"]}
        self.assertEqual(files["model.safetensors"]["tensors"],
                         [{"name": "w", "dtype": "F32", "shape": [2, 1], "bytes": 8}])
        self.assertEqual(files["scheduler.pt"]["values"]["last_epoch"], 4)
        self.assertEqual(len(files["optimizer.pt"]["tensors"]), 18)

    def test_a_whole_checkpoint_is_good(self):
        (self.folder / "training_args.bin").write_bytes(b"a class of Python's")
        self.expect(baton("verify", str(self.folder)), 0,
                    out=r"(?s)\A(good      [^\n]*\n){5}not read  training_args.bin\n\Z")

    def test_a_flipped_bit_in_a_tensor_is_found(self):
        file = self.folder / "rng_state.pth"
        self.damage(file, file.read_bytes().index(b"data/0") + 4000)
        self.expect(baton("verify", str(self.folder)), 1, out=r"(?m)^damaged   rng_state\.pth: .*data/0.*checksum")
        self.expect(baton("inspect", str(file)), 0, out="5,056 elements")

    def test_cut_files_are_found(self):
        for file in list(self.folder.iterdir()):
            whole = file.read_bytes()
            file.write_bytes(whole[:-3])
            with self.subTest(file.name):
                self.expect(baton("verify", str(self.folder)), 1, out=rf"(?m)^damaged   {file.name}: ")
                self.expect(baton("verify", str(file)), 1, out=rf"\Adamaged   {file.name}: ")
            file.write_bytes(whole)

    def test_a_manifest_tells_what_the_formats_cannot(self):
        files = [{"name": file.name, "bytes": file.stat().st_size, "crc32": zlib.crc32(file.read_bytes())}
                 for file in self.folder.iterdir()]
        manifest = self.folder / "manifest.json"
        manifest.write_text(json.dumps({"format": 1, "files": files}))
        self.expect(baton("verify", str(self.folder)), 0, out=r"(?m)^good      manifest\.json")
        self.damage(self.weights, -1)
        self.expect(baton("verify", str(self.folder)), 1, out=r"(?m)^damaged   model\.safetensors: .*its checksum diff")
        self.weights.unlink()
        self.expect(baton("verify", str(self.folder)), 1, out=r"(?m)^damaged   model\.safetensors: .*No such file")
        manifest.write_text("{}")
        self.expect(baton("verify", str(self.folder)), 1, out=r"(?m)^damaged   manifest\.json: .*format")

    def test_code_in_a_file_is_refused(self):
        proof = self.folder / "proof"
        with zipfile.ZipFile(self.folder / "evil.pt", "w") as archive:
            archive.writestr("evil/data.pkl", f"cos\nsystem\n(S'touch {proof}'\ntR.")
            archive.writestr("evil/version", "3\n")
        self.expect(baton("inspect", str(self.folder / "evil.pt")), 1, err="asks for os.system, which is not read")
        self.assertFalse(proof.exists())

    def test_nothing_to_read_is_a_failure(self):
        with tempfile.TemporaryDirectory() as folder:
            self.expect(baton("verify", folder), 1, err="no checkpoint: the folder holds no file")
            pathlib.Path(folder, "notes.txt").write_text("notes")
            self.expect(baton("verify", folder), 1, out="not read  notes.txt", err="nothing that can be read")


class Page(unittest.TestCase):
    text = PAGE.read_text()

    def listed_under(self, heading):
        section = self.text.split(f"## {heading}\n")[1].split("\n## ")[0]
        return set(re.findall(r"(?m)^\| `([\w.]+)` \|", section))

    def test_shows_what_the_program_prints(self):
        for page in (PAGE, PAGE.with_name("checkpoints.md")):
            shown = re.findall(r"```console\n\$ baton (.*?[^\\])\n(.*?)```", page.read_text(), re.DOTALL)
            self.assertTrue(shown)
            for words, output in shown:
                run = baton(*shlex.split(words.replace("\\\n", "")), cwd=PAGE.parents[1])
                self.assertEqual((run.returncode, run.stdout), (0, output), run.stderr)

    def test_lists_every_key_of_the_json(self):
        run = plan("--train_samples", "64", "--eval_samples", "64", "--eval_strategy", "epoch", "--json",
                   "--metric_for_best_model", "loss", "--logging_steps", "1")
        keys = keys_in(json.loads(run.stdout))
        self.assertEqual({key for key in keys if not key.startswith("run_without_gain.")}, self.listed_under("JSON"))
        self.assertEqual({key.replace("run_without_gain", "run") for key in keys if key.startswith("run_without_gain")},
                         {key for key in keys if key.split(".")[0] == "run"}, "the two runs have the same keys")

    def test_lists_every_notice(self):
        source = (PAGE.parents[1] / "src" / "core" / "run_plan_notices.cc").read_text()
        notices = set(re.findall(r'push_back\(\s*\{\s*"(\w+)"', source))
        self.assertTrue(notices)
        self.assertEqual(notices, self.listed_under("Notices"))


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
