"""Usage: mlflow_test.py FEED. What FEED (mlflow_feed.cc) brings to MLflow is read back with MLflow's own client, from
its own server and from an mlflow.db that Baton wrote: keys, steps, times and values bit for bit, parameters, tags,
status and artifacts. Servers that are killed, certificates that are wrong."""
import contextlib, datetime, hashlib, http.server, ipaddress, json, math, os, re, sqlite3, ssl, subprocess, sys
import tempfile, threading, unittest
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, ViewType

from mlflow_server import QUIET, Server, bits, history

START = 1_700_000_000_000_000_000


def entry(kind, sequence, step, **values):
    return {"kind": kind, "sequence": sequence, "time_ns": START + sequence * 1_000_000_123, "step": step,
            "values": values}


def training():
    """As a Trainer logs it, and what is hard to store."""
    model = {"hidden_size": 64, "dropout": 0.1, "name": "tiny", "layers": [1, 2]}
    args = {"learning_rate": 5e-05, "dropout": 0.25, "fp16": False, "run_name": None, "long": "x" * 6000,
            "too_long": "x" * 6001, "odd @ key": "'quoted'"}
    entries = [entry("params", 1, 0, args=args, model_config=model)]
    for step in range(1, 61):
        entries.append(entry("log", len(entries) + 1, step, loss=1 / step, learning_rate=5e-05 * (1 - step / 60),
                             epoch=step / 20, grad_norm=0.1 + step))
    odd = {"acc@5": 1, "f1 (macro)": 0.1, "a//b": 3, "flag": True, "bad": math.nan, "up": math.inf, "down": -math.inf,
           "tiny": 5e-324, "note": "text"}
    return entries + [entry("log", len(entries) + 1, 60, **odd), entry("log", len(entries) + 2, 60, train_loss=0.2)]


NAMES = {"acc@5": "acc_5", "f1 (macro)": "f1 _macro_", "a//b": "a/b"}
PARAMS = {"hidden_size": "64", "dropout": "0.25", "name": "tiny", "layers": "[1, 2]", "learning_rate": "5e-05",
          "fp16": "False", "run_name": "None", "long": "x" * 6000, "odd _ key": "'quoted'"}


