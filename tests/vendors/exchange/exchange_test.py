"""Usage: exchange_test.py BIN_DIR. Baton goes on with checkpoints of the Trainer of transformers, and that with
Baton's. Everything that such a run leaves is the same, to the bit, as in the reference's run that was never
interrupted: logged records, weights, moments, schedule, random generators. Left out are clocks and, in the last record,
train_loss, which the reference counts from the resume on. Saves come when the loss has just been logged, because the
reference forgets at a resume what it had not logged (docs/differences.md, D10 and D14)."""
import json, sys, tempfile, unittest
from pathlib import Path

import numpy
import torch
from safetensors.torch import load_file
from transformers import TrainerState
from transformers.trainer_pt_utils import safe_globals

sys.path.append(str(Path(__file__).parents[1] / "parity"))
from parity_test import CLOCKS, run, shortened

EXAMPLE = Path(__file__).parents[3] / "examples/python_exchange/run.sh"

# 17 batches an epoch, the last one smaller: nine updates, the last one of a single batch.
FLAGS = ("--num_train_epochs", 3, "--per_device_train_batch_size", 4, "--gradient_accumulation_steps", 2,
         "--logging_steps", 3, "--save_steps", 3, "--learning_rate", 1e-2, "--weight_decay", 0.1, "--warmup_steps", 4,
         "--max_grad_norm", 0.8)
UPDATES = 27
# Of a schedule that moves with evaluations. The rest of what the reference saves is arguments and an unused count.
MOVING = {"best", "num_bad_epochs", "num_good_epochs", "cooldown_counter", "warmup_counter", "reset_start", "_last_lr"}
RESUMED = {6: "in the middle of an epoch", 18: "at the end of an epoch"}
SETTINGS = {
    "fused AdamW": (),
    "AdamW, cosine": ("--optim", "adamw_torch", "--lr_scheduler_type", "cosine"),
    "plateau": ("--lr_scheduler_type", "reduce_lr_on_plateau", "--lr_scheduler_kwargs", '{"patience": 0}',
                "--eval_strategy", "steps", "--eval_steps", 3),
    "greedy, smoothed": ("--lr_scheduler_type", "greedy", "--lr_scheduler_kwargs",
                         '{"patience": 0, "min_lr": 1e-3, "smooth": true, "window_size": 3}',
                         "--eval_strategy", "steps", "--eval_steps", 3),
    "SGD with momentum": ("--optim", "sgd", "--optim_args", "momentum=0.9"),
    "Adafactor": ("--optim", "adafactor", "--lr_scheduler_type", "cosine"),
}


def differences(ours, theirs, where):
    """Where two values, and all in them, are not the same."""
    if type(ours) is not type(theirs) and not {type(ours), type(theirs)} <= {int, float}:
        yield f"{where}: {type(ours).__name__} {ours}, expected {type(theirs).__name__} {theirs}"
    elif isinstance(ours, dict):
        if sorted(ours, key=str) != sorted(theirs, key=str):
            yield f"{where}: has {list(ours)}, expected {list(theirs)}"
        for key in ours.keys() & theirs.keys():
            yield from differences(ours[key], theirs[key], f"{where}.{key}")
    elif isinstance(ours, (list, tuple)):
        if len(ours) != len(theirs):
            yield f"{where}: has {len(ours)} items, expected {len(theirs)}"
        for index, pair in enumerate(zip(ours, theirs)):
            yield from differences(*pair, f"{where}.{index}")
    elif isinstance(ours, torch.Tensor):
        if ours.dtype != theirs.dtype or not torch.equal(ours, theirs):
            yield f"{where}: {ours}, expected {theirs}"
    elif isinstance(ours, numpy.ndarray):
        if ours.dtype != theirs.dtype or not numpy.array_equal(ours, theirs):
            yield f"{where}: {ours}, expected {theirs}"
    elif ours != theirs:
        yield f"{where}: {ours}, expected {theirs}"


def read_pt(file):
    with safe_globals():
        content = torch.load(file, weights_only=True)
    if "num_bad_epochs" in content:
        average = content.get("_streaming_avg", {})
        return {key: value for key, value in content.items() if key in MOVING} | {
            key: average[key] for key in ("values", "sum") if average}
    for state in content.get("state", {}).values():
        state.pop("RMS", None)  # Adafactor's, which each step computes before it reads it
    return content


def read_weights(file):
    """Each side takes another of the names of a weight that is tied."""
    return {name.replace("head.weight", "token.weight"): tensor for name, tensor in load_file(file).items()}


def history(folder, left_out=("train_loss",)):
    records = TrainerState.load_from_json(str(folder / "trainer_state.json")).log_history
    return [{key: value for key, value in record.items() if not key.endswith(CLOCKS) and key not in left_out}
            for record in records]


