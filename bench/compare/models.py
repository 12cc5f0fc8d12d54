"""The twins of models.h: the same layers, made in the same order, so that the same seed gives the same first weights
and the same data."""
import torch
from torch import nn
from torch.nn import functional


class Mlp(nn.Module):
    def __init__(self, inputs, width, dropout):
        super().__init__()
        self.hidden = nn.Linear(inputs, width)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width, 10)

    def forward(self, inputs):
        active = torch.relu(self.hidden(inputs))
        return self.output(self.dropout(active) if self.dropout.p > 0 else active)


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(16 * 7 * 7, 10))

    def forward(self, inputs):
        return self.layers(inputs)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.mix = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        x = x + self.dropout(self.mix(self.attended(self.norm1(x))))
        return x + self.dropout(self.down(functional.gelu(self.up(self.norm2(x)))))

    def attended(self, x):
        parts = self.qkv(x).view(x.size(0), x.size(1), 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        return functional.scaled_dot_product_attention(*parts, is_causal=True).transpose(1, 2).reshape(x.shape)


class CharLm(nn.Module):
    TOKENS, LENGTH, WIDTH = 64, 64, 64

    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(self.TOKENS, self.WIDTH)
        self.position = nn.Embedding(self.LENGTH, self.WIDTH)
        self.blocks = nn.Sequential(Block(self.WIDTH, 4), Block(self.WIDTH, 4))
        self.norm = nn.LayerNorm(self.WIDTH)
        self.head = nn.Linear(self.WIDTH, self.TOKENS)

    def forward(self, tokens):
        return self.head(self.norm(self.blocks(self.token(tokens) + self.position.weight)))


def cross_entropy(logits, labels):
    return functional.cross_entropy(logits.flatten(0, -2), labels.flatten())


class WithLoss(nn.Module):
    """A network as the Trainer of transformers wants it."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, inputs, labels):
        logits = self.network(inputs)
        return {"loss": cross_entropy(logits, labels), "logits": logits}


class Tensors(torch.utils.data.Dataset):
    """Fetches a batch at once. Fetching samples one by one and stacking them gives the same batches, slower."""

    def __init__(self, inputs, labels, transform=lambda inputs: inputs):
        self.inputs, self.labels, self.transform = inputs, labels, transform

    def __len__(self):
        return len(self.inputs)

    def __getitems__(self, indices):
        return {"inputs": self.transform(self.inputs[indices]), "labels": self.labels[indices]}


def draw_samples(model, count):
    if model == "char_lm":
        text = torch.randint(CharLm.TOKENS, (count, CharLm.LENGTH + 1))
        return Tensors(text[:, :-1].contiguous(), text[:, 1:].contiguous())
    shape = {"micro": (32,), "mlp": (784,), "cnn": (1, 28, 28)}[model]
    return Tensors(torch.randn(count, *shape), torch.randint(10, (count,)))


def make_network(model):
    networks = {"micro": lambda: Mlp(32, 32, 0.0), "mlp": lambda: Mlp(784, 256, 0.1), "cnn": Cnn, "char_lm": CharLm}
    return networks[model]()
