"""baton export and baton import as a user meets them, on golden files of LibTorch and Python.

Usage: convert_test.py PROGRAM
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
import zlib

GOLDEN = pathlib.Path(__file__).parents[1] / "golden"
program = None


def header(file):
    data = file.read_bytes()
    return json.loads(data[8:8 + int.from_bytes(data[:8], "little")])


def tensors(file):
    """Type, shape and bytes of every tensor by each of its names."""
    entries = header(file)
    names = {name: name for name in entries if name != "__metadata__"}
    names |= {name: target for name, target in entries["__metadata__"].items() if target in names}
    data = file.read_bytes()
    data = data[8 + int.from_bytes(data[:8], "little"):]
    return {name: (entries[target]["dtype"], entries[target]["shape"], data[slice(*entries[target]["data_offsets"])])
            for name, target in names.items()}


class Convert(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.module = GOLDEN / "libtorch" / "module.pt"
        self.weights = self.folder / "weights.safetensors"

    def baton(self, *words, code=0, out="", err=""):
        run = subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, code, run.stderr)
        for text, expected in ((run.stdout, out), (run.stderr, err)):
            self.assertRegex(text, expected) if expected else self.assertEqual(text, "")

    def imported(self, *words):
        self.baton("import", self.module, "-o", self.weights, *words, out="17 tensors, 35 elements of a TorchScript")
        return self.weights

    def left(self):
        return sorted(file.name for file in self.folder.iterdir())


class Import(Convert):
    def test_help_says_how_to_call_it(self):
        self.baton("import", "--help", out=r"(?s)Usage:   baton import FILE -o .*Exit code")

    def test_a_module_of_libtorch_becomes_safetensors(self):
        found = header(self.imported())
        self.assertEqual(found["__metadata__"], {"format": "pt", "blocks.0.weight": "tied"})
        self.assertEqual((found["turned"]["dtype"], found["turned"]["shape"]), ("F32", [2, 3]))
        self.baton("verify", self.weights, out=r"^good      weights\.safetensors: 16 tensors, 35 elements\n$")
        self.assertEqual(self.left(), ["weights.safetensors"])

    def test_names_are_changed(self):
        found = header(self.imported("--rename", "blocks.0=fc", "--rename=blocks.2=norm"))
        self.assertIn("norm.running_mean", found)
        self.assertEqual(found["__metadata__"]["fc.weight"], "tied")

    def test_a_state_dict_of_python_becomes_safetensors(self):
        self.baton("import", GOLDEN / "pt" / "state_dict.pt", "-o", self.weights, out="22 tensors.*a Python state_dict")

    def test_what_is_no_tensor_is_left_out_and_told(self):
        self.baton("import", GOLDEN / "libtorch" / "scripted.pt", "-o", self.weights,
                   out=r"(?s)left out, as it is no tensor: parts\n.*8 tensors, 15 elements")

    def test_a_folder_is_made(self):
        self.baton("import", self.module, "-o", self.folder / "new", out="17 tensors")
        self.assertIn("turned", header(self.folder / "new" / "model.safetensors"))

    def test_a_folder_that_is_there_is_touched_only_by_force(self):
        shutil.copy(GOLDEN / "pt" / "optimizer.pt", self.folder)
        self.baton("import", self.module, "-o", self.folder, code=1, err="is there already; --force replaces it")
        self.assertEqual(self.left(), ["optimizer.pt"])
        self.baton("import", self.module, "-o", self.folder, "--force", out="belong to other weights: optimizer.pt")
        self.assertEqual(self.left(), ["model.safetensors", "optimizer.pt"])

    def test_the_manifest_of_a_checkpoint_vouches_for_the_new_weights(self):
        old = {"name": "model.safetensors", "bytes": 1, "crc32": 1}
        other = {"name": "a.json", "bytes": 2, "crc32": zlib.crc32(b"{}")}
        (self.folder / "a.json").write_text("{}")
        manifest = self.folder / "manifest.json"
        manifest.write_text(json.dumps({"format": 1, "files": [old, other]}))
        self.baton("import", self.module, "-o", self.folder, "--force", out=r"belong to other weights: a\.json\.")
        data = (self.folder / "model.safetensors").read_bytes()
        new = {"name": "model.safetensors", "bytes": len(data), "crc32": zlib.crc32(data)}
        self.assertEqual(json.loads(manifest.read_text())["files"], [new, other])

    def test_a_failure_leaves_nothing_behind(self):
        self.baton("import", GOLDEN / "pt" / "optimizer.pt", "-o", self.folder / "new", code=1, err="of an optimizer")
        self.baton("import", self.module, "-o", self.folder / "absent" / "w.safetensors", code=1, err="absent")
        cut = self.folder / "cut.pt"
        cut.write_bytes(self.module.read_bytes()[:-9])
        self.baton("import", cut, "-o", self.folder / "new", code=1, err="cut.pt: cut off")
        self.assertEqual(self.left(), ["cut.pt"])

    def test_wrong_words_are_usage_errors(self):
        for words, problem in (([], "expected the path of the weights"), (["a"], "-o is missing"),
                               (["a", "b"], "b: expected one path"), (["a", "-o"], "-o is the last word"),
                               (["a", "--format", "x"], "--format: no such flag"), (["a", "--deep"], "--deep: no such"),
                               ([self.module, "-o", self.weights, "--rename", "x=y"], "rename x=y: no tensor"),
                               (["a", "-o", "b.bin"], "-o b.bin: expected a folder or a .safetensors file"),
                               ([self.module, "-o", self.weights, "--rename", "x"], "rename x: expected OLD=NEW")):
            self.baton("import", *words, code=2, err=problem)
        self.assertEqual(self.left(), [])

    def test_code_in_a_file_is_refused(self):
        with zipfile.ZipFile(self.folder / "evil.pt", "w") as archive:
            archive.writestr("evil/data.pkl", "cos\nsystem\n(S'true'\ntR.")
            archive.writestr("evil/version", "3\n")
        self.baton("import", self.folder / "evil.pt", "-o", self.weights, code=1, err="asks for os.system")


class Export(Convert):
    def setUp(self):
        super().setUp()
        self.imported()

    def test_help_says_how_to_call_it(self):
        self.baton("export", "--help", out=r"(?s)Usage:   baton export CHECKPOINT -o FILE .*Exit code")

    def test_the_format_follows_from_the_name(self):
        for name, about in (("a.pth", "Python state_dict"), ("a.bin", "Python state_dict"),
                            ("a.safetensors", "safetensors file")):
            file = self.folder / name
            self.baton("export", self.weights, "-o", file, out=f"{name}: {about}.*, 17 tensors, 35 elements\n$")
            self.baton("verify", file, out="good .*35 elements|good .*39 elements")

    def test_pt_says_too_little(self):
        self.baton("export", self.weights, "-o", "a.pt", code=2, err="--format is missing: a.pt does not say")
        self.baton("export", self.weights, "-o", "a.pt", "--format", "onnx", code=2, err="--format onnx: expected lib")

    def test_what_is_there_stays_without_force(self):
        file = self.folder / "a.pth"
        file.write_text("old")
        self.baton("export", self.weights, "-o", file, code=1, err="a.pth: is there already; --force replaces it")
        self.assertEqual(file.read_text(), "old")
        self.baton("export", self.weights, "-o", file, "--force", out="17 tensors")

    def test_there_and_back_changes_nothing(self):
        for words in ("--format=state_dict",), ("--format=libtorch",), ("--format=libtorch", "--like", self.module):
            file = self.folder / "a.pt"
            self.baton("export", self.weights, "-o", file, *words, "--force", out="17 tensors, 35 elements")
            again = self.folder / "again.safetensors"
            self.baton("import", file, "-o", again, "--force", out="17 tensors, 35 elements")
            self.assertEqual(tensors(again), tensors(self.weights), words)

    def test_a_checkpoint_is_exported_by_its_folder(self):
        self.weights.rename(self.folder / "model.safetensors")
        self.baton("export", self.folder, "-o", self.folder / "a.pth", out="17 tensors")

    def test_a_folder_without_weights_is_refused(self):
        (self.folder / "empty").mkdir()
        words = ("export", self.folder / "empty", "-o", self.folder / "a.pth")
        self.baton(*words, code=1, err="no checkpoint: the folder holds no model.safetensors")
        (self.folder / "empty" / "model.safetensors.index.json").write_text("{}")
        self.baton(*words, code=1, err="its weights are in several files")

    def test_like_brings_modules_and_finds_what_does_not_fit(self):
        file = self.folder / "a.pt"
        words = ("export", self.weights, "-o", file, "--format", "libtorch", "--like", self.module)
        self.baton(*words, out="LibTorch archive")
        with zipfile.ZipFile(file) as archive:
            classes = [name for name in archive.namelist() if name.endswith(".py")]
        self.assertEqual(len(classes), 6, "the root, blocks and its four")
        self.baton(*words, "--force", "--rename", "row=column", code=2,
                   err=r'(?s)tensor "column" is not in .*module\.pt.*tensor "row" is only in ')
        self.baton(*words, "--force", "--rename", "row=half", "--rename", "half=row", code=2,
                   err=r'tensor "half": expected BF16 \[2\], found F32 \[2\]')

    def test_like_is_for_libtorch_only(self):
        self.baton("export", self.weights, "-o", "a.pth", "--like", self.module, code=2, err="--like is for --format")


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
