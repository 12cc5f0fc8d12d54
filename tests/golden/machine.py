"""What the bits of golden files hold for: a version of torch, its kernels, and the processor that MKL chooses by."""
import re
from pathlib import Path

import torch


def machine():
    vendor = re.search(r"vendor_id\s*:\s*(\w+)", Path("/proc/cpuinfo").read_text())
    return {"torch": torch.__version__.split("+")[0], "cpu_capability": torch.backends.cpu.get_cpu_capability(),
            "cpu_vendor": vendor[1] if vendor else ""}
