"""Usage: dvclive_test.py DVCLIVE_REPLAY. What Baton writes for DVCLive against DVCLive itself, byte by byte,
and read by the commands of DVC in a git repository."""
import io, json, os, random, shutil, subprocess, sys, tempfile, unittest
from contextlib import contextmanager
from pathlib import Path

from dvclive import Live
from dvclive.serialize import get_yaml, load_yaml
from dvclive.utils import standardize_metric_name

program = None
RUN_ID = "20261122-101530-1f2e3d"
PARAMS = {"output_dir": "out", "learning_rate": 5e-05, "weight_decay": 0.0, "max_steps": -1, "bf16": False,
          "run_name": None, "eval_steps": "0.5", "logging_dir": "a: b", "optim_args": "", "report_to": ["dvclive"],
          "label_names": [], "accelerator_config": {"split_batches": False, "even_batches": True, "kwargs": None},
          "lr_scheduler_kwargs": {}, "notes": "words that go on " * 12 + "to the end", "big": 1e16, "tiny": 1e-300}


def records():
    """As the reference logs them: (step, record); two of them share a step."""
    source = random.Random(7)
    for step in range(1, 13):
        yield step, {"loss": source.random() * 10 ** source.randint(-6, 3), "grad_norm": source.random(),
                     "learning_rate": 5e-05 * (1 - step / 12), "epoch": step / 4}
        if step % 4 == 0:
            yield step, {"eval_loss": source.random() if step < 12 else float("nan"), "eval_accuracy": step / 12,
                         "eval_note": "a \"quoted\"\ttab", "eval_done": step == 12, "epoch": step / 4}
    yield 12, {"train_runtime": 3.25, "train_loss": 0.5, "total_flos": 1234567890, "epoch": 3.0}


ENTRIES = [{"kind": "params", "step": 0, "values": {"args": PARAMS, "model_config": {"left": "out"}}}]
ENTRIES += [{"kind": "log", "step": step, "values": values} for step, values in records()]


def run(*command, cwd):
    """The output of a command that must succeed."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@contextmanager
def chdir(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def tree(folder):
    """Path to content, of all files below."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file()}


def write_with_vendor(folder):
    """The same calls as the reference's callback makes, with steps set by hand; a value a step, the last one."""
    with chdir(folder):
        live = Live(save_dvc_exp=False)
        live.log_params(PARAMS)
        logs = list(records())
        for number, (step, values) in enumerate(logs):
            later = [keys for other, keys in logs[number + 1:] if other == step]
            live.step = step
            for key, value in values.items():
                plotted = not any(key in keys for keys in later)
                live.log_metric(standardize_metric_name(key, "dvclive.huggingface"), value, plot=plotted)
            live.make_summary()
        live.make_dvcyaml()


class DVCLiveTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.base = Path(folder.name).resolve()
        self.repository = self.make_repository("ours")

    def make_repository(self, name):
        folder = self.base / name
        folder.mkdir()
        run("git", "init", "-q", cwd=folder)
        for key, value in (("user.name", "Somebody"), ("user.email", "somebody@example.org"), ("gc.auto", "0")):
            run("git", "config", key, value, cwd=folder)
        self.dvc("init", "-q", cwd=folder)
        (folder / "train.txt").write_text("tracked\n")
        run("git", "add", "-A", cwd=folder)
        run("git", "commit", "-qm", "Begin", cwd=folder)
        return folder

    def dvc(self, *words, cwd=None):
        return run(sys.executable, "-m", "dvc", *words, cwd=cwd or self.repository)

    def play(self, entries=None, options=None, cwd=None, memory=None, kill_after=0, name=""):
        cwd = cwd or self.repository
        options = {"dir": str(cwd / "dvclive"), "dvcyaml": str(cwd / "dvc.yaml"), "save_dvc_exp": True,
                   **(options or {})}
        script = {"options": options, "run": {"id": RUN_ID, "name": name}, "folder": str(self.base),
                  "finish": "finished", "memory": memory or {},
                  "entries": ENTRIES if entries is None else entries, "kill_after": kill_after}
        file = self.base / "script.json"
        file.write_text(json.dumps(script))
        if kill_after:
            done = subprocess.run([program, str(file)], cwd=cwd, capture_output=True)
            self.assertEqual(done.returncode, -9, done.stderr)
            return None
        return json.loads(run(program, file, cwd=cwd))

    def play_with_artifact(self):
        """A folder with two files and one file, logged as artifacts."""
        model = self.base / "outbox" / "last"
        (model / "inner").mkdir(parents=True)
        (model / "model.safetensors").write_bytes(bytes(range(256)) * 1000)
        (model / "inner" / "config.json").write_text("{}\n")
        (self.base / "outbox" / "table.csv").write_text("a,b\n1,2\n")
        entries = ENTRIES + [
            {"kind": "artifact", "step": 12, "values": {"name": "last", "type": "model", "path": "outbox/last",
                                                        "metadata": {"loss": 0.5}}},
            {"kind": "artifact", "step": 12, "values": {"name": "table.csv", "type": "file",
                                                        "path": "outbox/table.csv"}}]
        return self.play(entries, {"log_model": "model"})

    def test_the_files_are_those_that_dvclive_writes(self):
        self.play(options={"save_dvc_exp": False})
        theirs = self.make_repository("theirs")
        write_with_vendor(theirs)
        self.assertEqual(tree(self.repository / "dvclive"), tree(theirs / "dvclive"))
        self.assertEqual((self.repository / "dvc.yaml").read_text(), (theirs / "dvc.yaml").read_text())

    def test_params_are_written_as_dvcs_own_yaml(self):
        source = random.Random(11)
        words = ["a", "1", "no", "true", "- x", "x: y", "x #y", "", " ", "'", "\"", "é", "😀", "?", "0x1f", "1e5", "1_0",
                 "2001-01-01", ".5", "~", "[x]", "word", "longer-words", "a:b", "it's", "\t", "\u00a0"]
        params = {f"key {index}": " ".join(source.choices(words, k=source.randint(1, 4))) for index in range(500)}
        params |= {f"long {index}": " ".join(source.choices(["word", "a:b", "longer-words", "é", "x: y", "1"], k=60))
                   for index in range(50)}
        params |= {word: [word, {"in a list": word}, [word, []]] for word in words}
        self.play([{"kind": "params", "step": 0, "values": {"args": params}}], {"save_dvc_exp": False})
        expected = io.StringIO()
        get_yaml().dump(params, expected)
        ours = (self.repository / "dvclive" / "params.yaml").read_text()
        self.assertEqual(ours.split("\n"), expected.getvalue().split("\n"))

    def test_long_params_in_double_quotes_are_read_as_they_were(self):
        params = {"lines": "it's\n" + "word: " * 40, "controls": "\x01\x7f\x85\u2028\ufeff \U0001f600" * 20}
        self.play([{"kind": "params", "step": 0, "values": {"args": params}}], {"save_dvc_exp": False})
        self.assertEqual(load_yaml(self.repository / "dvclive" / "params.yaml"), params)

    def test_dvc_reads_metrics_params_and_plots(self):
        self.play(options={"save_dvc_exp": False})
        metrics = json.loads(self.dvc("metrics", "show", "--json"))[""]["data"]["dvclive/metrics.json"]["data"]
        self.assertEqual((metrics["step"], metrics["epoch"], metrics["eval"]["loss"]), (12, 3.0, "nan"))
        params = json.loads(self.dvc("params", "diff", "--json"))["dvclive/params.yaml"]
        self.assertEqual(params["learning_rate"]["new"], PARAMS["learning_rate"])
        plots = json.loads(self.dvc("plots", "show", "--json"))
        self.assertNotIn("errors", plots)
        losses = plots["data"]["dvclive/plots/metrics/loss.tsv"][0]["content"]["data"]["values"]
        self.assertEqual([(int(row["step"]), float(row["loss"])) for row in losses],
                         [(step, values["loss"]) for step, values in records() if "loss" in values])

    def test_the_run_is_an_experiment_of_dvc(self):
        before = (run("git", "rev-parse", "HEAD", cwd=self.repository), run("git", "diff", "--cached",
                                                                         cwd=self.repository))
        (self.repository / "train.txt").write_text("changed\n")
        memory = self.play(name="first-try")
        self.assertEqual(before, (run("git", "rev-parse", "HEAD", cwd=self.repository),
                                  run("git", "diff", "--cached", cwd=self.repository)))
        self.assertIn("first-try", self.dvc("exp", "list", "--name-only"))
        shown = [row for commit in json.loads(self.dvc("exp", "show", "--json"))
                 for one in commit["experiments"] or [] for row in one["revs"]]
        data = shown[0]["data"]["metrics"]["dvclive/metrics.json"]["data"]
        self.assertEqual((shown[0]["name"], shown[0]["rev"], data["epoch"]), ("first-try", memory["commit"], 3.0))
        self.assertEqual(json.loads(self.dvc("plots", "diff", "HEAD", "first-try", "--json")).get("errors"), None)
        shutil.rmtree(self.repository / "dvclive")
        run("git", "checkout", "-q", "train.txt", cwd=self.repository)
        self.dvc("exp", "apply", "first-try")
        self.assertEqual((self.repository / "train.txt").read_text(), "changed\n")
        self.assertTrue((self.repository / "dvclive" / "metrics.json").is_file())

    def test_the_experiment_holds_the_files_of_dvclives(self):
        theirs = self.make_repository("theirs")
        write_and_save = "from dvclive import Live\nwith Live(exp_name='it') as live: live.log_metric('loss', 0.5)\n"
        run(sys.executable, "-c", write_and_save, cwd=theirs)
        self.play([{"kind": "log", "step": 0, "values": {"loss": 0.5}}], {"exp_name": "it"})
        files = [set(run("git", "ls-tree", "-r", "--name-only", self.experiment(folder), cwd=folder).split())
                 for folder in (self.repository, theirs)]
        self.assertEqual(files[0], files[1] - {".dvc/" + "tmp/repro.dat"})

    def experiment(self, folder):
        return run("git", "for-each-ref", "--format=%(refname)", "refs/exps/*/*/it", cwd=folder).strip()

    def test_artifacts_are_clean_and_come_back(self):
        self.play_with_artifact()
        self.assertEqual(json.loads(self.dvc("status", "--json")), {})
        before = tree(self.repository / "dvclive" / "artifacts")
        shutil.rmtree(self.repository / "dvclive" / "artifacts" / "last")
        (self.repository / "dvclive" / "artifacts" / "table.csv").unlink()
        self.dvc("checkout")
        self.assertEqual(tree(self.repository / "dvclive" / "artifacts"), before)

    def test_artifacts_lie_as_dvc_add_keeps_them(self):
        self.play_with_artifact()
        theirs = self.make_repository("theirs")
        artifacts = theirs / "dvclive" / "artifacts"
        artifacts.mkdir(parents=True)
        shutil.copytree(self.base / "outbox" / "last", artifacts / "last")
        shutil.copy(self.base / "outbox" / "table.csv", artifacts)
        self.dvc("add", "-q", "dvclive/artifacts/last", cwd=theirs)
        self.dvc("add", "-q", "dvclive/artifacts/table.csv", cwd=theirs)
        self.assertEqual(tree(self.repository / "dvclive" / "artifacts"), tree(artifacts))
        cache = Path(".dvc/cache/files/md5")
        self.assertEqual(tree(self.repository / cache), tree(theirs / cache))

    def test_a_killed_run_that_goes_on_equals_one_that_was_not(self):
        whole = self.make_repository("whole")
        self.play(cwd=whole, name="it")
        for kill_after in random.Random(3).sample(range(1, len(ENTRIES)), 4):
            self.play(kill_after=kill_after, name="it")
        memory = self.play(name="it", memory={})
        marks = self.repository / ".dvc" / "tmp" / "exps" / "run"
        self.assertEqual([path.name for path in marks.iterdir()], [])
        self.assertEqual(tree(self.repository / "dvclive"), tree(whole / "dvclive"))
        self.assertEqual((self.repository / "dvc.yaml").read_text(), (whole / "dvc.yaml").read_text())
        again = self.play(name="it", memory=memory)
        self.assertEqual(again["commit"], memory["commit"])
        self.assertEqual(len(self.dvc("exp", "list", "--name-only").split("\n\t")), 1)

    def test_dvclive_resumes_from_our_folder(self):
        self.play(options={"save_dvc_exp": False})
        with chdir(self.repository):
            live = Live(resume=True, save_dvc_exp=False)
            self.assertEqual(live.step, 13)
            live.log_metric("loss", 0.25)
            live.end()
        rows = (self.repository / "dvclive" / "plots" / "metrics" / "loss.tsv").read_text().splitlines()
        self.assertEqual((len(rows), rows[-1]), (14, "13\t0.25"))


if __name__ == "__main__":
    program = os.path.abspath(sys.argv.pop(1))
    unittest.main()
