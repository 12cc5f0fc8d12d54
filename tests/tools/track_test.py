"""What a user does with runs and their trackers: examples/track_only and baton's inspect, sync, backfill, report.

Usage: track_test.py BATON TRACK_ONLY
"""
import contextlib
import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import sys
import unittest

from fake_mlflow import FakeMlflow
from in_a_folder import InAFolder, take_programs

GOLDEN = pathlib.Path(__file__).parents[1] / "golden"


class Tracking(InAFolder):
    def track(self, *words, **expected):
        return self.call("track_only", words, **expected)

    def run_folder(self):
        [folder] = (self.folder / "runs" / "track_only" / "baton").iterdir()
        return folder

    def mlflow_db(self, query):
        with contextlib.closing(sqlite3.connect(self.folder / "mlflow.db")) as database:
            return database.execute(query).fetchall()

    def in_mlflow_db(self):
        return sorted(self.mlflow_db("select key, step, timestamp, value from metrics"))

    def in_tensorboard(self, tag):
        [file] = [file for file in self.folder.rglob("*tfevents*") if file.stat().st_size > 0]  # emptied: of the dead
        events = json.loads(self.baton("inspect", file, "--json"))["events"]
        return [event["step"] for event in events if event["tag"] == tag]

    def in_dvclive(self, key):
        lines = (self.folder / "dvclive" / "plots" / "metrics" / f"{key}.tsv").read_text().splitlines()
        return [int(line.split("\t")[lines[0].split("\t").index("step")]) for line in lines[1:]]

    def files(self):
        return {file: hashlib.sha256(file.read_bytes()).digest() for file in self.folder.rglob("*")
                if file.is_file() and file.suffix != ".lock"}


class ThreeTrackers(Tracking):
    def expect_everything_delivered(self):
        steps = [entry["step"] for entry in self.entries("log")]
        self.assertEqual(steps, list(range(10, 10 * len(steps) + 1, 10)))
        self.assertEqual(self.in_mlflow_db(), self.logged())
        self.assertEqual(self.in_tensorboard("train/height"), steps)
        self.assertEqual(self.in_dvclive("height"), steps)

    def test_get_the_same_run(self):
        self.track("--report_to", "tensorboard,mlflow,dvclive", "--steps", "300", "--run_name", "bounce",
                   out=r"^tracked in runs/track_only/baton/\d{8}-\d{6}-\w{6}\n$")
        self.expect_everything_delivered()
        self.assertEqual(self.mlflow_db("select name, status from runs"), [("bounce", "FINISHED")])

    def test_are_told_of_a_kill_and_given_the_rest_by_sync(self):
        process = self.start("track_only", "--report_to", "tensorboard,mlflow,dvclive", "--steps", 10**9)
        journal = "runs/track_only/baton/*/journal-000001.btj"
        notes = "runs/track_only/baton/*/trackers/*.json"
        self.wait_until(lambda: [file for file in self.folder.glob(journal) if file.stat().st_size > 50_000]
                        and len(list(self.folder.glob(notes))) == 3)
        process.kill()
        process.communicate()
        self.baton("inspect", "runs/track_only", out="(?m)^  status +open: it is being written, or was killed$")
        first = self.baton("sync", "runs/track_only", out="^.* was killed: closed as such\n")
        self.assertEqual(len(re.findall(r"(?m)^  \w+: ([\d,]+) of \1 records, the run's end included$", first)), 3)
        self.baton("inspect", "runs/track_only", out=r"(?ms)^  status +killed at .*^  resumed +0 times$")
        self.expect_everything_delivered()
        self.assertEqual(self.mlflow_db("select status from runs"), [("KILLED",)])

        files = self.files()
        second = self.baton("sync", "runs/track_only")
        self.assertEqual(re.findall("(?m)^  .*end included$", second), re.findall("(?m)^  .*end included$", first))
        self.assertNotIn("closed", second)
        self.assertEqual(self.files(), files)


