"""Usage: twin.py JOB... The twin of exchange.cc for the Trainer of transformers. A JOB is CONFIG:OUTPUT or
CONFIG:OUTPUT:CHECKPOINT: what the program prints with --print_config, where to write, what to go on from."""
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from transformers import PreTrainedConfig, PreTrainedModel, Trainer, set_seed

sys.path.append(str(Path(__file__).parents[1] / "parity"))
from reference import models, read_config

TOKENS, LENGTH, WIDTH = 24, 6, 8


class Config(PreTrainedConfig):
    model_type = "exchange"


class Head(nn.Module):
    def __init__(self, shared):
        super().__init__()
        self.weight = shared
        self.bias = nn.Parameter(torch.zeros(len(shared)))

    def forward(self, inputs):
        return functional.linear(inputs, self.weight, self.bias)


class Net(PreTrainedModel):
    """No plain module, which the Trainer does not save if weights are tied."""
    config_class = Config
    _tied_weights_keys = {"head.weight": "token.weight"}

    def __init__(self):
        super().__init__(Config(tie_word_embeddings=True))
        self.token = nn.Embedding(TOKENS, WIDTH)
        self.batch_norm = nn.BatchNorm1d(WIDTH)
        self.dropout = nn.Dropout(0.2)
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.scale = nn.LayerNorm(WIDTH)
        self.frozen = nn.Linear(WIDTH, WIDTH).requires_grad_(False)
        self.unused = nn.Linear(WIDTH, WIDTH)
        self.head = Head(self.token.weight)
        self.post_init()

    def _init_weights(self, module):
        """They have drawn their first weights already, as exchange.cc does."""

    def forward(self, inputs, labels):
        x = self.token(inputs)
        x = self.batch_norm(x.transpose(1, 2)).transpose(1, 2)
        x = x + self.dropout(functional.gelu(self.mix(x))) + self.frozen(x)
        logits = self.head(self.scale(x.mean(1)))
        return {"loss": functional.cross_entropy(logits, labels), "logits": logits}


def drawn(count):
    return models.Tensors(torch.randint(TOKENS, (count, LENGTH)), torch.randint(TOKENS, (count,)))


def main(config, output, checkpoint=None):
    args, _ = read_config(config, output_dir=output)
    set_seed(args.seed)
    train_set, test_set = drawn(67), drawn(20)
    trainer = Trainer(Net(), args, data_collator=lambda batch: batch, train_dataset=train_set, eval_dataset=test_set)
    trainer.train(resume_from_checkpoint=checkpoint)
    trainer.save_model()
    trainer.save_state()


if __name__ == "__main__":
    torch.set_num_threads(1)
    for job in sys.argv[1:]:
        main(*job.split(":"))
