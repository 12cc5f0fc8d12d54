"""Whole trainings whose disk is full, or has something in the way: nothing of it is to be seen in the training but a
line that says what and where, and `baton sync` brings every record of the journal into the trackers once it is over.

Usage: full_disk_test.py BATON STOPPABLE
"""
import json
import pathlib
import re
import resource
import signal
import sys
import unittest

from in_a_folder import programs, take_programs
from track_test import Tracking

sys.path.append(str(pathlib.Path(__file__).parents[1] / "signals"))
from waiting_run import WaitingRun

TRACKERS = ("tensorboard", "mlflow", "dvclive")
STEPS = 100
LINES = ["load", *(f"{place} {step}" for step in range(1, STEPS + 1) for place in ("step", "in step")),
         "train_end", "after", "close 0"]
NO_ROOM = "File too large"  # so says the system of a file that may not grow
IN_THE_WAY = "File exists"


def no_journal(what):
    return (rf"baton: Cannot {what}; training goes on, records are lost meanwhile\n"
            r"baton: \d+ records of run \S+ could not be written to its journal\n")


def tried_again(tracker, what):
    return (rf"baton: {tracker}: {what}; it is tried again, and what is missing stays in \S+\n"
            rf"baton: Not everything has reached {tracker}: \"baton sync \S+/runs\" delivers the rest\n")


def given_up(tracker, what):
    return f"baton: {tracker} gets nothing more from this process: {what}\n"


class Struck(Tracking):
    output = "runs"

    def setUp(self):
        super().setUp()
        self.environment |= {"TENSORBOARD_LOGGING_DIR": "tb", "CODECARBON_OUTPUT_DIR": "energy",
                             "CODECARBON_FORCE_CPU_POWER": "10", "CODECARBON_COUNTRY_ISO_CODE": "FRA"}

    def train(self, *trackers, words=("--save_strategy", "no"), room=None, wait_at=()):
        """`room`: bytes that a file may have."""
        def confine():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        run = WaitingRun(programs["stoppable"], "--output_dir", "runs", "--report_to", ",".join(trackers),
                         "--max_steps", STEPS, "--logging_steps", 1, "--tracker_flush_seconds", 1, *words,
                         wait_at=wait_at, cwd=self.folder, env=self.environment,
                         preexec_fn=confine if room is not None else None)
        for undo in (run.process.stdin.close, run.process.stdout.close, run.process.stderr.close, run.process.wait,
                     run.process.kill):
            self.addCleanup(undo)
        return run

    def expect_end(self, run, says):
        """As ever, but for what it says on stderr."""
        self.assertEqual(run.end(), 0, run.err)
        self.assertEqual(run.lines, LINES)
        err = re.sub("baton: (DVCLive: no experiment is saved|The processors' energy|Energy: ).*\n", "", run.err)
        self.assertRegex(err, rf"\A{says}\Z")

    def expect_sync(self, *trackers):
        """Brings everything there, and then has nothing to do."""
        for _ in range(2):
            before = self.files()
            out = self.baton("sync", "runs", err=r"\A\Z")
            self.assertEqual(sorted(re.findall(r"(?m)^  (\w+): ([\d,]+) of \2 records, the run's end included$", out)),
                             sorted((tracker, count) for tracker, count in
                                    re.findall(r"(?m)^  (\w+): ([\d,]+) of", out)), out)
            for tracker in trackers:
                self.assertIn(f"  {tracker}: ", out)
            self.expect_everything_once(trackers)
        self.assertEqual(self.files(), before)

    def expect_everything_once(self, trackers):
        steps = [entry["step"] for entry in self.entries("log") if "loss" in entry["values"]]
        self.expect_steps(trackers, steps)
        if "mlflow" in trackers:
            self.assertEqual(self.in_mlflow_db(), sorted(set(self.logged())))

    def expect_steps(self, trackers, steps):
        if "tensorboard" in trackers:
            self.assertEqual(self.in_tensorboard("train/loss"), steps)
        if "dvclive" in trackers:
            self.assertEqual(self.in_dvclive("loss"), steps)
        if "mlflow" in trackers:
            rows = self.mlflow_db("select step from metrics where key = 'loss' order by step")
            self.assertEqual([step for step, in rows], steps)


