"""scripts/get_libtorch.sh with wheels made for the test: which one it takes, and what it says when it takes none."""
import os, subprocess, tempfile, unittest, zipfile
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "get_libtorch.sh"
WHOLE = ["lib/libtorch_cpu.so", "lib/libc10.so", "include/c10/a.h", "include/torch/csrc/a.h",
         "share/cmake/Torch/TorchConfig.cmake"]


class GetLibtorchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.target = self.root / "deps" / "libtorch"
        (self.root / "wheels").mkdir()

    def make_wheel(self, files, version="2.13.0+cpu"):
        tag = f"cp311-cp311-manylinux_2_28_{os.uname().machine}"
        info = f"torch-{version}.dist-info"
        with zipfile.ZipFile(self.root / "wheels" / f"torch-{version}-{tag}.whl", "w") as wheel:
            for name in files:
                wheel.writestr(f"torch/{name}", "")
            wheel.writestr("torch/nn.py", "")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
            wheel.writestr(f"{info}/RECORD", "")

    def make_folder(self, files):
        for name in files:
            file = self.root / "mine" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        return str(self.root / "mine")

    def get(self, *arguments):
        environment = {k: v for k, v in os.environ.items() if k != "BATON_LIBTORCH"}
        environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.root / "wheels")}
        run = subprocess.run([SCRIPT, "--into", self.root / "deps", *arguments], env=environment,
                             capture_output=True, text=True)
        self.assertFalse((self.root / "deps" / "wheel").exists(), "a wheel was left behind")
        return run

    def expect_refusal(self, run, *words):
        self.assertEqual(1, run.returncode, run.stdout + run.stderr)
        self.assertFalse(self.target.exists())
        for word in words:
            self.assertIn(word, run.stderr)

    def test_unpacks_the_pinned_wheel_without_its_python(self):
        self.make_wheel(WHOLE)
        run = self.get()
        self.assertEqual((0, "2.13.0+cpu, downloaded"), (run.returncode, run.stdout.splitlines()[-1]), run.stderr)
        self.assertTrue((self.target / "lib/libtorch_cpu.so").exists())
        self.assertFalse((self.target / "nn.py").exists())

    def test_second_run_downloads_nothing(self):
        self.make_wheel(WHOLE)
        self.get()
        (self.root / "wheels").rename(self.root / "gone")
        self.assertEqual("2.13.0+cpu, already there\n", self.get().stdout)

    def test_replaces_another_version(self):
        self.make_wheel(WHOLE)
        self.get()
        (self.target / "build-version").write_text("2.11.0+cpu\n")
        self.assertIn("2.13.0+cpu, downloaded\n", self.get().stdout)

    def test_refuses_a_cuda_wheel(self):
        self.make_wheel(WHOLE + ["lib/libtorch_cuda.so"])
        self.expect_refusal(self.get(), "libtorch_cuda.so", "--libtorch DIR")

    def test_says_where_it_looked_for_a_missing_version(self):
        self.make_wheel(WHOLE, version="2.12.0+cpu")
        run = self.get()
        self.expect_refusal(run, "torch==2.13.0+cpu", "https://download.pytorch.org/whl/cpu", "--libtorch DIR")
        self.assertIn("trying https://download.pytorch.org/whl/cpu", run.stdout)

    def test_names_what_a_wheel_lacks(self):
        self.make_wheel(WHOLE[:2])
        self.expect_refusal(self.get(), "the wheel has no include/c10")

    def test_takes_the_folder_that_is_named(self):
        mine = self.make_folder(WHOLE)
        self.assertEqual(mine + "\n", self.get("--libtorch", mine).stdout)
        self.assertEqual(mine, os.readlink(self.target))
        self.assertEqual(f"{mine}, already there\n", self.get().stdout)

    def test_refuses_a_folder_that_is_no_libtorch(self):
        mine = self.make_folder(WHOLE[:3])
        self.expect_refusal(self.get("--libtorch", mine), f"{mine} is not a LibTorch", "include/torch/csrc")


if __name__ == "__main__":
    unittest.main()