def content(checkpoint):
    """All that the reference reads there, read as it does."""
    return {"log": history(checkpoint), "weights": read_weights(checkpoint / "model.safetensors")} | {
        name: read_pt(checkpoint / name) for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth")}


class ExactTest(unittest.TestCase):
    def expect_same(self, ours, theirs, what):
        self.assertGreater(len(theirs), 3)
        different = list(differences(ours, theirs, what))
        self.assertFalse(different, f"{len(different)} differences, the first: {different[:5]}")


class ExchangeTest(ExactTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folders = {setting: Path(folder.name) / str(i) for i, setting in enumerate(SETTINGS)}
        for setting in SETTINGS:
            cls.folders[setting].mkdir()
            cls.train_in_cpp(setting, "baton")
        cls.train_in_python("reference")
        for step in RESUMED:
            for setting in SETTINGS:
                cls.train_in_cpp(setting, f"baton_from_{step}", f"reference/checkpoint-{step}")
        cls.train_in_python(*((f"{who}_from_{step}", f"{whose}/checkpoint-{step}") for step in RESUMED
                              for who, whose in (("reference", "baton"), ("again", "reference"))))

    @classmethod
    def train_in_cpp(cls, setting, output, checkpoint=None):
        folder = cls.folders[setting]
        flags = [*FLAGS, *SETTINGS[setting]]
        (folder / "config.json").write_text(run(BIN_DIR / "exchange", *flags, "--print_config"))
        if checkpoint:
            flags += ["--resume_from_checkpoint", folder / checkpoint]
        run(BIN_DIR / "exchange", *flags, "--output_dir", folder / output, "--disable_tqdm")

    @classmethod
    def train_in_python(cls, *trainings):
        """Each is an output folder or that and a checkpoint; all in one process, of which the start is the dearest."""
        jobs = []
        for training in trainings:
            names = (training,) if isinstance(training, str) else training
            jobs += [":".join(map(str, (folder / "config.json", *(folder / name for name in names))))
                     for folder in cls.folders.values()]
        run(sys.executable, Path(__file__).with_name("twin.py"), *jobs)

    def everywhere(self, check):
        for setting, folder in self.folders.items():
            for step, where in RESUMED.items():
                with self.subTest(f"{setting}, {where}"):
                    check(folder, step)

    def test_checkpoints_hold_the_same(self):
        self.everywhere(lambda folder, step: self.expect_same(
            content(folder / f"baton/checkpoint-{step}"), content(folder / f"reference/checkpoint-{step}"), step))

    def test_baton_goes_on_with_the_references(self):
        self.everywhere(lambda folder, step: self.expect_as_uninterrupted(folder, f"baton_from_{step}"))

    def test_the_reference_goes_on_with_batons(self):
        self.everywhere(lambda folder, step: self.expect_as_uninterrupted(folder, f"reference_from_{step}"))

    def test_train_loss_of_what_baton_goes_on_with_is_as_after_the_references_own_resume(self):
        self.everywhere(lambda folder, step: self.expect_same(
            history(folder / f"baton_from_{step}", ()), history(folder / f"again_from_{step}", ()), "log"))

    def expect_as_uninterrupted(self, folder, name):
        ours, theirs = folder / name, folder / "reference"
        self.expect_same(history(ours), history(theirs), "log")
        self.expect_same(content(ours / f"checkpoint-{UPDATES}"), content(theirs / f"checkpoint-{UPDATES}"), "the end")

    def test_what_is_shared_is_stored_once_and_what_is_unused_has_no_state(self):
        for who in ("baton", "reference"):
            checkpoint = self.folders["fused AdamW"] / who / "checkpoint-6"
            names = load_file(checkpoint / "model.safetensors").keys()
            self.assertEqual(len(names & {"token.weight", "head.weight"}), 1)
            optimizer = read_pt(checkpoint / "optimizer.pt")
            # token, mix and unused decay; biases, batch_norm's weight and scale's do not
            self.assertEqual([len(group["params"]) for group in optimizer["param_groups"]], [3, 7])
            self.assertEqual(len(optimizer["state"]), 8)


class ExampleTest(ExactTest):
    def test_epochs_in_python_and_in_cpp_are_one_training(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        data, parts, whole = (Path(folder.name) / name for name in ("data", "parts", "whole"))
        data.mkdir()
        shortened("train", 600, data)  # ten updates an epoch
        shortened("t10k", 200, data)
        program = BIN_DIR / "fashion_mnist"
        flags = ("--data", data, "--logging_steps", 5, "--warmup_steps", 5)
        run("env", f"PYTHON={sys.executable}", f"FASHION_MNIST={program}", EXAMPLE, *flags, "--output_dir", parts)
        run(program, *flags, "--output_dir", whole, "--per_device_train_batch_size", 60, "--lr_scheduler_type",
            "constant_with_warmup", "--num_train_epochs", 4)
        self.expect_same(history(parts), history(whole), "log")
        self.expect_same(load_file(parts / "model.safetensors"), load_file(whole / "model.safetensors"), "weights")


if __name__ == "__main__":
    BIN_DIR = Path(sys.argv.pop(1))
    unittest.main()
