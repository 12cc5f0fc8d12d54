"""Usage: reference_trackers_test.py CONTRACT_REPLAY. Scripted runs (undisturbed, resumed, evaluation alone), played
by Baton (contract_replay) and by the reference: the Trainer of transformers itself with its own callbacks, on a
model with scripted losses (reference.py). What the vendors' readers find in both must agree: keys, steps, values and
parameters. What differs on purpose is named where it is allowed for, with the page of docs/ or the id that says why."""
import json, math, os, subprocess, sys, tempfile, unittest
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import numpy, pandas
from codecarbon.output_methods.emissions_data import EmissionsData
from dvclive.serialize import load_yaml
from dvclive.utils import parse_metrics
from mlflow import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1", "DVC_NO_ANALYTICS": "1", "HF_HUB_OFFLINE": "1",
         "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "GIT_PYTHON_REFRESH": "quiet"}
TRACKERS = ["tensorboard", "mlflow", "dvclive", "codecarbon"]
ARGS = {"max_steps": 12, "logging_steps": 2, "eval_strategy": "steps", "eval_steps": 4, "save_steps": 4,
        "learning_rate": 0.1, "lr_scheduler_type": "cosine", "warmup_steps": 2, "per_device_train_batch_size": 8,
        "per_device_eval_batch_size": 4, "report_to": TRACKERS, "run_name": "wide net", "disable_tqdm": True,
        "restore_callback_states_from_checkpoint": True}
LOSSES = [3.0, 0.1, 2.5, 1 / 3, 1e-7, 1.5, 7e4, 0.7, 0.3, 0.2, 0.9, 0.6]
INTERRUPTED_AT, RESUMED_FROM = 7, 4
NOTES = {"class": "Script", "actions": [
    {"on": "log", "at_step": 4, "log_set": {"note": "half *way*", "converged": False, "acc@5": 0.25}},
    {"on": "log", "at_step": 12, "log_set": {"note": "done", "converged": True}}]}
POWER_CUT = {"class": "Script", "actions": [{"on": "step_end", "at_step": INTERRUPTED_AT, "throw": "power cut"}]}
CLOCKS = ("runtime", "per_second")
DIFFERENT_PARAMS = ("output_dir", "lr_scheduler_kwargs")  # docs/differences.md: {} for None
replay, base = None, None


def phase(losses, *calls, callbacks=(NOTES,)):
    return {"args": ARGS, "train": {"samples": 64}, "eval": {"samples": 16}, "micro_losses": losses,
            "micro_grads": [0.5, -0.25, 3.0, 1e-3], "eval_losses": [0.9, 0.45, 0.3, 0.6],
            "metrics": {"accuracy": [0.1, "NaN", 0.75, 0.5], "perplexity": ["Infinity", 2.5, 2.0, 1.5]},
            "callbacks": list(callbacks), "calls": list(calls)}


CASES = {
    "whole": [phase(LOSSES, {"do": "train"}, {"do": "evaluate", "prefix": "test"})],
    "resumed": [phase(LOSSES, {"do": "train"}, callbacks=[NOTES, POWER_CUT]),
                phase(LOSSES[::-1], {"do": "train", "resume": True})],
    "evaluated": [phase(LOSSES, {"do": "evaluate", "prefix": "eval"})]}
TRAINED = ("whole", "resumed")


def plays(who, **environment):
    """What is played, and where."""
    for name, phases in CASES.items():
        folder = base / who / name
        folder.mkdir(parents=True)
        yield {"folder": str(folder), "case": {"format": 1, "name": name, "kind": "train", "phases": phases},
               "environment": {"TENSORBOARD_LOGGING_DIR": str(folder / "tb"), "MLFLOW_EXPERIMENT_NAME": name,
                               "MLFLOW_TRACKING_URI": f"sqlite:///{base / who}/mlflow.db",
                               "CODECARBON_PROJECT_NAME": "scripted", "CODECARBON_FORCE_RAM_POWER": "10",
                               "CODECARBON_OUTPUT_DIR": str(folder / "out")} | environment}


def setUpModule():
    global base
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    base = Path(folder.name).resolve()
    (base / "plays.json").write_text(json.dumps(list(plays("theirs"))))
    reference = subprocess.Popen(  # meanwhile it is our turn
        [sys.executable, Path(__file__).with_name("reference.py"), base / "plays.json"], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, env=os.environ | {"HOME": str(base)})
    try:
        play_ours()
    finally:
        said = reference.communicate(timeout=600)[0]
    assert reference.returncode == 0, said[-5000:]


