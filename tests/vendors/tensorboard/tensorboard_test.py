"""Usage: tensorboard_test.py TENSORBOARD_FILES. TensorBoard itself, by each of its readers, finds in a run that was
killed and resumed every value once, and says nothing about the files."""
import json, math, re, struct, subprocess, sys, tempfile, threading, time, unittest, urllib.error, urllib.parse
import urllib.request, zlib
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

program = None
STEPS = list(range(1, 17))
ALL_STATUSES = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]
EXPECTED_LINES = re.compile(  # what TensorBoard says about itself
    r"^$|^TensorBoard \S+ at http|^TensorFlow installation not found|^NOTE: Using experimental fast data loading|^ *To "
    r"(disable|report)|^ *https?://|Serving TensorBoard on localhost|^Press CTRL\+C")


def loss(step):
    return math.nan if step == 12 else (1 if step <= 8 else 2) / step


def single(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\x80\x20\x40" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Server:
    """A TensorBoard on a folder; `fast` chooses the reader."""

    def __init__(self, logs, fast):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", "--logdir", logs, "--host", "127.0.0.1", "--port", "0",
             "--reload_interval", "1", "--samples_per_plugin", "scalars=100000,images=100,text=100",
             f"--load_fast={'true' if fast else 'false'}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.said, self.address, self.ready = [], None, threading.Event()
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()
        if not self.ready.wait(120) or not self.address:
            self.stop()
            raise RuntimeError("TensorBoard did not start: " + "".join(self.said))

    def listen(self):
        for line in self.process.stderr:
            self.said.append(line)
            if match := re.search(r"TensorBoard \S+ at (http://\S+?)/? ", line):
                self.address = match[1]
                self.ready.set()
        self.ready.set()

    def get(self, path, body=None, **query):
        url = f"{self.address}/data/{path}?{urllib.parse.urlencode(query)}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
            return json.loads(answer.read().decode())

    def wait_for(self, what, condition):
        """Readers poll the files each second."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if condition():
                    return
            except urllib.error.HTTPError:
                pass  # not known yet
            time.sleep(0.2)
        raise AssertionError(f"TensorBoard never showed {what}: " + "".join(self.said))

    def scalars(self, run, tag):
        return [(step, math.nan if value == "NaN" else value)
                for _, step, value in self.get("plugin/scalars/scalars", run=run, tag=tag)]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.reader.join(30) if hasattr(self, "reader") else None
        self.process.stderr.close()


class TensorBoardTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.output = Path(cls.folder.name) / "out"
        cls.logs = cls.output / "runs"
        cls.image = Path(cls.folder.name) / "image.png"
        cls.image.write_bytes(png(3, 2))
        assert cls.write("begin") == -9
        cls.live = {fast: cls.server(fast) for fast in (True, False)}
        cls.run_name = next(cls.logs.iterdir()).name
        for server in cls.live.values():
            server.wait_for("step 11", lambda: len(server.scalars(cls.run_name, "train/loss")) == 11)
        assert cls.write("resume") == 0
        assert cls.write("fail") == 0
        cls.failed_name = next(f.name for f in cls.logs.iterdir() if f.name != cls.run_name)
        cls.new = {fast: cls.server(fast) for fast in (True, False)}
        for server in [*cls.live.values(), *cls.new.values()]:
            server.wait_for("step 16", lambda: server.scalars(cls.run_name, "train/loss")[-1][0] == 16)
            server.wait_for("the failed run", lambda: cls.failed_name in server.get("runs"))

    @classmethod
    def server(cls, fast):
        server = Server(cls.logs, fast)
        cls.addClassCleanup(server.stop)
        return server

    @classmethod
    def write(cls, what):
        return subprocess.run([program, cls.output, cls.image, what], timeout=60).returncode

    def each_server(self, check, servers=None):
        for when, group in (("open during the resume", self.live), ("opened after it", self.new)):
            for fast, server in group.items():
                if servers is None or servers is group:
                    with self.subTest(f"{'fast' if fast else 'legacy'} reader, {when}"):
                        check(server)

    def expect_loss(self, points):
        self.assertEqual([step for step, _ in points], STEPS)
        for step, value in points:
            self.assertEqual(repr(value), repr(single(loss(step))))

    def files(self):
        return sorted(file for file in self.logs.rglob("*tfevents*") if file.stat().st_size > 0)

    def test_one_file_a_run(self):
        self.assertEqual(len(self.files()), 2)

    def test_a_resumed_run_is_one_line(self):
        def check(server):
            self.expect_loss(server.scalars(self.run_name, "train/loss"))
            self.assertEqual([s for s, _ in server.scalars(self.run_name, "eval/loss")], [4, 8, 12, 16])
        self.each_server(check)

    def test_the_accumulator_finds_the_same_and_warns_of_nothing(self):
        with self.assertNoLogs(level="WARNING"):
            data = EventAccumulator(str(self.logs / self.run_name), size_guidance={"scalars": 0}).Reload()
        self.expect_loss([(e.step, e.value) for e in data.Scalars("train/loss")])
        times = [event.wall_time for event in data.Scalars("train/loss")]
        self.assertEqual(times, sorted(times))
        self.assertLess(times[0], 1_700_000_100)

    def test_every_record_is_read(self):
        for file in self.files():
            events = list(EventFileLoader(str(file)).Load())
            self.assertEqual(events[0].file_version, "brain.Event:2")
            self.assertEqual(events[0].source_metadata.writer, "baton")
        self.assertEqual(sum(1 for e in events if e.HasField("session_log")), 1)

    def test_inspect_finds_the_steps_in_order(self):
        said = subprocess.run([sys.executable, "-m", "tensorboard.main", "--inspect", "--logdir",
                               self.logs / self.run_name], capture_output=True, text=True, check=True).stdout
        self.assertRegex(said, r"outoforder_steps +\[\]")
        self.assertNotRegex(said, r"outoforder_steps +\[\d")

    def test_nothing_is_said_about_the_files(self):
        for fast, server in self.new.items():
            with self.subTest(fast=fast):
                self.assertEqual([line for line in server.said if not EXPECTED_LINES.search(line)], [])

    def test_texts_are_those_of_the_reference(self):
        def check(server):
            tags = sorted(server.get("plugin/text/tags")[self.run_name])
            self.assertEqual(tags, ["args/text_summary", "model_config/text_summary", "train/note/text_summary"])
            texts = server.get("plugin/text/text", run=self.run_name, tag="train/note/text_summary")
            self.assertEqual([text["step"] for text in texts], [4, 8, 12, 16])
            self.assertIn("after 16", texts[-1]["text"])
            args = server.get("plugin/text/text", run=self.run_name, tag="args/text_summary")
            self.assertIn("learning_rate", args[0]["text"])
        self.each_server(check)

    def test_histograms_and_distributions(self):
        def check(server):
            (_, step, bins), = server.get("plugin/histograms/histograms", run=self.run_name, tag="weights")
            self.assertEqual((step, bins), (8, [[-1, 0, 3], [0, 0.5, 5]]))
            self.assertEqual(len(server.get("plugin/distributions/distributions", run=self.run_name, tag="weights")), 1)
        self.each_server(check)

    def test_images_are_visible(self):
        def check(server):
            self.assertEqual(server.get("plugin/images/tags")[self.run_name]["samples"]["samples"], 1)
            image, = server.get("plugin/images/images", run=self.run_name, tag="samples", sample=0)
            url = f"{server.address}/data/plugin/images/individualImage?{image['query']}"
            with urllib.request.urlopen(url, timeout=60) as answer:
                self.assertEqual(answer.read(), self.image.read_bytes())
        self.each_server(check)

    def test_the_table_of_hyperparameters(self):
        def check(server):
            found = server.get("plugin/hparams/experiment", {"experimentName": "", "includeMetrics": True})
            self.assertEqual({info["name"]: info["type"] for info in found["hparamInfos"]},
                             {"learning_rate": "DATA_TYPE_FLOAT64", "num_train_epochs": "DATA_TYPE_FLOAT64",
                              "fp16": "DATA_TYPE_BOOL", "optim": "DATA_TYPE_STRING"})
            tags = [info["name"]["tag"] for info in found["metricInfos"]]
            self.assertIn("eval/loss", tags)
            rows = server.get("plugin/hparams/session_groups", {
                "experimentName": "", "allowedStatuses": ALL_STATUSES, "startIndex": 0, "sliceSize": 10,
                "colParams": [{"metric": {"group": "", "tag": tag}} for tag in tags]})["sessionGroups"]
            by_name = {row["sessions"][0]["name"]: row["sessions"][0] for row in rows}
            self.assertEqual({name: session["status"] for name, session in by_name.items()},
                             {self.run_name: "STATUS_SUCCESS", self.failed_name: "STATUS_FAILURE"})
            self.assertEqual(rows[0]["hparams"]["learning_rate"], 0.001)
            values = {v["name"]["tag"]: v["value"] for v in by_name[self.run_name]["metricValues"]}
            self.assertEqual(values["eval/loss"], single(2 / 16 + 1))
            self.assertEqual(values["train/loss"], single(2 / 16))
        self.each_server(check, self.new)  # an open one keeps what it read first


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main(verbosity=2)
