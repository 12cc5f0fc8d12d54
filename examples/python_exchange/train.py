"""Usage: train.py CONFIG. examples/fashion_mnist for the Trainer of transformers: the same network, data and random
numbers. CONFIG is a file with what that program prints with --print_config, so both train with the same arguments."""
import gzip, json, sys
from dataclasses import fields
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.utils.data import TensorDataset
from transformers import Trainer, TrainingArguments, set_seed


class Net(nn.Module):
    """The layers have the names and the order that they have in C++: the order in which they draw their weights."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 24, 3, padding=1), nn.MaxPool2d(2), nn.BatchNorm2d(24), nn.ReLU(),
            nn.Conv2d(24, 48, 3, padding=1), nn.MaxPool2d(2), nn.BatchNorm2d(48), nn.ReLU(),
            nn.Flatten(), nn.Linear(48 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 10))

    def forward(self, inputs, labels):
        logits = self.layers(inputs)
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


def read_idx(path):
    if not path.exists():
        path = path.with_name(path.name + ".gz")
    data = (gzip.open if path.suffix == ".gz" else open)(path, "rb").read()
    shape = numpy.frombuffer(data, ">i4", data[3], 4)
    return torch.from_numpy(numpy.frombuffer(data, "u1", offset=4 + 4 * data[3]).reshape(shape).copy())


def fashion_mnist(folder, split):
    images, labels = (read_idx(Path(folder) / f"{split}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
    return TensorDataset(images.unsqueeze(1), labels.long())


def normalised(samples):
    images, labels = (torch.stack(column) for column in zip(*samples))
    return {"inputs": images.float().sub_(0.2860 * 255).div_(0.3530 * 255), "labels": labels}


def accuracy(prediction):
    return {"accuracy": (prediction.predictions.argmax(1) == prediction.label_ids).sum() / len(prediction.label_ids)}


def read_config(file, **others):
    """The arguments that the Trainer of transformers knows, and all that there are."""
    config = json.loads(Path(file).read_text()) | others
    known = {field.name for field in fields(TrainingArguments)}
    arguments = {name: value for name, value in config.items() if name in known} | {
        "use_cpu": True, "dataloader_pin_memory": False, "remove_unused_columns": False}
    return TrainingArguments(**arguments), config


def train(file, **others):
    args, config = read_config(file, **others)
    set_seed(args.seed)
    trainer = Trainer(Net(), args, data_collator=normalised, train_dataset=fashion_mnist(config["data"], "train"),
                      eval_dataset=fashion_mnist(config["data"], "t10k"), compute_metrics=accuracy)
    resume = config.get("resume_from_checkpoint")
    trainer.train(resume_from_checkpoint={"true": True, "false": None}.get(resume, resume))
    trainer.save_model()
    trainer.evaluate()
    trainer.save_state()
    return trainer.state


if __name__ == "__main__":
    for record in train(sys.argv[1]).log_history[:-1]:  # the last one evaluates the same weights again
        for name in record.keys() & {"loss", "eval_accuracy"}:
            print(f"step {record['step']:5}, epoch {record['epoch']:.2f}: {name} {record[name]:.4f}")