def play_ours():
    for one in plays("ours", HOME=str(base)):
        folder = Path(one["folder"])
        (folder / "case.json").write_text(json.dumps(one["case"]))
        done = subprocess.run([replay, "case.json"], cwd=folder, env=os.environ | one["environment"],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        (folder / "answer.json").write_text(done.stdout)


def from_json(value):
    """Cases write what is not finite as a text."""
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def history(name):
    """Baton's own log history of a run: (step, record)."""
    last = json.loads((base / "ours" / name / "answer.json").read_text())["phases"][-1]
    assert last["error"] is None, last["error"]
    for record in last["state"]["log_history"]:
        yield record["step"], {key: from_json(value) for key, value in record.items() if key != "step"}


def lives(name):
    """For each of the reference's processes: number and the steps that count, up to the resume or to the end."""
    numbers = range(len(CASES[name]))
    return [(number, RESUMED_FROM if number < numbers[-1] else math.inf) for number in numbers]


class Curves(defaultdict):
    """Key to a list of (step, value)."""

    def __init__(self):
        super().__init__(list)

    def join(self, others, last_step):
        for key, points in others.items():
            self[key] += [(step, value) for step, value in points if step <= last_step]
        return self


def but_d10(name, key):
    """train_loss is the mean over the whole run here, there over the updates since the resume."""
    return [key] if name == "resumed" else []


class TrackerTest(unittest.TestCase):
    maxDiff = 4000

    def expect_value(self, ours, theirs, name):
        if isinstance(theirs, (str, bool)) or math.isnan(theirs) or math.isinf(theirs):
            self.assertEqual(repr(ours), repr(theirs), name)
        else:  # the loops agree this far, as in tests/contract
            self.assertTrue(math.isclose(ours, theirs, rel_tol=1e-6), f"{name}: {ours}, there {theirs}")

    def expect_same(self, ours, theirs, but=()):
        """`but`: keys whose values may differ."""
        theirs = {key: points for key, points in theirs.items()
                  if points and not key.endswith("model_preparation_time")}  # tests/contract/README.md: may come or not
        self.assertEqual(sorted(ours), sorted(theirs))
        for key in theirs:
            self.assertEqual([step for step, _ in ours[key]], [step for step, _ in theirs[key]], key)
            if key.endswith(CLOCKS) or key in but:
                continue
            for (step, our), (_, their) in zip(ours[key], theirs[key], strict=True):
                self.expect_value(our, their, f"{key} at step {step}")

    def expect_exactly(self, ours, expected):
        """`expected` is from our own history, so clocks count too."""
        self.assertEqual({key: repr(points) for key, points in sorted(ours.items())},
                         {key: repr(points) for key, points in sorted(expected.items())})

    def expect_same_params(self, ours, theirs):
        common = [key for key in theirs if key in ours and key not in DIFFERENT_PARAMS]
        self.assertGreater(len(common), 50)
        self.assertEqual({key: ours[key] for key in common}, {key: theirs[key] for key in common})


class TensorBoard(TrackerTest):
    @staticmethod
    def read(path):
        data = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0}).Reload()
        scalars, texts = Curves(), Curves()
        for tag in data.Tags()["scalars"]:
            scalars[tag] = [(event.step, event.value) for event in data.Scalars(tag)]
        for tag in data.Tags()["tensors"]:
            if tag.startswith("_hparams_/"):  # docs/trackers/tensorboard.md: a row of hyper-parameters
                continue
            texts[tag] = [(event.step, event.tensor_proto.string_val[0].decode()) for event in data.Tensors(tag)]
        return scalars, texts

    def ours(self, name):
        return self.read(base / "ours" / name / "tb")

    def theirs(self, name):
        """A file a life, and one for the evaluation after it. docs/trackers/tensorboard.md: here it is one line."""
        files = sorted((base / "theirs" / name / "tb").iterdir())
        scalars, texts = Curves(), Curves()
        for index, file in enumerate(files):
            last_step = RESUMED_FROM if name == "resumed" and index == 0 else math.inf
            found = self.read(file)
            scalars.join(found[0], last_step)
            texts.join(found[1], last_step)
        return scalars, texts

    def test_scalars(self):
        for name in CASES:
            self.expect_same(self.ours(name)[0], self.theirs(name)[0], but_d10(name, "train/train_loss"))

    def test_scalars_are_those_of_the_history(self):
        for name in CASES:
            expected = Curves()
            for step, record in history(name):
                for key, value in record.items():
                    prefix, _, rest = key.partition("_")
                    tag = f"{prefix}/{rest}" if prefix in ("eval", "test") else f"train/{key}"
                    if not isinstance(value, str):
                        expected[tag].append((step, float(numpy.float32(value))))
            self.expect_exactly(self.ours(name)[0], expected)

    def test_texts(self):
        self.assertEqual(list(self.ours("evaluated")[1]), ["args/text_summary"])
        self.assertEqual(list(self.theirs("evaluated")[1]), [])  # docs/trackers/tensorboard.md
        for name in TRAINED:
            ours, theirs = self.ours(name)[1], self.theirs(name)[1]
            self.assertEqual(sorted(ours), sorted(theirs))
            self.assertEqual(ours["train/note/text_summary"], theirs["train/note/text_summary"])
            for points in (ours, theirs):
                self.assertEqual({step for step, _ in points["args/text_summary"]}, {0})
            self.expect_same_params(*(json.loads(points["args/text_summary"][0][1]) for points in (ours, theirs)))


