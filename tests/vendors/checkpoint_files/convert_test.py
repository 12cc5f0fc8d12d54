"""Usage: convert_test.py BATON. baton import and baton export against Python's torch and safetensors: every tensor is
the same bit by bit, whichever side wrote it and in which format."""
import copy, subprocess, sys, tempfile, unittest
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

program = None


class Net(nn.Module):
    """Tied, frozen, 0-dimensional, empty and transposed tensors, several types, modules without any."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.BatchNorm1d(4), nn.Dropout(0.1))
        self.head = nn.Linear(3, 4, bias=False)
        self.head.weight = self.body[0].weight
        self.turned = nn.Parameter(torch.randn(4, 3).t())
        self.frozen = nn.Parameter(torch.randn(2).bfloat16(), requires_grad=False)
        for name, tensor in (("scalar", torch.tensor(2.5, dtype=torch.float64)), ("empty", torch.empty(0, 3)),
                             ("mask", torch.tensor([True, False])), ("count", torch.tensor([2**40, -1])),
                             ("float16", torch.randn(3).half()), ("small", torch.randn(4).to(torch.float8_e5m2)),
                             ("strided", torch.arange(12.0)[1::3]), ("unsigned", torch.arange(3).to(torch.uint16)),
                             ("image", torch.randn(1, 2, 3, 4).to(memory_format=torch.channels_last))):
            self.register_buffer(name, tensor)

    def forward(self, x):
        return self.body(x) + self.head(x) + self.scalar


class ConvertTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        torch.manual_seed(3)
        self.net = Net()
        for _ in range(3):
            self.net(torch.randn(5, 3))  # moves num_batches_tracked
        self.state = self.net.state_dict()
        self.weights = self.folder / "weights.safetensors"

    def baton(self, *words):
        done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def imported(self, file, *words):
        self.baton("import", file, "-o", self.weights, *words)
        return self.weights

    def expect_same(self, found, expected):
        self.assertEqual(set(found), set(expected))
        for name, tensor in expected.items():
            one, other = (t.detach().contiguous().reshape(-1).view(torch.uint8) for t in (found[name], tensor))
            self.assertEqual((found[name].dtype, found[name].shape), (tensor.dtype, tensor.shape), name)
            self.assertTrue(torch.equal(one, other), name)

    def expect_imported(self, expected):
        """safetensors has a tied tensor once."""
        found = load_file(self.weights)
        missing = set(expected) - set(found)
        self.assertEqual(len(missing & {"head.weight", "body.0.weight"}), len(missing))
        self.assertEqual(len(missing), 1)
        self.expect_same(found, {name: tensor for name, tensor in expected.items() if name in found})

    def test_a_state_dict(self):
        torch.save(self.state, self.folder / "state.pth")
        self.imported(self.folder / "state.pth")
        self.expect_imported(self.state)

    def test_a_state_dict_under_a_key(self):
        torch.save({"epoch": 3, "state_dict": {f"model.{name}": t for name, t in self.state.items()}},
                   self.folder / "run.ckpt")
        self.imported(self.folder / "run.ckpt", "--key", "state_dict", "--rename", "model=")
        self.expect_imported(self.state)

    def test_a_scripted_and_a_traced_module(self):
        for module in (torch.jit.script(self.net), torch.jit.trace(self.net.eval(), torch.randn(5, 3))):
            torch.jit.save(module, self.folder / "script.pt")
            self.imported(self.folder / "script.pt", "--force")
            self.expect_imported(self.state)

    def test_a_state_dict_is_loaded_by_the_model(self):
        torch.save(self.state, self.folder / "state.pth")
        self.baton("export", self.imported(self.folder / "state.pth"), "-o", self.folder / "again.pth")
        loaded = torch.load(self.folder / "again.pth", weights_only=True)
        self.expect_same(loaded, self.state)
        self.assertEqual(loaded["head.weight"].data_ptr(), loaded["body.0.weight"].data_ptr())
        torch.manual_seed(4)
        twin = Net()
        twin.load_state_dict(loaded)
        x = torch.randn(2, 3)
        self.assertTrue(torch.equal(twin.eval()(x), copy.deepcopy(self.net).eval()(x)))

    def test_an_archive_is_read_by_torch_jit(self):
        torch.save(self.state, self.folder / "state.pth")
        file = self.folder / "net.pt"
        self.baton("export", self.imported(self.folder / "state.pth"), "-o", file, "--format", "libtorch")
        module = torch.jit.load(file)
        self.expect_same(module.state_dict(), self.state)
        self.assertLessEqual({"mask", "count", "body.2.running_mean", "body.2.num_batches_tracked"},
                             {name for name, _ in module.named_buffers()})
        self.assertIn("body.0.bias", dict(module.named_parameters()))

    def test_safetensors_are_renamed(self):
        torch.save(self.state, self.folder / "state.pth")
        out = self.folder / "renamed.safetensors"
        self.baton("export", self.imported(self.folder / "state.pth"), "-o", out, "--rename", "body.2=norm")
        self.expect_same({name: t for name, t in load_file(out).items() if name.startswith("norm.")},
                         {name.replace("body.2", "norm"): t for name, t in self.state.items() if "body.2" in name})


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
