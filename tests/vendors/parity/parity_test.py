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
EXACT, NEARLY = 0.0, 1e-6


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

    def train(self, program, *flags):
        run(BIN_DIR / program, *flags, "--disable_tqdm", "--output_dir", self.folder / "baton")
        # The twins get their arguments from the program itself.
        (self.folder / "config.json").write_text(run(BIN_DIR / program, *flags, "--print_config"))

    def expect_as(self, twin, model, tolerance, keys=()):
        program = Path(__file__).with_name(f"{twin}.py")
        run(sys.executable, program, model, self.folder / "config.json", self.folder / twin)
        count, first, largest = compare(numbers(self.folder / "baton", keys), numbers(self.folder / twin, keys))
        print(f"{self._testMethodName}, {twin}: {count} numbers and tensors, " +
              (f"first difference at {first}, largest {largest:.2g}" if first else "all equal to the bit"))
        self.assertGreater(count, 50)
        self.assertLessEqual(largest, tolerance, f"first difference at {first}")

    def test_mlp_with_dropout_clipping_and_fused_adamw_is_equal_to_the_bit(self):
        self.train("parity", "--model", "mlp", "--max_steps", 100, "--per_device_train_batch_size", 64,
                   "--learning_rate", 1e-3, "--weight_decay", 0.01, "--max_grad_norm", 1.0, "--logging_steps", 1,
                   "--save_strategy", "no")
        self.expect_as("reference", "mlp", EXACT)
        self.expect_as("by_hand", "mlp", EXACT, BY_HAND)

    def test_cnn_with_accumulation_weight_decay_warmup_and_evaluations_is_equal_to_the_bit(self):
        self.train("parity", "--model", "cnn", "--max_steps", 200, "--per_device_train_batch_size", 16,
                   "--gradient_accumulation_steps", 3, "--learning_rate", 1e-2, "--weight_decay", 0.05,
                   "--warmup_steps", 20, "--lr_scheduler_type", "cosine", "--logging_steps", 1, "--eval_strategy",
                   "epoch", "--save_strategy", "no")
        self.expect_as("reference", "cnn", EXACT)

    def test_char_lm_with_accumulation_weight_decay_and_warmup_is_equal_to_the_bit(self):
        self.train("parity", "--model", "char_lm", "--max_steps", 200, "--per_device_train_batch_size", 8,
                   "--gradient_accumulation_steps", 2, "--learning_rate", 3e-3, "--weight_decay", 0.1,
                   "--warmup_steps", 20, "--lr_scheduler_type", "cosine", "--logging_steps", 1, "--save_strategy", "no")
        self.expect_as("reference", "char_lm", EXACT)
        self.expect_as("by_hand", "char_lm", EXACT, BY_HAND)

    def test_fashion_mnist_is_the_same_run_as_in_python(self):
        flags = ["--data", FASHION_MNIST, "--num_train_epochs", 1]
        if not FULL:
            shortened("train", 1600, self.folder)
            shortened("t10k", 700, self.folder)
            flags = ["--data", self.folder, "--logging_steps", 5]
        self.train("fashion_mnist", *flags)
        self.expect_as("reference", "fashion_mnist", EXACT)


if __name__ == "__main__":
    FULL = "--full" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--full"]
    BIN_DIR = Path(sys.argv.pop(1))
    unittest.main()
