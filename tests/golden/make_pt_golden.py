#!/usr/bin/env python3
"""Usage: make_pt_golden.py. Writes pt/*.pt, pt/rng_state.pth and pt/values.json: what torch.save writes, for the reader
of src/formats/pt.h, and what is in it. The files differ from run to run in their serialization id only.

Needs numpy, transformers 5.23 and torch 2.13.
"""
import json
import random
import tempfile
from pathlib import Path

import numpy
import torch
from torch import nn
from transformers import Trainer, TrainingArguments

GOLDEN = Path(__file__).resolve().parent / "pt"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3, 4)
        self.norm = nn.LayerNorm(4)
        self.out = nn.Linear(4, 2)

    def forward(self, x, labels):
        logits = self.out(self.norm(self.hidden(x)))
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


def checkpoint_of_the_trainer():
    """optimizer.pt, scheduler.pt and rng_state.pth after four updates."""
    data = [{"x": torch.randn(3), "labels": torch.tensor(i % 2)} for i in range(8)]
    with tempfile.TemporaryDirectory() as folder:
        args = TrainingArguments(output_dir=folder, per_device_train_batch_size=2, max_steps=4, save_steps=4, seed=7,
                                 lr_scheduler_type="cosine", warmup_steps=1, report_to="none", disable_tqdm=True,
                                 use_cpu=True, logging_strategy="no")
        Trainer(model=Net(), args=args, train_dataset=data).train()
        checkpoint = Path(folder, "checkpoint-4")
        for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth"):
            (GOLDEN / name).write_bytes((checkpoint / name).read_bytes())


def state_dict():
    """Tied, viewed, transposed, half, empty and scalar tensors, and a state_dict's own OrderedDict."""
    flat = torch.arange(12, dtype=torch.float32)
    state = nn.BatchNorm1d(2).state_dict()
    state.update({"tied": flat.view(3, 4), "tied_too": flat.view(3, 4), "row": flat[4:8], "turned": flat.view(3, 4).t(),
                  "half": torch.tensor([1.5, -2.0], dtype=torch.bfloat16), "float16": torch.tensor([0.5]).half(),
                  "scalar": torch.tensor(3.25, dtype=torch.float64), "empty": torch.empty(0, 3),
                  "mask": torch.tensor([True, False]), "bytes": torch.arange(3, dtype=torch.uint8),
                  "int8": torch.tensor([-1], dtype=torch.int8), "int16": torch.tensor([-300], dtype=torch.int16),
                  "int32": torch.tensor([70000], dtype=torch.int32), "int64": torch.tensor([2**40]),
                  "uint16": torch.tensor([40000], dtype=torch.uint16),
                  "float8": torch.tensor([1.0]).to(torch.float8_e4m3fn),
                  "parameter": nn.Parameter(torch.tensor([7.0]))})
    return state


def plain_values():
    return {"none": None, "yes": True, "no": False, "text": "naïve ✓", "bytes": b"\x00\x7f\x80\xff", "no_bytes": b"",
            "integers": [0, 255, 256, 65535, 65536, -1, 2**31 - 1, -2**31, 2**31, 2**63 - 1, -2**63],
            "floats": [0.1, -0.0, 1e300, float("inf")], "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
            "size": torch.Size([2, 3]), "nested": {"deep": [{"er": ("x",)}]}, 7: "integer key"}


def shown(value):
    """As the test shows a value: JSON with types that JSON lacks spelled out."""
    if isinstance(value, torch.Tensor) and value.dtype == torch.uint8:
        return {"tensor": "uint8", "shape": list(value.shape), "hex": bytes(value.tolist()).hex()}
    if isinstance(value, torch.Tensor):
        exact = value.detach()
        numbers = exact.double() if exact.is_floating_point() else exact.to(torch.int64)
        return {"tensor": str(value.dtype).removeprefix("torch."), "shape": list(value.shape),
                "values": numbers.flatten().tolist()}
    if isinstance(value, numpy.ndarray):
        return {"numpy": value.dtype.str, "shape": list(value.shape), "hex": value.tobytes().hex()}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, dict):
        return {"dict": [[shown(key), shown(item)] for key, item in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [shown(item) for item in value]}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value


def main():
    torch.manual_seed(7)
    random.seed(7)
    numpy.random.seed(7)
    GOLDEN.mkdir(exist_ok=True)
    checkpoint_of_the_trainer()
    torch.save(state_dict(), GOLDEN / "state_dict.pt")
    torch.save(plain_values(), GOLDEN / "plain.pt")
    torch.save(plain_values(), GOLDEN / "plain_protocol4.pt", pickle_protocol=4)
    values = {file.name: shown(torch.load(file, weights_only=False)) for file in sorted(GOLDEN.glob("*.pt*"))}
    text = json.dumps(values, separators=(",", ":"), sort_keys=True)
    (GOLDEN / "values.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