class Inspect(Tracking):
    def setUp(self):
        super().setUp()
        self.track("--report_to", "tensorboard", "--steps", "50", "--run_name", "bounce")

    def test_says_the_same_of_the_output_dir_a_run_and_a_segment(self):
        folder = self.run_folder()
        for path in ("runs/track_only", folder, folder / "journal-000001.btj"):
            self.baton("inspect", path, out=r"(?s)  run +[\w-]+ \(bounce\)\n.*  status +finished at .*"
                       r"  records +1 begin, 1 finish, 1 histogram, 5 log, 1 params, 1 text\n"
                       r"  last step +50\n  last\.height +\d.*  tensorboard +10 of 10 records, finished\n")

    def test_json_holds_every_entry_and_the_trackers(self):
        [run] = json.loads(self.baton("inspect", "runs/track_only", "--json"))["runs"]
        self.assertEqual([entry["sequence"] for entry in run["entries"]], list(range(1, 11)))
        self.assertEqual([entry["step"] for entry in run["entries"] if entry["kind"] == "log"], [10, 20, 30, 40, 50])
        self.assertEqual(run["entries"][-1]["values"], {"status": "finished"})
        self.assertTrue(run["trackers"]["tensorboard"]["finished"])

    def test_an_event_file_is_shown_by_its_tags(self):
        [file] = self.folder.rglob("*tfevents*")
        self.baton("inspect", file,
                   out=r"(?s)values, whole\n.*scalars  train/height  5 values, steps 10 to 50, last \d")