def points(entries):
    """What the metrics of the entries should be: {key: [(step, milliseconds, bits)]}."""
    expected = {}
    for one in entries:
        for key, value in one["values"].items() if one["kind"] == "log" else ():
            if not isinstance(value, str):
                expected.setdefault(NAMES.get(key, key), []).append(
                    (one["step"], one["time_ns"] // 1_000_000, bits(value)))
    return {key: sorted(found) for key, found in expected.items()}


def files_under(folder):
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in Path(folder).rglob("*") if path.is_file()}


class Feeding(unittest.TestCase):
    """Each test in a folder of its own."""
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def feed(self, entries, run="20261122-101530-aaaaaa", finish="finished", check=0, memory="memory.json",
             **variables):
        """What FEED printed."""
        process = self.begin(entries, run, finish, memory, **variables)
        output = process.communicate()[0]
        self.assertEqual(process.returncode, check, output)
        return output

    def begin(self, entries, run, finish, memory="memory.json", **variables):
        about = {"id": run, "name": "named", "folder": str(self.folder), "start_ns": START, "end_ns": START + 10**12}
        script = {"run": about, "entries": entries, "finish": finish}
        (self.folder / "script.json").write_text(json.dumps(script))
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "USER": "me"} | variables
        return subprocess.Popen([FEED, "script.json", memory], cwd=self.folder, env=environment, text=True,
                                stdout=subprocess.PIPE)

    def expect_text_and_image(self, make_client, experiment, **variables):
        (self.folder / "2.png").write_bytes(b"picture")
        self.feed([entry("text", 1, 8, key="what", text="# So"), entry("image", 2, 9, key="net/first", file="2.png")],
                  **variables)
        client = make_client()
        run, = client.search_runs([client.get_experiment_by_name(experiment).experiment_id])
        there = Path(client.download_artifacts(run.info.run_id, "", str(self.folder)))
        self.assertEqual((there / "texts/what/8.md").read_text(), "# So")
        self.assertEqual((there / "images/net/first/9.png").read_bytes(), b"picture")

    def write_checkpoint(self):
        checkpoint = self.folder / "out/checkpoint-8"
        (checkpoint / "a folder").mkdir(parents=True)
        (checkpoint / "model.safetensors").write_bytes(os.urandom(3_000_000))
        (checkpoint / "a folder/100% grüße.json").write_text("{}")
        (checkpoint / "empty").touch()
        return checkpoint

    def assert_training(self, client, run, entries):
        self.assertEqual(history(client, run), points(entries))
        self.assertEqual(run.data.params, PARAMS)
        self.assertEqual(run.info.status, "FINISHED")
        self.assertEqual((run.info.start_time, run.info.end_time), (START // 10**6, START // 10**6 + 10**6))
        self.assertEqual(run.info.run_name, "named")
        self.assertEqual(run.data.tags["mlflow.user"], "me")
        self.assertEqual(run.data.tags["mlflow.source.name"], str(Path(FEED).resolve()))
        latest = {key: bits(run.data.metrics[key]) for key in ("loss", "bad", "up", "tiny", "train_loss")}
        self.assertEqual(latest, {key: found[-1][2] for key, found in points(entries).items() if key in latest})


class OnServer(Feeding):
    @classmethod
    def setUpClass(cls):
        cls.server = Server.of_class(cls)
        cls.client = MlflowClient(tracking_uri=cls.server.uri)

    def feed(self, entries, **options):
        return super().feed(entries, MLFLOW_TRACKING_URI=self.server.uri, **options)

    def runs(self, experiment):
        found = self.client.get_experiment_by_name(experiment)
        return self.client.search_runs([found.experiment_id], run_view_type=ViewType.ALL)

    def test_a_run_is_read_back_bit_for_bit(self):
        entries = training()
        output = self.feed(entries, MLFLOW_EXPERIMENT_NAME="plain name", MLFLOW_TAGS='{"team": "vision", "n": 3}')
        run, = self.runs("plain name")
        self.assert_training(self.client, run, entries)
        self.assertEqual((run.data.tags["team"], run.data.tags["n"]), ("vision", "3"))
        self.assertIn("remark mlflow.too_long.too_long", output)
        self.assertIn("remark mlflow.no_number.note", output)

    def log_as_the_reference(self, entries, experiment):
        """The calls that the reference's callback makes with MLflow's client."""
        run_id = self.client.create_run(self.client.create_experiment(experiment)).info.run_id
        for one in entries:
            if one["kind"] == "params":
                params = one["values"]["model_config"] | one["values"]["args"]
                kept = [Param(key, str(value)) for key, value in params.items() if len(str(value)) <= 6000]
                for first in range(0, len(kept), 100):
                    self.client.log_batch(run_id, params=kept[first:first + 100])
            else:
                metrics = {re.sub(r"[^0-9A-Za-z_\-. :/]", "_", key): value for key, value in one["values"].items()
                           if isinstance(value, (int, float))}
                self.client.log_batch(run_id, [Metric(key, value, one["time_ns"] // 10**6, one["step"])
                                               for key, value in metrics.items()])
        self.client.set_terminated(run_id)
        return self.client.get_run(run_id)

    def test_a_run_is_the_same_as_the_references(self):
        entries = training()
        del entries[0]["values"]["args"]["odd @ key"]  # with it the reference loses all parameters
        del entries[-2]["values"]["a//b"]              # ... and this record
        theirs = self.log_as_the_reference(entries, "theirs")
        self.feed(entries, MLFLOW_EXPERIMENT_NAME="ours")
        ours, = self.runs("ours")
        self.assertEqual(ours.data.params, theirs.data.params)
        self.assertEqual(history(self.client, ours), history(self.client, theirs))
        self.assertEqual({key: bits(value) for key, value in ours.data.metrics.items()},
                         {key: bits(value) for key, value in theirs.data.metrics.items()})
        self.assertEqual(ours.info.status, theirs.info.status)

    def test_a_run_is_found_again_by_its_journal(self):
        entries = training()
        self.feed(entries[:30], finish="", MLFLOW_EXPERIMENT_NAME="found")
        self.assertEqual(self.runs("found")[0].info.status, "RUNNING")
        self.feed(entries, memory="lost.json", MLFLOW_EXPERIMENT_NAME="found")
        run, = self.runs("found")
        self.assert_training(self.client, run, entries)

    def test_every_limit_of_the_server_is_kept(self):
        args = {f"p{i}": "ä" * 6000 for i in range(250)}
        wide = {f"m{i}": i for i in range(2500)} | {"k" * 300: 1.5}
        output = self.feed([entry("params", 1, 0, args=args), entry("log", 2, 1, **wide)],
                           MLFLOW_EXPERIMENT_NAME="limits")
        run, = self.runs("limits")
        self.assertEqual(run.data.params, args)
        self.assertEqual(len(run.data.metrics), 2501)
        self.assertEqual(run.data.metrics["k" * 250], 1.5)
        self.assertNotIn("refused", output)

    def test_a_given_run_goes_on(self):
        experiment = self.client.create_experiment("given")
        run_id = self.client.create_run(experiment).info.run_id
        self.client.log_param(run_id, "learning_rate", "0.1")
        self.client.log_metric(run_id, "loss", 9.0, step=0)
        self.client.set_terminated(run_id)
        entries = training()[:5]
        output = self.feed(entries, finish="failed", MLFLOW_RUN_ID=run_id)
        run, = self.runs("given")
        self.assertEqual((run.info.run_id, run.info.status), (run_id, "FAILED"))
        self.assertEqual(run.data.params["learning_rate"], "0.1")
        self.assertEqual(run.data.params["hidden_size"], "64")
        self.assertEqual(len(self.client.get_metric_history(run_id, "loss")), 5)
        self.assertIn("remark mlflow.changed.learning_rate", output)

    def test_a_nested_run_is_found_by_its_parent(self):
        experiment = self.client.create_experiment("nested")
        parent = self.client.create_run(experiment).info.run_id
        self.feed(training()[:3], MLFLOW_EXPERIMENT_NAME="nested", MLFLOW_NESTED_RUN="1", MLFLOW_RUN_ID=parent)
        child, = self.client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent}'")
        self.assertNotEqual(child.info.run_id, parent)

    def test_a_checkpoint_is_a_model_of_the_run(self):
        checkpoint = self.write_checkpoint()
        (self.folder / "out/plot.png").write_bytes(b"picture")
        self.feed([entry("artifact", 1, 8, name="checkpoint-8", type="checkpoint", path="out/checkpoint-8"),
                   entry("artifact", 2, 8, name="plots", type="file", path="out/plot.png")],
                  MLFLOW_EXPERIMENT_NAME="models", HF_MLFLOW_LOG_ARTIFACTS="TRUE")
        run, = self.runs("models")
        model, = self.client.search_logged_models([run.info.experiment_id])
        self.assertEqual((model.name, model.status, model.source_run_id),
                         ("checkpoint-8", "READY", run.info.run_id))
        output, = self.client.get_run(run.info.run_id).outputs.model_outputs
        self.assertEqual((output.model_id, output.step), (model.model_id, 8))
        stored = self.server.folder / "artifacts" / model.artifact_location.removeprefix("mlflow-artifacts:/")
        self.assertEqual(files_under(stored / "artifacts/checkpoint-8"), files_under(checkpoint))
        self.assertIn("baton", (stored / "MLmodel").read_text())
        downloaded = self.client.download_artifacts(run.info.run_id, "plots/plot.png", str(self.folder))
        self.assertEqual(Path(downloaded).read_bytes(), b"picture")

    def test_texts_and_images_are_found_by_mlflow(self):
        self.expect_text_and_image(lambda: self.client, "texts", MLFLOW_EXPERIMENT_NAME="texts")

    def test_a_server_that_is_killed_loses_and_doubles_nothing(self):
        entries = [entry("log", i, i, loss=1 / i, epoch=i / 100) for i in range(1, 6001)]
        options = {"MLFLOW_TRACKING_URI": self.server.uri, "MLFLOW_EXPERIMENT_NAME": "killed"}
        for reached in (500, 2500):
            process = self.begin(entries, "20261122-101530-bbbbbb", "", **options)
            for line in process.stdout:
                if line.startswith("stored") and int(line.split()[1]) >= reached:
                    break
            self.server.kill()
            rest = process.communicate()[0]
            self.assertEqual(process.returncode, 75, rest)
            self.assertIn("fault MLflow cannot be reached", rest)
            self.server.start()
        self.feed(entries, run="20261122-101530-bbbbbb", MLFLOW_EXPERIMENT_NAME="killed")
        run, = self.runs("killed")
        self.assertEqual(run.info.status, "FINISHED")
        stored = sqlite3.connect(self.server.folder / "server.db")
        counts = stored.execute("SELECT key, count(*), count(DISTINCT step), min(step), max(step) FROM metrics "
                                "WHERE run_uuid = ? GROUP BY key", (run.info.run_id,)).fetchall()
        self.assertEqual(counts, [("epoch", 6000, 6000, 1, 6000), ("loss", 6000, 6000, 1, 6000)])


class OnFile(Feeding):
    def client(self):
        return MlflowClient(tracking_uri=f"sqlite:///{self.folder}/mlflow.db")

    def level(self):
        with contextlib.closing(sqlite3.connect(self.folder / "mlflow.db")) as database:
            return database.execute("SELECT version_num FROM alembic_version").fetchone()[0]

    def test_mlflow_reads_a_native_file_as_its_own(self):
        entries = training()
        self.feed(entries)
        ours = self.level()
        run, = self.client().search_runs(["0"])
        self.assertNotEqual(self.level(), ours)
        self.assert_training(self.client(), run, entries)

        self.client().log_metric(run.info.run_id, "later", 1.0)  # MLflow goes on, then we do
        self.feed(entries, run="20261122-101530-cccccc", memory="second.json", MLFLOW_EXPERIMENT_NAME="second")
        second, = self.client().search_runs([self.client().get_experiment_by_name("second").experiment_id])
        self.assert_training(self.client(), second, entries)
        self.assertEqual(self.client().get_run(run.info.run_id).data.metrics["later"], 1.0)

        self.feed(entries[:9], run="20261122-101530-cccccc", memory="second.json", finish="rewound")
        self.feed(entries[:9], run="20261122-101530-cccccc", memory="second.json", finish="killed")
        again = self.client().get_run(second.info.run_id)
        self.assertEqual(history(self.client(), again), points(entries[:9]))
        self.assertEqual(again.info.status, "KILLED")

    def test_a_native_run_goes_on_in_a_file_that_mlflow_made(self):
        run_id = self.client().create_run("0").info.run_id
        self.feed(training(), MLFLOW_RUN_ID=run_id, MLFLOW_TRACKING_URI="sqlite:///mlflow.db")
        run = self.client().get_run(run_id)
        self.assertEqual(history(self.client(), run), points(training()))
        self.assertEqual(run.info.status, "FINISHED")

    def test_artifacts_are_found_by_mlflow(self):
        checkpoint = self.write_checkpoint()
        self.feed([entry("artifact", 1, 8, name="checkpoint-8", type="checkpoint", path="out/checkpoint-8")],
                  HF_MLFLOW_LOG_ARTIFACTS="1")
        run, = self.client().search_runs(["0"])
        there = self.client().download_artifacts(run.info.run_id, "checkpoint-8", str(self.folder / "out"))
        self.assertEqual(files_under(there), files_under(checkpoint))
        self.assertEqual(list(self.folder.glob("mlruns/**/meta.yaml")), [], "MLflow would take it for a file store")

    def test_texts_and_images_are_found_by_mlflow(self):
        self.expect_text_and_image(self.client, "Default")


class Silent(http.server.BaseHTTPRequestHandler):
    """Answers 501 to everything."""
    def log_message(self, *_):
        pass


class Untrusted(Feeding):
    """A TLS server with a certificate that nobody has signed."""
    def setUp(self):
        super().setUp()
        self.certificate = self.make_certificate()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        server = http.server.HTTPServer(("127.0.0.1", 0), Silent)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        self.uri = f"https://127.0.0.1:{server.server_port}"

    def make_certificate(self):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                       .serial_number(1).not_valid_before(now - datetime.timedelta(1))
                       .not_valid_after(now + datetime.timedelta(1))
                       .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                                      critical=False)
                       .sign(key, hashes.SHA256()))
        file = self.folder / "server.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return file

    def fault(self, **variables):
        output = self.feed([], check=76, MLFLOW_TRACKING_URI=self.uri, MLFLOW_TRACKING_TOKEN="hush", **variables)
        self.assertNotIn("hush", output)
        return output

    def test_nothing_is_sent_to_it_unless_its_certificate_is_given(self):
        self.assertRegex(self.fault(), "cannot be reached.*certificate")
        self.assertIn("answered 501", self.fault(MLFLOW_TRACKING_SERVER_CERT_PATH=str(self.certificate)))
        self.assertIn("answered 501", self.fault(MLFLOW_TRACKING_INSECURE_TLS="true"))


if __name__ == "__main__":
    FEED = sys.argv.pop(1)
    os.environ.update(QUIET)
    unittest.main()
