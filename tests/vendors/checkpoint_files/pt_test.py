"""Usage: pt_test.py PT_AGAIN. What torch.save wrote, read and written again by Baton, is to torch what it was before:
torch.load(weights_only=True) reads it, an optimizer goes on from it as if nothing had happened."""
import copy, pickletools, random, subprocess, sys, tempfile, unittest, zipfile
from pathlib import Path

import numpy
import torch
from torch import nn
from transformers.trainer_pt_utils import safe_globals

GOLDEN = Path(__file__).parents[2] / "golden" / "pt"
program = None


def tensors(value, path=""):
    """Every tensor in a value: (where, tensor)."""
    if isinstance(value, torch.Tensor):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from tensors(item, f"{path}/{key}")
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from tensors(item, f"{path}/{i}")


def plain(value):
    """The value without its tensors and arrays."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(plain(item) for item in value) if type(value) in (list, tuple) else tuple(value)
    return str(value.dtype) if isinstance(value, (torch.Tensor, numpy.ndarray)) else value


class PtTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def written_again(self, value, **options):
        torch.save(value, self.folder / "in.pt", **options)
        return self.file_again(self.folder / "in.pt")

    def file_again(self, file):
        done = subprocess.run([program, file, self.folder / "out.pt"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.folder / "out.pt"

    def load(self, file, **options):
        with safe_globals():
            return torch.load(file, weights_only=True, **options)

    def expect_same(self, found, expected):
        self.assertEqual(repr(plain(found)), repr(plain(expected)))
        for (name, one), (_, other) in zip(tensors(found), tensors(expected), strict=True):
            about = [(t.dtype, t.shape, t.stride(), t.storage_offset(), t.requires_grad, t.untyped_storage().nbytes())
                     for t in (one, other)]
            self.assertEqual(*about, name)
            self.assertTrue(torch.equal(one.detach().contiguous().view(torch.uint8) if one.dim() else one,
                                        other.detach().contiguous().view(torch.uint8) if one.dim() else other), name)

    def test_every_golden_file(self):
        for file in sorted(GOLDEN.glob("*.pt*")):
            with self.subTest(file.name):
                self.expect_same(self.load(self.file_again(file)), torch.load(file, weights_only=False))

    def test_a_mapped_file(self):
        value = {"a": torch.arange(1000.0), "b": torch.arange(7)}
        self.expect_same(self.load(self.written_again(value), mmap=True), value)

    def test_views_still_share_memory(self):
        flat = torch.arange(6.0)
        loaded = self.load(self.written_again({"flat": flat, "row": flat[2:4], "tied": flat}))
        loaded["tied"][2] = 100.0
        self.assertEqual((loaded["flat"][2].item(), loaded["row"][0].item()), (100.0, 100.0))

    def test_an_optimizer_goes_on(self):
        for kind, options in ((torch.optim.AdamW, {"amsgrad": True}), (torch.optim.AdamW, {"fused": True}),
                              (torch.optim.SGD, {"momentum": 0.9}), (torch.optim.Adagrad, {})):
            torch.manual_seed(0)
            model = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2))
            optimizer = kind(model.parameters(), lr=0.01, **options)

            def step(model, optimizer):
                optimizer.zero_grad()
                model(torch.ones(5, 3)).square().sum().backward()
                optimizer.step()

            for _ in range(3):
                step(model, optimizer)
            twin = copy.deepcopy(model)
            twin_optimizer = kind(twin.parameters(), lr=1.0)
            twin_optimizer.load_state_dict(self.load(self.written_again(optimizer.state_dict())))
            for _ in range(3):
                step(model, optimizer)
                step(twin, twin_optimizer)
            with self.subTest(kind=kind.__name__, **options):
                self.expect_same(dict(twin.state_dict()), dict(model.state_dict()))

    def test_schedules_go_on(self):
        optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)
        for make in (lambda: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step)),
                     lambda: torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)):
            state = make().state_dict()
            self.expect_same(self.load(self.written_again(state)), state)
            make().load_state_dict(state)

    def test_random_numbers_go_on(self):
        states = {"python": random.getstate(), "numpy": numpy.random.get_state(), "cpu": torch.get_rng_state()}
        expected = random.random(), numpy.random.rand(), torch.rand(1).item()
        loaded = self.load(self.written_again(states))
        random.setstate(loaded["python"])
        numpy.random.set_state(loaded["numpy"])
        torch.set_rng_state(loaded["cpu"])
        self.assertEqual((random.random(), numpy.random.rand(), torch.rand(1).item()), expected)

    def test_numpy_arrays_of_every_plain_type(self):
        arrays = [numpy.array([[1, 2], [0, 1]]).astype(kind) for kind in "? i1 u2 <i4 u8 f2 f4 f8 c8".split()]
        arrays.append(numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3)))
        torch.save(arrays, self.folder / "in.pt")
        loaded = torch.load(self.file_again(self.folder / "in.pt"), weights_only=False)
        for one, other in zip(loaded, arrays, strict=True):
            self.assertEqual((one.dtype, one.tolist()), (other.dtype, other.tolist()))

    def test_the_archive_is_one_that_others_read(self):
        file = self.written_again({"a": torch.ones(3), "b": [1, 2.5, None, b"x"]})
        with zipfile.ZipFile(file) as archive:
            self.assertIsNone(archive.testzip())
            pickle = archive.read("out/data.pkl")
        self.assertEqual(max(opcode.proto for opcode, *_ in pickletools.genops(pickle)), 2)


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