class Outage(Tracking):
    """MLflow is down while the run is made."""

    def setUp(self):
        super().setUp()
        self.mlflow = FakeMlflow()
        self.addCleanup(self.mlflow.server_close)
        self.environment["MLFLOW_TRACKING_URI"] = self.mlflow.address
        self.track("--report_to", "mlflow", "--steps", "30000", "--tracker_flush_seconds", "1", err="cannot be reached")

    def test_sync_says_so_and_delivers_once_it_is_over(self):
        self.baton("sync", "runs/track_only", "--patience", "0", code=1,
                   out=r"mlflow: 0 of [\d,]+ records: the rest stays in the journal\n.*cannot be reached")
        logged = self.logged()
        with self.mlflow.open():
            self.baton("sync", "runs/track_only", out=r"mlflow: ([\d,]+) of \1 records, the run's end included\n$")
            self.assertEqual(self.mlflow.metrics(), logged)
            self.assertEqual(self.mlflow.statuses(), ["FINISHED"])
            self.assertEqual(self.mlflow.artifacts,
                             {"0/run1/texts/what/0.md": "A ball that falls from **10 m** and bounces."})
            calls = len(self.mlflow.calls)
            self.baton("sync", "runs/track_only", out="end included\n$")
            self.assertEqual(len(self.mlflow.calls), calls)

    def test_a_damaged_record_is_told_and_the_others_are_delivered(self):
        segment = self.run_folder() / "journal-000001.btj"
        data, logged = bytearray(segment.read_bytes()), self.logged()
        data[data.index(b'"height"', len(data) // 2)] ^= 1
        segment.write_bytes(data)
        self.baton("inspect", "runs/track_only", out=r"(?m)^  damage +1 records missing, \d+ bytes unreadable$")
        whole = self.logged()
        self.assertEqual((len(whole), set(whole) < set(logged)), (len(logged) - 3, True))
        with self.mlflow.open():
            self.baton("sync", "runs/track_only", out="the run's end included")
        self.assertEqual(self.mlflow.metrics(), whole)


class Backfill(Tracking):
    def test_shows_a_journal_in_another_tracker(self):
        self.track("--report_to", "tensorboard", "--steps", "200")
        self.baton("backfill", "runs/track_only", "--report_to", "mlflow", out="mlflow: 25 of 25 records")
        self.assertEqual(self.in_mlflow_db(), self.logged())
        self.baton("inspect", "runs/track_only", out="(?s)  mlflow +25 of 25.*  tensorboard +25 of 25")

    def test_a_record_without_a_step_is_shown_where_it_stands(self):
        state = json.loads((GOLDEN / "trainer_state.json").read_text())
        state["log_history"] = [{"first": 1.0}, {"loss": 2.0, "step": 5}, {}, {"extra": 3.0}]
        (self.folder / "trainer_state.json").write_text(json.dumps(state))
        self.baton("backfill", "trainer_state.json", "--report_to", "mlflow", out="mlflow: 5 of 5 records")
        self.assertEqual(sorted(self.mlflow_db("select key, step from metrics")),
                         [("extra", 5), ("first", 0), ("loss", 5)])

    def test_shows_a_journal_in_all_trackers_that_show_old_runs(self):
        self.track("--report_to", "none", "--steps", "100")
        self.baton("backfill", "runs/track_only", "--report_to", "all",
                   out="dvclive: 15 of 15 .*\n.*mlflow: 15 of 15 .*\n.*tensorboard: 15 of 15 ")

    def test_shows_the_history_of_a_state_file(self):
        shutil.copy(GOLDEN / "trainer_state.json", self.folder)
        history = json.loads((self.folder / "trainer_state.json").read_text())["log_history"]
        self.baton("backfill", "trainer_state.json", "--report_to", "mlflow", "--run_name", "old", out="end included")
        expected = sorted((key, record["step"]) for record in history for key, value in record.items()
                          if key != "step" and isinstance(value, (float, int)))
        self.assertEqual(sorted(self.mlflow_db("select key, step from metrics")), expected)
        self.assertEqual(self.mlflow_db("select name, status from runs"), [("old", "FINISHED")])


class Report(Tracking):
    def test_is_one_page_that_loads_nothing(self):
        self.track("--report_to", "tensorboard", "--steps", "100")
        self.baton("report", "runs/track_only", "-o", "page.html", out="^page.html: run ")
        self.assertFalse((self.folder / "runs" / "track_only" / "report.html").exists())
        page = (self.folder / "page.html").read_text()
        self.assertRegex(page, r"(?is)^<!doctype html>.*</html>\s*$")
        for key in ("height", "speed", "energy"):
            self.assertIn(key, page)
        self.assertNotRegex(page, r"""(?i)((src|href)\s*=|url\()\s*["']?\s*(https?:)?//|@import|fetch\(""")


class WrongWords(Tracking):
    def test_are_usage_errors_with_the_way_out(self):
        for words, problem in (
                (["sync"], "expected the path of a run"),
                (["sync", "a", "b"], "b: expected one path"),
                (["sync", "a", "--deep"], "--deep: no such flag"),
                (["sync", "a", "--patience", "long"], "--patience long: expected a number of seconds"),
                (["sync", "a", "--patience"], "--patience is the last word"),
                (["backfill", "a"], "--report_to is missing"),
                (["backfill", "a", "--report_to", "mlfow"], "--report_to=mlfow: no tracker has this name; expected"),
                (["report"], "expected the path of a run"),
                (["report", "a", "-o"], "-o is the last word")):
            with self.subTest(" ".join(words)):
                self.baton(*words, code=2, out="^$", err=problem)

    def test_a_tracker_that_measures_shows_no_old_run(self):
        self.track("--report_to", "tensorboard", "--steps", "10")
        self.baton("backfill", "runs/track_only", "--report_to", "codecarbon", code=2, err="codecarbon: it measures")

    def test_a_run_that_is_not_there_is_a_failure(self):
        for words in (["sync"], ["report"], ["backfill", "--report_to", "tensorboard"]):
            self.baton(words[0], "absent", *words[1:], code=1, err="There is no run in absent: expected an output_dir")
        self.assertEqual(self.files(), {})

    def test_a_program_does_not_start_with_an_unknown_tracker(self):
        self.track("--report_to", "tensorbord", code=2, err="tensorbord: no tracker has this name")


if __name__ == "__main__":
    take_programs(sys.argv, "baton", "track_only")
    unittest.main()
