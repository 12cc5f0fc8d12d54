"""Usage: parity_test.py BIN_DIR [--full]. The same training by Baton, by the Trainer of transformers and in plain
PyTorch: same seed, one thread; compared are all logged records but for clocks, and the weights. --full: an epoch of all
of Fashion-MNIST."""
import gzip, json, os, subprocess, sys, tempfile, unittest
from itertools import zip_longest
from pathlib import Path

from safetensors.torch import load_file

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
CLOCKS = ("_runtime", "_per_second")
BY_HAND = ("loss", "grad_norm", "learning_rate")
OPTIMIZERS = (
    ("adamw_torch_fused", "--learning_rate", 1e-2),
    ("adamw_torch", "--learning_rate", 1e-2),
    ("sgd", "--learning_rate", 0.1),
    ("sgd", "--learning_rate", 0.1, "--optim_args", "momentum=0.9"),
    ("sgd", "--learning_rate", 0.1, "--optim_args", "momentum=0.9,nesterov=True"),
    ("adagrad", "--learning_rate", 1e-2),
    ("rmsprop", "--learning_rate", 1e-3),
    ("adafactor", "--learning_rate", 1e-2),
    ("lion_32bit", "--learning_rate", 1e-3),
)


def run(*command):
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def numbers(folder, keys=()):
    """Every number that a run left behind, in the order of the steps: (where, number or tensor)."""
    for record in json.loads((folder / "trainer_state.json").read_text())["log_history"]:
        for key, value in sorted(record.items()):
            if not key.endswith(CLOCKS) and (not keys or key in keys):
                yield f"step {record['step']}: {key}", value
    tensors = load_file(folder / "model.safetensors")
    for name, tensor in sorted((name.removeprefix("network."), tensor) for name, tensor in tensors.items()):
        yield f"at the end: {name}", tensor.double()


def relative_difference(ours, theirs):
    if isinstance(ours, (int, float)):
        return abs(ours - theirs) / max(abs(theirs), 1e-30)
    return ((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1e-30)).item()


def compare(ours, theirs):
    """How many numbers there are, the first that differs, the largest difference relative to their number."""
    count, first, largest = 0, None, 0.0
    for our, their in zip_longest(ours, theirs, fillvalue=("nothing", 0.0)):
        if our[0] != their[0]:
            return count, f"{our[0]} is not {their[0]}", float("inf")
        count += 1
        difference = relative_difference(our[1], their[1])
        if difference != 0.0 and first is None:
            first = f"{our[0]} ({our[1]}, there {their[1]})" if isinstance(our[1], float) else our[0]
        largest = max(largest, difference)
    return count, first, largest


def shortened(split, samples, folder):
    """The first samples of Fashion-MNIST, as idx files."""
    for kind, bytes_each in (("images-idx3", 28 * 28), ("labels-idx1", 1)):
        name = f"{split}-{kind}-ubyte"
        plain = FASHION_MNIST / name
        data = plain.read_bytes() if plain.exists() else gzip.decompress((FASHION_MNIST / f"{name}.gz").read_bytes())
        header = 4 + 4 * data[3]
        (folder / name).write_bytes(data[:4] + samples.to_bytes(4, "big") + data[8:header + samples * bytes_each])


class ParityTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def train(self, program, *flags, folder=None):
        folder = folder or self.folder
        run(BIN_DIR / program, *flags, "--disable_tqdm", "--output_dir", folder / "baton")
        # The twins get their arguments from the program itself.
        (folder / "config.json").write_text(run(BIN_DIR / program, *flags, "--print_config"))

    def expect_as(self, twin, model, keys=()):
        run(sys.executable, Path(__file__).with_name(f"{twin}.py"), model, self.folder)
        self.expect_same(self.folder / "baton", self.folder / twin, keys)

    def expect_same(self, ours, theirs, keys=()):
        count, first, largest = compare(numbers(ours, keys), numbers(theirs, keys))
        print(f"{self._testMethodName}, {ours.parent.name}, {theirs.name}: {count} numbers and tensors, " +
              (f"first difference at {first}, largest {largest:.2g}" if first else "all equal to the bit"))
        self.assertGreater(count, 50)
        self.assertIsNone(first)

    def test_mlp_with_dropout_clipping_and_fused_adamw_is_equal_to_the_bit(self):
        self.train("parity", "--model", "mlp", "--max_steps", 100, "--per_device_train_batch_size", 64,
                   "--learning_rate", 1e-3, "--weight_decay", 0.01, "--max_grad_norm", 1.0, "--logging_steps", 1,
                   "--save_strategy", "no")
        self.expect_as("reference", "mlp")
        self.expect_as("by_hand", "mlp", BY_HAND)

    def test_cnn_with_accumulation_weight_decay_warmup_and_evaluations_is_equal_to_the_bit(self):
        self.train("parity", "--model", "cnn", "--max_steps", 200, "--per_device_train_batch_size", 16,
                   "--gradient_accumulation_steps", 3, "--learning_rate", 1e-2, "--weight_decay", 0.05,
                   "--warmup_steps", 20, "--lr_scheduler_type", "cosine", "--logging_steps", 1, "--eval_strategy",
                   "epoch", "--save_strategy", "no")
        self.expect_as("reference", "cnn")

    def test_char_lm_with_accumulation_weight_decay_and_warmup_is_equal_to_the_bit(self):
        self.train("parity", "--model", "char_lm", "--max_steps", 200, "--per_device_train_batch_size", 8,
                   "--gradient_accumulation_steps", 2, "--learning_rate", 3e-3, "--weight_decay", 0.1,
                   "--warmup_steps", 20, "--lr_scheduler_type", "cosine", "--logging_steps", 1, "--save_strategy", "no")
        self.expect_as("reference", "char_lm")
        self.expect_as("by_hand", "char_lm", BY_HAND)

    def test_every_optimizer_is_equal_to_the_bit(self):
        folders = []
        for optim, *flags in OPTIMIZERS:
            folders.append(self.folder / f"{optim}{len(folders)}")
            folders[-1].mkdir()
            self.train("parity", "--model", "micro", "--max_steps", 200, "--per_device_train_batch_size", 64,
                       "--weight_decay", 0.05, "--warmup_steps", 20, "--lr_scheduler_type", "cosine", "--logging_steps",
                       1, "--save_strategy", "no", "--optim", optim, *flags, folder=folders[-1])
        run(sys.executable, Path(__file__).with_name("reference.py"), "micro", *folders)
        for folder in folders:
            with self.subTest(folder.name):
                self.expect_same(folder / "baton", folder / "reference")

    def test_fashion_mnist_is_the_same_run_as_in_python(self):
        flags = ["--data", FASHION_MNIST, "--num_train_epochs", 1]
        if not FULL:
            shortened("train", 1600, self.folder)
            shortened("t10k", 700, self.folder)
            flags = ["--data", self.folder, "--logging_steps", 5]
        self.train("fashion_mnist", *flags)
        self.expect_as("reference", "fashion_mnist")


if __name__ == "__main__":
    FULL = "--full" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--full"]
    BIN_DIR = Path(sys.argv.pop(1))
    unittest.main()
