"""A test that calls programs in a temporary folder of its own, without the variables of trackers and proxies."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

FOREIGN = re.compile(r"(?i)MLFLOW|DVC|TENSORBOARD|.*_proxy$")
SECONDS = 120
programs = {}


def take_programs(words, *names):
    """The programs, by their names, are the first words of the command line."""
    programs.update((name, str(pathlib.Path(words.pop(1)).absolute())) for name in names)


class InAFolder(unittest.TestCase):
    output = "runs/track_only"  # the output_dir

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
        self.environment["HOME"] = folder.name

    def start(self, program, *words):
        return subprocess.Popen([programs[program], *map(str, words)], cwd=self.folder, env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def call(self, program, words, code=0, out=r"\A", err=r"\A"):
        """What it prints on stdout."""
        process = self.start(program, *words)
        stdout, stderr = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, code, stdout + stderr)
        self.assertRegex(stdout, out)
        self.assertRegex(stderr, err)
        return stdout

    def baton(self, *words, **expected):
        return self.call("baton", words, **expected)

    def wait_until(self, condition):
        deadline = time.monotonic() + SECONDS
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it never came true")
            time.sleep(0.005)

    def entries(self, kind):
        [run] = json.loads(self.baton("inspect", self.output, "--json"))["runs"]
        return [entry for entry in run["entries"] if entry["kind"] == kind]

    def logged(self):
        """What MLflow is to hold of the journal."""
        return sorted((key, entry["step"], entry["time_ns"] // 1_000_000, value)
                      for entry in self.entries("log") for key, value in entry["values"].items())
