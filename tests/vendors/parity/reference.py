"""Usage: reference.py MODEL FOLDER... The Python twin of a program here: the same model and data, trained by the
Trainer of transformers. FOLDER/config.json is what the program prints with --print_config. Leaves what the program
leaves in FOLDER/reference: trainer_state.json and model.safetensors."""
import gzip, json, sys
from dataclasses import fields
from pathlib import Path

import numpy
import torch
from torch import nn
from transformers import Trainer, TrainingArguments, set_seed

sys.path.append(str(Path(__file__).parents[3] / "bench/compare"))
import models


def drawn(model):
    train, test = models.draw_samples(model, 1000), models.draw_samples(model, 500)
    return models.make_network(model), train, test


def read_idx(path):
    if not path.exists():
        path = path.with_name(path.name + ".gz")
    data = (gzip.open if path.suffix == ".gz" else open)(path, "rb").read()
    shape = numpy.frombuffer(data, ">i4", data[3], 4)
    return torch.from_numpy(numpy.frombuffer(data, "u1", offset=4 + 4 * data[3]).reshape(shape).copy())


class FashionMnistNet(nn.Module):
    """The network of examples/fashion_mnist/main.cc."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 24, 3, padding=1), nn.MaxPool2d(2), nn.BatchNorm2d(24), nn.ReLU(),
            nn.Conv2d(24, 48, 3, padding=1), nn.MaxPool2d(2), nn.BatchNorm2d(48), nn.ReLU(),
            nn.Flatten(), nn.Linear(48 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 10))

    def forward(self, inputs):
        return self.layers(inputs)


def fashion_mnist(folder):
    def images_and_labels(split):
        images, labels = (read_idx(Path(folder) / f"{split}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
        return models.Tensors(images.unsqueeze(1), labels.long(),
                              lambda images: images.float().sub_(0.2860 * 255).div_(0.3530 * 255))

    return FashionMnistNet(), images_and_labels("train"), images_and_labels("t10k")


def read_config(folder, output_dir):
    """The arguments that the reference knows, and all that there are."""
    config = json.loads((folder / "config.json").read_text())
    known = {field.name for field in fields(TrainingArguments)}
    arguments = {name: value for name, value in config.items() if name in known} | {
        "output_dir": str(output_dir), "use_cpu": True, "dataloader_pin_memory": False, "remove_unused_columns": False}
    return TrainingArguments(**arguments), config


def accuracy(prediction):
    return {"accuracy": (prediction.predictions.argmax(1) == prediction.label_ids).sum() / len(prediction.label_ids)}


def main(model, folder):
    args, config = read_config(folder, folder / "reference")
    set_seed(args.seed)
    network, train, test = fashion_mnist(config["data"]) if model == "fashion_mnist" else drawn(model)
    trainer = Trainer(models.WithLoss(network), args, data_collator=lambda batch: batch, train_dataset=train,
                      eval_dataset=test, compute_metrics=accuracy if model != "char_lm" else None)
    trainer.train()
    trainer.save_model()
    trainer.evaluate()
    trainer.save_state()


if __name__ == "__main__":
    torch.set_num_threads(1)
    for folder in sys.argv[2:]:
        main(sys.argv[1], Path(folder))
