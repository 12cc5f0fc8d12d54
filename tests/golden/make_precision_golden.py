#!/usr/bin/env python3
"""Usage: make_precision_golden.py [--check]. Writes precision.json: what the reference does about number formats, label
smoothing and noise.

Needs torch 2.13, transformers 5.23 and accelerate. Bits hold for one kind of processor and one thread.
"""
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn
from transformers import Trainer, TrainingArguments, set_seed
from transformers.integrations.neftune import neftune_post_forward_hook
from transformers.trainer_pt_utils import LabelSmoother

from machine import write_or_check

GOLDEN = Path(__file__).resolve().parent / "precision.json"


class Net(nn.Module):
    """Eight tokens to ten classes."""

    def __init__(self):
        super().__init__()
        self.config = SimpleNamespace()  # label smoothing asks it for a problem type
        self.embedding = nn.Embedding(20, 16)
        self.hidden = nn.Linear(8 * 16, 32)
        self.norm = nn.LayerNorm(32)
        self.head = nn.Linear(32, 10)

    def get_input_embeddings(self):
        return self.embedding

    def forward(self, inputs, labels=None):
        hidden = self.hidden(self.embedding(inputs).flatten(1))
        logits = self.head(self.norm(hidden).relu())
        if labels is None:  # the smoother has taken them
            return {"logits": logits}
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


class Tokens(torch.utils.data.Dataset):
    def __init__(self, samples):
        self.inputs, self.labels = torch.randint(20, (samples, 8)), torch.randint(10, (samples,))

    def __len__(self):
        return len(self.inputs)

    def __getitems__(self, indices):
        return {"inputs": self.inputs[indices], "labels": self.labels[indices]}


def run(name, **arguments):
    """Ten updates by the reference's trainer, then an evaluation within the training."""
    set_seed(42)
    net, train, test = Net(), Tokens(80), Tokens(24)
    with tempfile.TemporaryDirectory() as folder:
        args = TrainingArguments(folder, num_train_epochs=1, learning_rate=1e-2, logging_steps=1, eval_strategy="epoch",
                                 save_strategy="no", report_to="none", disable_tqdm=True, use_cpu=True,
                                 dataloader_pin_memory=False, remove_unused_columns=False, **arguments)
        trainer = Trainer(net, args, data_collator=lambda batch: batch, train_dataset=train, eval_dataset=test)
        trainer.train()
    history = trainer.state.log_history
    return {"name": name, "losses": [logs["loss"] for logs in history if "loss" in logs],
            "norms": [logs["grad_norm"] for logs in history if "grad_norm" in logs],
            "eval_loss": [logs["eval_loss"] for logs in history if "eval_loss" in logs][0]}


def smoothed():
    """Losses of the reference's smoother, for logits made by a generator with a seed."""
    rows = []
    for factor, shape, ignored in ((0.1, (6, 5), 0), (0.3, (6, 5), 2), (0.1, (2, 4, 7), 3), (0.0, (4, 3), 0)):
        torch.manual_seed(len(rows))
        logits, labels = torch.randn(shape), torch.randint(shape[-1], shape[:-1])
        labels.view(-1)[:ignored] = -100
        loss = LabelSmoother(epsilon=factor)({"logits": logits}, labels)
        rows.append({"factor": factor, "logits": logits.flatten().tolist(), "shape": shape,
                     "labels": labels.flatten().tolist(), "loss": loss.item()})
    return rows


def noise():
    """An embedding of ones with noise."""
    embedding = nn.Embedding.from_pretrained(torch.ones(3, 4))
    embedding.neftune_noise_alpha = 5.0
    embedding.register_forward_hook(neftune_post_forward_hook)
    embedding.train()
    torch.manual_seed(7)
    return embedding(torch.tensor([[0, 1, 2], [2, 1, 0]])).flatten().tolist()


def product():
    """All bits of a product in bfloat16, as one number: processors of one kind may have different units for it."""
    torch.manual_seed(1)
    return (torch.randn(8, 128).bfloat16() @ torch.randn(128, 32).bfloat16()).view(torch.int16).long().sum().item()


def main():
    torch.set_num_threads(1)
    golden = {"product": product(), "smoothed": smoothed(), "noise": noise(),
              "runs": [run("plain"), run("bf16", bf16=True), run("smoothed", label_smoothing_factor=0.1),
                       run("smoothed in bf16", label_smoothing_factor=0.1, bf16=True),
                       run("noise", neftune_noise_alpha=5.0)]}
    write_or_check(GOLDEN, golden, seam=("},", "{"))


if __name__ == "__main__":
    main()
