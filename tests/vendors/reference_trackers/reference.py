"""Usage: reference.py PLAYS. Plays scripted runs, cases as in tests/contract, through the Trainer of transformers with
its own callbacks for report_to. PLAYS is a JSON list of {"folder", "environment", "case"}. Each phase is a process of
its own, working in FOLDER/life-N, where it leaves its log records in history.json; all share FOLDER/out as their output
folder. Of what a case may have it knows what its test uses."""
import json, os, sys
from pathlib import Path

import codecarbon, dvclive, mlflow, torch.utils.tensorboard  # here, so that no phase has to
import torch
from torch.utils.data import Dataset
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.utils import logging


class Interruption(Exception):
    """What a script throws."""


class Numbers(Dataset):
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        return {"x": float(index), "labels": 0.0}


class ScriptedModel(torch.nn.Module):
    """One parameter; losses, gradients and metrics are the script's, whose last entries repeat."""

    def __init__(self, phase):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.phase, self.batch, self.evaluation = phase, -1, -1

    @staticmethod
    def entry(numbers, index):
        return float(numbers[min(index, len(numbers) - 1)])

    def forward(self, x, labels):
        if not self.training:
            return {"loss": torch.tensor(self.entry(self.phase["eval_losses"], self.evaluation)), "logits": x}
        self.batch += 1
        slope = self.entry(self.phase["micro_grads"], self.batch)
        value = self.entry(self.phase["micro_losses"], self.batch)
        return {"loss": value + slope * (self.weight - self.weight.detach()).sum(), "logits": x}

    def metrics(self, _):
        return {name: self.entry(values, self.evaluation) for name, values in self.phase["metrics"].items()}


class ScriptedTrainer(Trainer):
    def actions(self, event):
        for callback in self.model.phase["callbacks"]:
            for action in callback["actions"]:
                if action["on"] == event and action["at_step"] == self.state.global_step:
                    yield action

    def evaluation_loop(self, *args, **kwargs):
        self.model.evaluation += 1
        return super().evaluation_loop(*args, **kwargs)

    def log(self, logs, start_time=None):
        for action in self.actions("log"):
            logs = logs | action["log_set"]
        super().log(logs, start_time)


class Guide(TrainerCallback):
    """Keeps the records of this life; interrupts it where the script says so."""

    def __init__(self):
        self.trainer, self.records = None, []

    def on_log(self, args, state, control, logs, **_):
        self.records.append(logs | {"step": state.global_step})

    def on_step_end(self, *_, **__):
        for action in self.trainer.actions("step_end"):
            raise Interruption(action["throw"])


def play(phase, output_dir):
    model, guide = ScriptedModel(phase), Guide()
    guide.trainer = ScriptedTrainer(
        model, TrainingArguments(output_dir=str(output_dir), **phase["args"]), callbacks=[guide],
        train_dataset=Numbers(phase["train"]["samples"]), eval_dataset=Numbers(phase["eval"]["samples"]),
        compute_metrics=model.metrics)
    try:
        for call in phase["calls"]:
            if call["do"] == "train":
                guide.trainer.train(resume_from_checkpoint=call.get("resume"))
            else:
                guide.trainer.evaluate(metric_key_prefix=call["prefix"])
    except Interruption:
        pass
    Path("history.json").write_text(json.dumps(guide.records))


def main(plays):
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    for one in plays:
        for number, phase in enumerate(one["case"]["phases"]):
            if child := os.fork():
                if os.waitpid(child, 0)[1] != 0:
                    sys.exit(f"{one['folder']}: phase {number} failed")
                continue
            os.environ.update(one["environment"])
            life = Path(one["folder"]) / f"life-{number}"
            life.mkdir(parents=True)
            os.chdir(life)
            play(phase, Path(one["folder"]) / "out")
            return


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
