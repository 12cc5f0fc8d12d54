"""A program with baton::run as the one who sends it signals sees it: exit codes, the line it prints, what it leaves.

Usage: stop_test.py PROGRAM
"""
import pathlib
import signal
import sys
import tempfile
import unittest

from waiting_run import WaitingRun

program = None
KILLED = "close 2"


class Run(WaitingRun):
    def __init__(self, folder, *words, wait_at=()):
        super().__init__(program, "--output_dir", folder, "--max_steps", "6", "--save_steps", "100", *words,
                         wait_at=wait_at)


class Stop(unittest.TestCase):
    def setUp(self):
        for number in (signal.SIGINT, signal.SIGTERM):  # what is ignored here would be ignored by the programs too
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def checkpoints(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_a_signal_in_a_step_saves_it_and_makes_the_code_of_the_signal(self):
        for number, name, code in ((signal.SIGTERM, "SIGTERM", 143), (signal.SIGINT, "SIGINT", 130)):
            with self.subTest(name):
                run = Run(self.folder, wait_at=["step 3"]).send(number).go_on()
                self.assertEqual(run.end(), code)
                self.assertEqual(run.lines[-2:], ["in step 3", KILLED])
                self.assertEqual(run.err, f"baton: {name}: stopped after step 3, saved in "
                                          f"{self.folder}/checkpoint-3; to go on: --resume_from_checkpoint=true\n")
                self.assertEqual(self.checkpoints(), ["checkpoint-3"])

    def test_the_same_command_goes_on(self):
        Run(self.folder, wait_at=["step 3"]).send(signal.SIGTERM).go_on().end()
        run = Run(self.folder, "--resume_from_checkpoint=true")
        self.assertEqual(run.end(), 0, run.err)
        self.assertEqual([line for line in run.lines if line.startswith("step")], ["step 4", "step 5", "step 6"])

    def test_the_second_signal_stops_at_once(self):
        run = Run(self.folder, wait_at=["step 3", "in step 3"]).send(signal.SIGTERM).go_on()
        run.until("in step 3")  # so the first has been handled
        self.assertEqual(run.send(signal.SIGTERM).end(), -signal.SIGTERM)
        self.assertEqual(self.checkpoints(), [])

    def test_a_signal_acts_at_once_while_nobody_trains(self):
        for place in ("load", "after"):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(f"{place}, {number.name}"):
                    self.assertEqual(Run(self.folder, wait_at=[place]).send(number).end(), -number)

    def test_an_evaluation_stops_after_its_batch(self):
        run = Run(self.folder, "--evaluates", wait_at=["batch"]).send(signal.SIGTERM).go_on()
        self.assertEqual(run.end(), 143)
        self.assertEqual(run.lines, ["load", "batch", KILLED])
        self.assertEqual(run.err, "baton: SIGTERM: stopped outside of training, nothing was saved\n")

    def test_jit_checkpoint_ends_training_as_if_it_were_done(self):
        for words in ((), ("--bare",)):  # training handles the signal itself if nobody does
            with self.subTest(words):
                run = Run(self.folder, "--enable_jit_checkpoint", *words, wait_at=["step 3"])
                self.assertEqual(run.send(signal.SIGTERM).go_on().end(), 0, run.err)
                self.assertEqual(run.lines[-4:], ["in step 3", "train_end", "after", "close 0"])
                self.assertEqual(self.checkpoints(), ["checkpoint-3"])

    def test_jit_checkpoint_handles_only_sigterm_and_only_while_training(self):
        for place, number in (("step 3", signal.SIGINT), ("after", signal.SIGTERM)):
            with self.subTest(place):
                run = Run(self.folder, "--enable_jit_checkpoint", "--bare", wait_at=[place]).send(number)
                self.assertEqual(run.end(), -number)

    def test_a_program_without_either_dies_as_ever(self):
        self.assertEqual(Run(self.folder, "--bare", wait_at=["step 3"]).send(signal.SIGTERM).end(), -signal.SIGTERM)

    def test_what_was_ignored_stays_ignored(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        run = Run(self.folder, wait_at=["step 3"]).send(signal.SIGINT).go_on()
        self.assertEqual(run.end(), 0)
        self.assertIn("train_end", run.lines)


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
