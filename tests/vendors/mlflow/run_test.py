"""Usage: run_test.py BATON TRACK_ONLY STOPPABLE. Whole runs with a real `mlflow server`, and with an mlflow.db: server
and run are killed, and MLflow's own client finds the points of an undisturbed run, each once."""
import contextlib, os, signal, sqlite3, struct, sys, unittest
from pathlib import Path

from mlflow import MlflowClient

from mlflow_server import QUIET, Server, history

sys.path.append(str(Path(__file__).parents[2] / "tools"))
from in_a_folder import take_programs
from training import LATE, OF_THE_CLOCK, RESUMED, STEPS, Training, tried_again

WORDS = ("--output_dir", "runs", "--report_to", "mlflow", "--steps", 100_000)
POINTS = 30_000
DOWN = tried_again("cannot be reached: .*")


def without_times(points):
    return {key: [(step, value) for step, _, value in found] for key, found in points.items()
            if not key.endswith(OF_THE_CLOCK)}


class WithMlflow(Training):
    """With a store of MLflow's; where, its subclasses know."""

    def setUp(self):
        super().setUp()
        self.experiment = self.environment["MLFLOW_EXPERIMENT_NAME"] = self.id()

    def held(self):
        """How many points MLflow has, and the last step of them."""
        with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(
                sqlite3.connect(f"file:{self.database()}?mode=ro", uri=True)) as database:
            return database.execute(
                "SELECT count(*), coalesce(max(step), 0) FROM metrics JOIN runs USING (run_uuid) JOIN experiments "
                "USING (experiment_id) WHERE experiments.name = ?", (self.experiment,)).fetchone()
        return 0, 0  # it is being made

    def wait_for(self, step):
        self.wait_until(lambda: self.held()[1] >= step)

    def found(self, status="FINISHED"):
        """The points of the one run there is, {key: [(step, milliseconds, bits)]}."""
        client = self.client()
        run, = client.search_runs([client.get_experiment_by_name(self.experiment).experiment_id])
        self.assertEqual(run.info.status, status)
        return history(client, run)

    def in_the_journal(self):
        points = {}
        for key, step, time, value in self.logged():
            points.setdefault(key, []).append((step, time, struct.pack("<d", value)))
        return points

    def sync(self):
        return self.baton("sync", self.output, out=r"mlflow: ([\d,]+) of \1 records, the run's end included\n$")

    def undisturbed_training(self):
        """In an experiment of its own."""
        experiment = self.experiment
        self.experiment = self.environment["MLFLOW_EXPERIMENT_NAME"] = f"{experiment}, undisturbed"
        self.expect_end(self.train("--output_dir", "undisturbed"))
        points = without_times(self.found())
        self.experiment = self.environment["MLFLOW_EXPERIMENT_NAME"] = experiment
        return points


class Killed:
    """Trainings that are killed, whatever their store."""

    def test_a_training_that_is_killed_is_delivered_by_sync(self):
        run = self.train(wait_at=["in step 250", "in step 420"])
        self.wait_for(249)
        run.go_on().until("in step 420")
        run.send(signal.SIGKILL).end()
        self.assertIn("was killed: closed as such", self.sync())
        points = self.found("KILLED")
        self.assertEqual(points, self.in_the_journal())
        self.assertEqual([step for step, _, _ in points["wave"]], list(range(1, 420)))

    def test_a_training_that_is_killed_and_resumed_has_the_curves_of_an_undisturbed_one(self):
        expected = self.undisturbed_training()
        self.assertEqual([step for step, _ in expected["wave"]], [*range(1, STEPS + 1), STEPS])
        run = self.train(wait_at=["in step 250"])
        self.wait_for(249)
        run.send(signal.SIGKILL).end()
        run = self.train(*RESUMED, wait_at=["in step 350", "in step 420"])
        self.wait_for(349)
        run.go_on().until("in step 420")
        run.send(signal.SIGKILL).end()
        run = self.train(*RESUMED)
        self.assertEqual((run.end(), run.err), (0, ""))
        self.assertEqual(without_times(self.found()), expected)


class OnServer(Killed, WithMlflow):
    @classmethod
    def setUpClass(cls):
        cls.server = Server.of_class(cls)

    def setUp(self):
        super().setUp()
        self.environment["MLFLOW_TRACKING_URI"] = self.server.uri

    def database(self):
        return self.server.folder / "server.db"

    def client(self):
        return MlflowClient(tracking_uri=self.server.uri)

    @contextlib.contextmanager
    def server_down(self):
        self.server.kill()
        try:
            yield
        finally:
            self.server.start()

    def track(self, *words, **expected):
        self.call("track_only", [*WORDS, *words], **expected)

    def expect_everything(self):
        points = self.found()
        self.assertEqual(sum(map(len, points.values())), POINTS)
        self.assertEqual(points, self.in_the_journal())

    def test_an_undisturbed_run(self):
        self.track(err=r"\A\Z")
        self.expect_everything()

    def test_a_server_that_is_down_for_the_whole_run(self):
        with self.server_down():
            self.track("--tracker_flush_seconds", 0.5, err=rf"\A{DOWN}baton: Not everything has reached mlflow: .*\n\Z")
        self.sync()
        self.expect_everything()

    def test_a_server_that_is_killed_in_the_middle_of_it(self):
        run = self.start("track_only", *WORDS, "--tracker_flush_seconds", 100)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        self.wait_until(lambda: self.held()[0] > 0)
        with self.server_down():
            self.assertLess(self.held()[0], POINTS)
        _, err = run.communicate(timeout=100)
        self.assertEqual(run.returncode, 0)
        self.assertRegex(err, rf"\A{DOWN}\Z")
        self.expect_everything()

    def test_a_server_that_is_killed_while_the_training_goes_on(self):
        expected = self.undisturbed_training()
        run = self.train(wait_at=["in step 250", "in step 420", "train_end"])
        self.wait_for(249)
        with self.server_down():
            run.go_on().until("in step 420")
        run.go_on().until("train_end")
        self.wait_for(STEPS)
        self.expect_end(run.go_on(), DOWN)
        self.assertEqual(without_times(self.found()), expected)

    def test_an_outage_longer_than_a_resumed_training(self):
        expected = self.undisturbed_training()
        run = self.train(wait_at=["in step 250"], flush_seconds=0.5)
        self.wait_for(249)
        with self.server_down():
            run.send(signal.SIGKILL).end()
            run = self.train(*RESUMED, flush_seconds=0.5)
            self.assertEqual(run.end(), 0)
            self.assertRegex(run.err, rf"\A{DOWN}{LATE}\Z")
        self.sync()
        self.assertEqual(without_times(self.found()), expected)


class OnFile(Killed, WithMlflow):
    def database(self):
        return self.folder / "mlflow.db"

    def client(self):
        return MlflowClient(tracking_uri=f"sqlite:///{self.database()}")


if __name__ == "__main__":
    take_programs(sys.argv, "baton", "track_only", "stoppable")
    os.environ.update(QUIET)
    unittest.main()
