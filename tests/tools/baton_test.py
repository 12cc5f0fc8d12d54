"""The program baton as a user meets it: exit codes, what goes to which stream, and the examples of docs/plan.md.

Usage: baton_test.py PROGRAM
"""
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

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


class Page(unittest.TestCase):
    text = PAGE.read_text()

    def listed_under(self, heading):
        section = self.text.split(f"## {heading}\n")[1].split("\n## ")[0]
        return set(re.findall(r"(?m)^\| `([\w.]+)` \|", section))

    def test_shows_what_the_program_prints(self):
        shown = re.findall(r"```console\n\$ baton (.*?[^\\])\n(.*?)```", self.text, re.DOTALL)
        self.assertTrue(shown)
        for words, output in shown:
            run = baton(*shlex.split(words.replace("\\\n", "")))
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