class MLflow(TrackerTest):
    @staticmethod
    def runs(who, name):
        client = MlflowClient(tracking_uri=f"sqlite:///{base / who}/mlflow.db")
        experiment = client.get_experiment_by_name(name)
        return client, client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])

    @staticmethod
    def curves(client, run):
        """Points that are equal but for their time count once, as the time of ours is that of the log."""
        return Curves().join({key: sorted({(point.step, repr(point.value))
                                           for point in client.get_metric_history(run.info.run_id, key)})
                              for key in run.data.metrics}, math.inf)

    def ours(self, name):
        client, runs = self.runs("ours", name)
        self.assertEqual(len(runs), 1)
        return self.curves(client, runs[0])

    def theirs(self, name):
        """docs/differences.md: what is logged after the training has a run of its own there, and so has each life."""
        client, runs = self.runs("theirs", name)
        self.assertEqual(len(runs), {"whole": 2, "resumed": 2, "evaluated": 1}[name])
        joined = Curves()
        for run in runs:
            joined.join(self.curves(client, run), RESUMED_FROM if name == "resumed" and run is runs[0] else math.inf)
        return Curves().join({key: sorted(set(points)) for key, points in joined.items()}, math.inf)

    def expect_value(self, ours, theirs, name):
        super().expect_value(float(ours), float(theirs), name)

    def test_metrics(self):
        for name in CASES:
            self.expect_same(self.ours(name), self.theirs(name), but_d10(name, "train_loss"))

    def test_metrics_are_those_of_the_history(self):
        for name in CASES:
            expected = Curves()
            for step, record in history(name):
                for key, value in record.items():
                    if not isinstance(value, str):
                        stored = sys.float_info.max if value == math.inf else float(value)
                        expected[key.replace("@", "_")].append((step, repr(stored)))
            self.expect_exactly(self.ours(name), {key: sorted(set(points)) for key, points in expected.items()})

    def test_run(self):
        for name in CASES:
            our, their = (self.runs(who, name)[1][0] for who in ("ours", "theirs"))
            self.expect_same_params(our.data.params, their.data.params)
            self.assertEqual((our.info.run_name, our.info.status), (their.info.run_name, their.info.status))
            for tag in ("mlflow.user", "mlflow.runName", "mlflow.source.type"):
                self.assertEqual(our.data.tags[tag], their.data.tags[tag])


