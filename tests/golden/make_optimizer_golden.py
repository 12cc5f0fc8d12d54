#!/usr/bin/env python3
"""Usage: make_optimizer_golden.py [--check]. Writes optimizers.json: what the reference's optimizers do, step by step.

Needs torch 2.13, transformers 5.23 and, for Lion, bitsandbytes 0.50 (no GPU). Each optimizer is configured by the
reference's own handlers, from training arguments. Bits hold for one kind of processor and one thread.
"""
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn
from transformers import trainer_optimizer
from transformers.training_args import OptimizerNames

from machine import write_or_check
from make_torch_golden import gradients_of_step

GOLDEN = Path(__file__).resolve().parent / "optimizers.json"
SHAPES = ((6, 8), (19,), (2, 3, 5))
STEPS = 20


def case(optim, optim_args=None, weight_decay=0.1, dtype="float32"):
    return {"optim": optim, "optim_args": optim_args, "weight_decay": weight_decay, "dtype": dtype}


CASES = [
    case("adamw_torch_fused"), case("adamw_torch_fused", weight_decay=0.0), case("adamw_torch"),
    case("adamw_torch", weight_decay=0.0), case("adamw_torch", dtype="bfloat16"),
    case("sgd"), case("sgd", weight_decay=0.0), case("sgd", "momentum=0.9"),
    case("sgd", "momentum=0.9,dampening=0.1"), case("sgd", "momentum=0.9, nesterov=True"),
    case("sgd", "momentum=0.9,nesterov=yes", weight_decay=0.0), case("sgd", "momentum=0.9", dtype="bfloat16"),
    case("adagrad"), case("adagrad", "lr_decay=0.1,eps=1e-6", weight_decay=0.0),
    case("rmsprop"), case("rmsprop", "momentum=0.9,alpha=0.9", weight_decay=0.0),
    case("rmsprop", "momentum=0.5,centered=True,eps=1e-5"), case("rmsprop", "centered=1"),
    case("rmsprop", "momentum=0.9", dtype="bfloat16"), case("adagrad", dtype="bfloat16"),
    case("adafactor"), case("adafactor", weight_decay=0.0), case("adafactor", dtype="bfloat16"),
    case("lion_32bit"), case("lion_32bit", weight_decay=0.0), case("lion_32bit", dtype="bfloat16"),
]


def shaped(step, dtype):
    values = gradients_of_step(step, [torch.Size(shape).numel() for shape in SHAPES])
    return [torch.tensor(v).reshape(shape).to(dtype) for v, shape in zip(values, SHAPES)]


def make_optimizer(row, params):
    args = SimpleNamespace(optim=OptimizerNames(row["optim"]), adam_beta1=0.9, adam_beta2=0.95)
    context = trainer_optimizer.OptimizerContext(
        args=args, model=None, optimizer_kwargs={"lr": 1e-2}, adam_kwargs={"betas": (0.9, 0.95), "eps": 1e-6},
        optim_args=trainer_optimizer._parse_optim_args(row["optim_args"]))
    optimizer_class, kwargs = trainer_optimizer._OPTIMIZER_HANDLERS[args.optim](context)
    groups = [{"params": params[0::2], "weight_decay": row["weight_decay"]},
              {"params": params[1:2], "weight_decay": 0.0}]
    return optimizer_class(groups, **kwargs)


def bits(tensors):
    """One number for all bits of some tensors."""
    whole = {2: torch.int16, 4: torch.int32}
    return sum(t.detach().contiguous().view(whole[t.element_size()]).long().sum().item() for t in tensors)


def state_of(optimizer):
    saved = optimizer.state_dict()
    states = {}
    for index, state in saved["state"].items():
        state.update(state.pop("__bnb_optimizer_quant_state__", {}))
        state.pop("RMS", None)  # Adafactor's note to itself, overwritten before it is used
        states[str(index)] = {k: bits([v]) if torch.is_tensor(v) else v for k, v in state.items()}
    return {"state": states, "param_groups": saved["param_groups"]}


def run(row):
    dtype = getattr(torch, row["dtype"])
    params = [nn.Parameter(p) for p in shaped(0, dtype)]
    optimizer = make_optimizer(row, params)
    trail = []
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            group["lr"] = 1e-2 / step
        for param, gradient in zip(params, shaped(step, dtype)):
            param.grad = gradient
        if step in (1, 4):
            params[2].grad = None
        optimizer.step()
        trail.append(bits(params))
    return {**row, "bits": trail, "last": [p.flatten().tolist() for p in params], **state_of(optimizer)}


def main():
    torch.set_num_threads(1)
    write_or_check(GOLDEN, {"cases": [run(row) for row in CASES]}, seam=("},", '{"optim"'))


if __name__ == "__main__":
    main()
