"""Usage: reference.py CASE CONFIG OUTPUT_DIR. The Python twin of a program here: the same model and data, trained by
the Trainer of transformers. CONFIG is what the program prints with --print_config. Leaves what the program leaves in
OUTPUT_DIR: trainer_state.json and model.safetensors."""
import gzip, json, sys
from dataclasses import fields
from pathlib import Path

import numpy
import torch
from torch import nn
from transformers import Trainer, TrainingArguments, set_seed


class Net(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, inputs, labels):
        logits = self.layers(inputs)
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


class Tensors(torch.utils.data.Dataset):
    """Fetches a batch at once. Fetching samples one by one and stacking them gives the same batches, slower."""

    def __init__(self, inputs, labels, transform=lambda inputs: inputs):
        self.inputs, self.labels, self.transform = inputs, labels, transform

    def __len__(self):
        return len(self.inputs)

    def __getitems__(self, indices):
        return {"inputs": self.transform(self.inputs[indices]), "labels": self.labels[indices]}


def drawn(samples, *shape):
    return Tensors(torch.randn(samples, *shape), torch.randint(10, (samples,)))


def mlp(config):
    train, test = drawn(1000, 64), drawn(500, 64)
    return Net(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 10)), train, test


def cnn(config):
    train, test = drawn(1000, 1, 16, 16), drawn(500, 1, 16, 16)
    return Net(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
               nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
               nn.Flatten(), nn.Linear(16 * 4 * 4, 10)), train, test


def read_idx(path):
    if not path.exists():
        path = path.with_name(path.name + ".gz")
    data = (gzip.open if path.suffix == ".gz" else open)(path, "rb").read()
    shape = numpy.frombuffer(data, ">i4", data[3], 4)
    return torch.from_numpy(numpy.frombuffer(data, "u1", offset=4 + 4 * data[3]).reshape(shape).copy())


def fashion_mnist(config):
    def images_and_labels(split):
        images, labels = (read_idx(Path(config["data"]) / f"{split}-{kind}-ubyte")
                          for kind in ("images-idx3", "labels-idx1"))
        return Tensors(images.unsqueeze(1), labels.long(),
                       lambda images: images.float().sub_(0.2860 * 255).div_(0.3530 * 255))

    net = Net(nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
              nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
              nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 10))
    return net, images_and_labels("train"), images_and_labels("t10k")


def accuracy(prediction):
    return {"accuracy": (prediction.predictions.argmax(1) == prediction.label_ids).sum() / len(prediction.label_ids)}


def main(case, config_file, output_dir):
    config = json.loads(Path(config_file).read_text())
    known = {field.name for field in fields(TrainingArguments)}
    args = TrainingArguments(**{name: value for name, value in config.items() if name in known} | {
        "output_dir": output_dir, "use_cpu": True, "dataloader_pin_memory": False, "remove_unused_columns": False})
    set_seed(args.seed)
    net, train, test = case(config)
    trainer = Trainer(net, args, data_collator=lambda batch: batch, train_dataset=train, eval_dataset=test,
                      compute_metrics=accuracy)
    trainer.train()
    trainer.save_model()
    trainer.evaluate()
    trainer.save_state()


if __name__ == "__main__":
    torch.set_num_threads(1)
    main({"mlp": mlp, "cnn": cnn, "fashion_mnist": fashion_mnist}[sys.argv[1]], *sys.argv[2:])
