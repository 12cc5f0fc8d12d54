"""Usage: reference.py MODEL FOLDER... The Python twin of a program here: the same model and data, trained by the
Trainer of transformers. FOLDER/config.json is what the program prints with --print_config. Leaves what the program
leaves in FOLDER/reference: trainer_state.json and model.safetensors."""
import sys
from pathlib import Path

import torch
from transformers import Trainer, set_seed

ROOT = Path(__file__).parents[3]
sys.path += [str(ROOT / "bench/compare"), str(ROOT / "examples/python_exchange")]
import models
import train as fashion_mnist
from train import accuracy, read_config


def drawn(model):
    train, test = models.draw_samples(model, 1000), models.draw_samples(model, 500)
    return models.make_network(model), train, test


def train_drawn(model, config, output_dir):
    args, _ = read_config(config, output_dir=output_dir)
    set_seed(args.seed)
    network, train, test = drawn(model)
    trainer = Trainer(models.WithLoss(network), args, data_collator=lambda batch: batch, train_dataset=train,
                      eval_dataset=test, compute_metrics=accuracy if model != "char_lm" else None)
    trainer.train()
    trainer.save_model()
    trainer.evaluate()
    trainer.save_state()


if __name__ == "__main__":
    torch.set_num_threads(1)
    model = sys.argv[1]
    for folder in map(Path, sys.argv[2:]):
        config, output_dir = folder / "config.json", str(folder / "reference")
        if model == "fashion_mnist":
            fashion_mnist.train(config, output_dir=output_dir)
        else:
            train_drawn(model, config, output_dir)
