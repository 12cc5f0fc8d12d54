"""A training that a test holds where it likes: tests/signals/stoppable.cc with MLflow as its tracker."""
import pathlib
import sys

from in_a_folder import InAFolder, programs

sys.path.append(str(pathlib.Path(__file__).parents[1] / "signals"))
from waiting_run import WaitingRun

STEPS = 500  # of 5 metrics each: three requests of 1000 metrics at most
LINES = ["load", *(f"{place} {step}" for step in range(1, STEPS + 1) for place in ("step", "in step")),
         "train_end", "after", "close 0"]
OF_THE_CLOCK = ("_runtime", "_per_second", "_time")
RESUMED = ("--resume_from_checkpoint", "true")
LATE = r"baton: Not everything has reached mlflow: .baton sync \S+/runs. delivers the rest\n"


def tried_again(what):
    return f"baton: mlflow: MLflow {what}; it is tried again, and what is missing stays in \\S+\n"


def given_up(what):
    return f"baton: mlflow gets nothing more from this process: MLflow {what}\n"


class Training(InAFolder):
    output = "runs"

    def train(self, *words, wait_at=(), flush_seconds=60.0):
        run = WaitingRun(programs["stoppable"], "--output_dir", "runs", "--report_to", "mlflow", "--max_steps", STEPS,
                         "--logging_steps", 1, "--save_steps", 100, "--tracker_flush_seconds", flush_seconds, *words,
                         wait_at=wait_at, cwd=self.folder, env=self.environment)
        self.addCleanup(run.process.wait)
        self.addCleanup(run.process.kill)
        return run

    def expect_end(self, run, says=""):
        """As ever, but for what it says on stderr."""
        self.assertEqual(run.end(), 0, run.err)
        self.assertEqual(run.lines, LINES)
        self.assertRegex(run.err, rf"\A{says}\Z")
