#!/usr/bin/env python3
"""Usage: make_script_golden.py. Writes libtorch/scripted.pt: what torch.jit.save of torch 2.13 writes, for the reader
of src/formats/weights.h. Each tensor counts from 1. The other files of that folder: tests/train/make_archive_golden.cc.
"""
import io
import zipfile
from pathlib import Path

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(2, 2)
        self.norm = nn.BatchNorm1d(2)
        self.tied = self.out.weight
        self.sizes, self.rates, self.flags, self.words = [1, 2], [0.5], [True], {"a": "b"}
        self.parts = [torch.ones(1)]
        self.scale: float = 2.0

    def forward(self, x):
        return self.norm(self.out(x)) * self.scale * self.sizes[0] * self.rates[0] + self.parts[0]


def without_debug_files(data):
    """The archive without the files that say on which paths of which machine the code once stood."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as kept:
        for entry in archive.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                info = zipfile.ZipInfo(entry.filename)
                info.compress_type = entry.compress_type
                kept.writestr(info, archive.read(entry))
    return out.getvalue()


def main():
    assert torch.__version__.startswith("2.13."), torch.__version__
    net = Net()
    with torch.no_grad():
        for tensor in net.state_dict().values():
            tensor.copy_(torch.arange(1, tensor.numel() + 1).reshape(tensor.shape))
    file = Path(__file__).parent / "libtorch" / "scripted.pt"
    torch.jit.save(torch.jit.script(net), file)
    file.write_bytes(without_debug_files(file.read_bytes()))


if __name__ == "__main__":
    main()