class InTheWay(Struck):
    """Something else is where a file or a folder is to be: so even root is refused."""

    def block(self, place):
        (self.folder / place).parent.mkdir(exist_ok=True)
        (self.folder / place).touch()
        return self.folder / place

    def expect_row(self, tracker, place, says, **settings):
        blocking = self.block(place)
        self.expect_end(self.train(tracker, **settings), says)
        blocking.unlink()
        self.expect_sync(tracker)

    def test_of_tensorboard(self):
        self.expect_row("tensorboard", "tb", given_up("tensorboard", r"Cannot make the folder \S+/tb: Not a directory"))

    def test_of_dvclive(self):
        self.expect_row("dvclive", "dvclive",
                        tried_again("dvclive", rf"Cannot make the folder \S+/dvclive: {IN_THE_WAY}"))

    def test_of_mlflow(self):
        blocking = self.folder / "mlflow.db"
        blocking.mkdir()
        self.expect_end(self.train("mlflow"), tried_again(
            "mlflow", r"\S+/mlflow.db: unable to open database file: Is a directory"))
        self.baton("sync", "runs", "--patience", "0", code=1, out="unable to open database file: Is a directory")
        blocking.rmdir()
        self.expect_sync("mlflow")

    def test_of_the_artifacts_of_mlflow(self):
        self.environment["HF_MLFLOW_LOG_ARTIFACTS"] = "true"
        self.expect_row("mlflow", "mlruns", tried_again("mlflow", r".*Not a directory.*/mlruns/.*"),
                        words=("--save_steps", STEPS))
        [weights] = self.folder.glob(f"mlruns/0/*/artifacts/checkpoint-{STEPS}/weights.json")
        self.assertEqual(weights.read_bytes(), (self.folder / f"runs/checkpoint-{STEPS}/weights.json").read_bytes())

    def test_of_codecarbon(self):
        blocking = self.block("energy")
        self.expect_end(self.train("codecarbon"),
                        rf"baton: The energy's row is not written: Cannot make the folder energy: {IN_THE_WAY}\n")
        blocking.unlink()
        self.expect_end(self.train("codecarbon"), "")
        self.assertEqual(len((self.folder / "energy" / "emissions.csv").read_text().splitlines()), 2)

    def test_of_the_journal(self):
        self.block("runs/baton")
        self.expect_end(self.train(*TRACKERS), no_journal(rf"make the folder \S+/runs/baton: {IN_THE_WAY}"))

    def test_of_the_journal_until_the_end(self):
        blocking = self.block("runs/baton")
        run = self.train(*TRACKERS, words=("--run_name", "late"), wait_at=["train_end"])
        blocking.unlink()
        self.expect_end(run.go_on(), no_journal(rf"make the folder \S+/runs/baton: {IN_THE_WAY}"))
        [found] = json.loads(self.baton("inspect", "runs", "--json"))["runs"]
        self.assertEqual([entry["kind"] for entry in found["entries"]], ["begin", "params", "finish"])
        self.assertEqual(self.mlflow_db("select name, status from runs"), [("late", "FINISHED")])
        self.assertEqual(self.mlflow_db("select value from params where key = 'max_steps'"), [(str(STEPS),)])


class FullDisk(Struck):
    def test_with_room_for_nothing(self):
        self.expect_end(self.train(*TRACKERS, room=0), no_journal(rf"write to \S+/journal-\d+.btj: {NO_ROOM}"))

    def test_with_room_for_a_part_of_the_journal(self):
        run = self.train(*TRACKERS, room=15_000)
        self.assertEqual(run.end(), 0, run.err)
        self.assertEqual(run.lines, LINES)
        self.assertRegex(run.err, rf"(?m)^baton: Cannot write to \S+\.btj: {NO_ROOM}; training goes on, ")
        self.assertRegex(run.err, rf"(?m)^baton: mlflow: \S+/mlflow.db: disk I/O error: {NO_ROOM}; it is tried again")
        self.expect_sync(*TRACKERS)
        self.assertIn(len(self.entries("log")), range(1, STEPS))

    def test_that_let_no_run_begin_keeps_sync_from_no_other(self):
        self.train("mlflow", room=70_000).end()
        empty = self.folder / "runs" / "baton" / "20200101-000000-abcdef" / "journal-000001.btj"
        empty.parent.mkdir()
        empty.touch()
        self.baton("sync", "runs", code=1,
                   out=r"\A\S+abcdef: the journal does not say whose it is\n(.|\n)*end included\n")

    def test_keeps_no_artifact_that_no_record_tells_of(self):
        self.environment["HF_MLFLOW_LOG_ARTIFACTS"] = "true"
        self.train("mlflow", room=3_000, words=("--save_steps", 2), wait_at=["in step 5"])
        self.assertTrue((self.folder / "runs" / "checkpoint-4").exists())
        kept = [int(place.name) for place in self.folder.glob("runs/baton/*/outbox/*")]
        self.assertEqual(kept, [entry["sequence"] for entry in self.entries("artifact")])

    def test_of_mlflow(self):
        self.expect_end(self.train("mlflow", room=70_000),
                        tried_again("mlflow", rf"\S+/mlflow.db: disk I/O error: {NO_ROOM}"))
        self.expect_sync("mlflow")

    def test_of_codecarbon(self):
        self.expect_end(self.train("codecarbon", room=100), rf"baton: The energy's row is not written: .*{NO_ROOM}\n")


class DamagedNote(Struck):
    """What is remembered about a tracker was lost with the machine's power."""

    def damage(self, tracker):
        [note] = self.folder.glob(f"runs/baton/*/trackers/{tracker}.json")
        note.write_text("")
        return note

    def test_is_mended_by_the_next_process_of_the_training(self):
        self.expect_end(self.train(*TRACKERS, words=("--save_steps", STEPS // 2)), "")
        notes = [self.damage(tracker) for tracker in TRACKERS]
        run = self.train(*TRACKERS, words=("--resume_from_checkpoint", f"runs/checkpoint-{STEPS // 2}",
                                           "--tracker_resume", "same"))
        self.assertEqual(run.end(), 0, run.err)
        for tracker, note in zip(TRACKERS, notes):
            self.assertRegex(run.err, rf"(?m)^baton: \S+/{tracker}.json.*; it is now \S+.damaged, and {tracker} is "
                                      "written anew$")
            self.assertTrue(note.with_suffix(".json.damaged").exists())
        self.expect_steps(TRACKERS, list(range(1, STEPS + 1)))

    def test_is_told_by_sync_with_the_way_out(self):
        self.expect_end(self.train("tensorboard"), "")
        note = self.damage("tensorboard")
        self.baton("sync", "runs", code=1, out=r"/tensorboard\.json.*: remove it, then .baton backfill. shows the run")
        note.unlink()
        self.baton("backfill", "runs", "--report_to", "tensorboard")
        self.expect_sync("tensorboard")


if __name__ == "__main__":
    take_programs(sys.argv, "baton", "stoppable")
    unittest.main()
