"""A real `mlflow server`, and what MLflow's client reads of a run."""
import contextlib, os, signal, socket, struct, subprocess, sys, tempfile, time, urllib.request
from pathlib import Path

QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
LARGEST = sys.float_info.max


def bits(value):
    """That all values can be compared by."""
    return struct.pack("<d", max(-LARGEST, min(LARGEST, float(value)))) if value == value else b"NaN"


def history(client, run):
    return {key: sorted((m.step, m.timestamp, bits(m.value)) for m in client.get_metric_history(run.info.run_id, key))
            for key in run.data.metrics}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A real `mlflow server`, which may be killed and started again on the same data."""
    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None
        self.uri = f"http://127.0.0.1:{self.port}"
        self.start()

    @classmethod
    def of_class(cls, case):
        """One for all tests of the case, in a folder of its own."""
        folder = tempfile.TemporaryDirectory()
        case.addClassCleanup(folder.cleanup)
        server = cls(Path(folder.name))
        case.addClassCleanup(server.kill)
        return server

    def start(self):
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port), "--workers",
                 "1", "--backend-store-uri", f"sqlite:///{self.folder}/server.db", "--artifacts-destination",
                 str(self.folder / "artifacts")], env=os.environ | QUIET, cwd=self.folder, stdout=log, stderr=log,
                start_new_session=True)
        until = time.monotonic() + 180
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(self.uri + "/health", timeout=5):
                return
            time.sleep(0.2)
        raise RuntimeError("no server:\n" + (self.folder / "server.log").read_text()[-3000:])

    def kill(self):
        """With all its workers: they outlive it otherwise."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