class DVCLive(TrackerTest):
    @staticmethod
    def read(folder):
        metrics = folder / "dvclive/plots/metrics"
        plots, latest = parse_metrics(SimpleNamespace(plots_dir=metrics.parent,
                                                      metrics_file=folder / "dvclive/metrics.json"))
        curves = Curves()
        for file, rows in plots.items():
            path = Path(file).relative_to(metrics).with_suffix("")
            curves[path.as_posix()] = [(int(row["step"]), DVCLive.value_in(row[path.name])) for row in rows]
        return curves, latest

    @staticmethod
    def value_in(text):
        """Of a cell of a table."""
        try:
            return float({"True": 1, "False": 0}.get(text, text))
        except ValueError:
            return text

    def ours(self, name):
        return self.read(base / "ours" / name)[0]

    def theirs(self, name):
        """docs/trackers/dvclive.md: the step there is the number of the record, and the step of a record after the
        training is that of the last one before it. The last value of each global_step counts here."""
        joined = Curves()
        for number, last_step in lives(name):
            folder = base / "theirs" / name / f"life-{number}"
            steps = [record["step"] for record in json.loads((folder / "history.json").read_text())]
            for key, points in self.read(folder)[0].items():
                joined[key] += [(steps[record], value) for record, value in points if steps[record] <= last_step]
        return {key: list(dict(points).items()) for key, points in joined.items()}

    def test_plots(self):
        for name in CASES:
            self.expect_same(self.ours(name), self.theirs(name), but_d10(name, "train/loss"))

    def test_plots_are_those_of_the_history(self):
        for name in CASES:
            expected = defaultdict(dict)
            for step, record in history(name):
                for key, value in record.items():
                    prefix, _, rest = key.partition("_")
                    expected[f"{prefix}/{rest}" if prefix in ("eval", "train") else key][step] = (
                        value if isinstance(value, str) else float(value))
            self.expect_exactly(self.ours(name), {key: list(points.items()) for key, points in expected.items()})

    def flat(self, tree, prefix=""):
        for key, value in tree.items():
            if isinstance(value, dict):
                yield from self.flat(value, f"{prefix}{key}/")
            elif prefix + key != "step":  # docs/trackers/dvclive.md
                yield prefix + key, [(0, value)]

    def test_latest_metrics(self):
        for name in CASES:
            last = lives(name)[-1][0]
            our, their = self.read(base / "ours" / name)[1], self.read(base / "theirs" / name / f"life-{last}")[1]
            ours, theirs = dict(self.flat(our)), dict(self.flat(their))
            if name == "resumed":
                del ours["acc@5"]  # logged before the resume, so the reference has lost it
            self.expect_same(ours, theirs, but_d10(name, "train/loss"))

    def test_params(self):
        for name in CASES:
            self.expect_same_params(*(load_yaml(base / folder / "dvclive/params.yaml")
                                      for folder in (f"ours/{name}", f"theirs/{name}/life-0")))


class CodeCarbon(TrackerTest):
    def row(self, who, name):
        table = pandas.read_csv(base / who / name / "out/emissions.csv", keep_default_na=False)
        self.assertEqual(list(table.columns), list(EmissionsData.__dataclass_fields__))
        self.assertEqual(len(table), 1)
        return table.iloc[0]

    def test_a_run_has_a_row(self):
        for name in TRAINED:  # docs/trackers/codecarbon.md: place and cloud are looked up there, else it is Canada
            our, their = self.row("ours", name), self.row("theirs", name)
            for column in ("project_name", "experiment_id", "os", "cpu_count", "cpu_model", "tracking_mode", "pue",
                           "wue"):
                self.assertEqual(our[column], their[column], column)
            self.assertAlmostEqual(our["ram_total_size"], their["ram_total_size"], places=6)
            for column in ("run_id", "timestamp"):
                self.assertEqual(len(our[column]), len(their[column]), column)

    def test_an_evaluation_has_none(self):
        for who in ("ours", "theirs"):
            self.assertFalse((base / who / "evaluated/out/emissions.csv").exists(), who)

    def test_figures_mean_the_same(self):
        for name in TRAINED:
            for who, slack in (("ours", 1e-6), ("theirs", 2)):  # their last reading comes before the end
                row = self.row(who, name)
                self.assertAlmostEqual(row["ram_power"], 10, places=9)
                self.assertAlmostEqual(row["ram_energy"] * 3.6e6 / row["duration"], 10, delta=slack)
                self.assertAlmostEqual(row["cpu_energy"] + row["gpu_energy"] + row["ram_energy"],
                                       row["energy_consumed"], places=12)
                self.assertAlmostEqual(row["emissions"] / row["duration"], row["emissions_rate"], places=12)


if __name__ == "__main__":
    replay = os.path.abspath(sys.argv.pop(1))
    os.environ.update(QUIET)
    unittest.main()
