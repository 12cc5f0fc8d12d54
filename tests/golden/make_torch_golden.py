#!/usr/bin/env python3
"""Usage: make_torch_golden.py [--check]. Writes torch.json: what PyTorch does in Python, for baton::train
to do to the bit.

Needs numpy, transformers 5 and torch 2.13, the version Baton is built with. Bits hold for one kind of processor
(`cpu_capability`) and one thread.
"""
from pathlib import Path

import numpy
import torch
from torch import nn
from transformers.trainer_pt_utils import get_length_grouped_indices

from machine import write_or_check

GOLDEN = Path(__file__).resolve().parent / "torch.json"


def order(samples, seed, epoch, keep=None):
    generator = torch.Generator()
    generator.manual_seed(seed + epoch)
    return {"samples": samples, "seed": seed, "epoch": epoch,
            "order": torch.randperm(samples, generator=generator).tolist()[:keep]}


def orders():
    return [order(10, 42, 0), order(10, 42, 1), order(10, 43, 0), order(7, 0, 3), order(1, 42, 0),
            order(10, 2**32 - 1, 5), order(60000, 42, 2, keep=8)]


def grouped_order(samples, group, seed, epoch):
    lengths = [1 + i * i * 37 % 101 for i in range(samples)]  # many are equal
    generator = torch.Generator()
    generator.manual_seed(seed + epoch)
    return {"lengths": lengths, "group": group, "seed": seed, "epoch": epoch,
            "order": get_length_grouped_indices(lengths, group, generator=generator)}


def grouped_orders():
    return [grouped_order(10, 2, 42, 0), grouped_order(10, 2, 42, 1), grouped_order(5, 8, 42, 0),
            grouped_order(100, 4, 7, 0), grouped_order(450, 1, 7, 2), grouped_order(1, 1, 42, 0)]


def gradients_of_step(step, sizes):
    """Numbers that any language makes alike: 64ths from a small linear congruence."""
    state = 7 + step
    gradients = []
    for size in sizes:
        values = []
        for _ in range(size):
            state = (state * 1103515245 + 12345) % 2**31
            values.append((state // 65536 % 257 - 128) / 64)
        gradients.append(values)
    return gradients


def clips():
    rows = []
    for max_norm in (1.0, 0.3, 1000.0):
        values = gradients_of_step(3, (48, 16))
        params = [nn.Parameter(torch.zeros(len(v))) for v in values]
        for param, value in zip(params, values):
            param.grad = torch.tensor(value)
        norm = nn.utils.clip_grad_norm_(params, max_norm)
        rows.append({"max_norm": max_norm, "norm": norm.item(), "clipped": [p.grad.tolist() for p in params]})
    return rows


def means():
    """Means over samples of float32 batch losses, as runs of [loss, samples]: what an evaluation ends with."""
    rows = []
    for sizes in ([1], [3, 4], [8], [5, 2, 9], [64, 64], [64, 64, 1], [500] * 20, [7] * 143 + [3], [1] * 300):
        losses = numpy.array([1 + g / 7 for g in gradients_of_step(len(sizes), [len(sizes)])[0]], numpy.float32)
        mean = numpy.repeat(losses, sizes).mean().item()
        rows.append({"runs": [[loss, size] for loss, size in zip(losses.tolist(), sizes)], "mean": mean})
    return rows


def generator():
    """What the default generator gives after each of three iterations over a loader without workers has begun."""
    torch.manual_seed(42)
    loader = torch.utils.data.DataLoader(range(4))
    return [(iter(loader), torch.rand(1).item())[1] for _ in range(3)]


def training():
    """Two epochs of seven batches, three to an update, as the reference's trainer runs them."""
    torch.manual_seed(42)
    net = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.Dropout(0.1), nn.ReLU(), nn.Linear(16, 4))
    inputs, labels = torch.randn(56, 8), torch.randint(0, 4, (56,))
    decayed = [net[0].weight, net[4].weight]
    others = [net[0].bias, net[1].weight, net[1].bias, net[4].bias]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
                                  lr=1e-2, fused=True)
    losses, norms = [], []
    for epoch in range(2):
        torch.empty((), dtype=torch.int64).random_()  # as a loader does when an iteration begins
        batches = torch.tensor(order(56, 42, epoch)["order"]).split(8)
        for window in (batches[0:3], batches[3:6], batches[6:7]):
            total = torch.tensor(0.0)
            for indices in window:
                loss = nn.functional.cross_entropy(net(inputs[indices]), labels[indices]) / len(window)
                loss.backward()
                total += loss.detach()
            norms.append(nn.utils.clip_grad_norm_(net.parameters(), 1.0).item())
            optimizer.step()
            net.zero_grad()
            losses.append(total.item())
    return {"losses": losses, "norms": norms, "weights": {n: p.flatten().tolist() for n, p in net.named_parameters()}}


def main():
    torch.set_num_threads(1)
    golden = {"orders": orders(), "grouped_orders": grouped_orders(), "clips": clips(), "means": means(),
              "generator": generator(), "training": training()}
    write_or_check(GOLDEN, golden, seam=("],", '"'))


if __name__ == "__main__":
    main()
