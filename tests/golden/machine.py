"""What the scripts that write golden files of bits share."""
import json
import re
import sys
from pathlib import Path

import torch


def machine():
    """What bits hold for: a version of torch, its kernels, and the processor that MKL chooses by."""
    vendor = re.search(r"vendor_id\s*:\s*(\w+)", Path("/proc/cpuinfo").read_text())
    return {"torch": torch.__version__.split("+")[0], "cpu_capability": torch.backends.cpu.get_cpu_capability(),
            "cpu_vendor": vendor[1] if vendor else ""}


def write_or_check(file, content, seam):
    """Writes content and machine as JSON, with line breaks at the middle of each seam; or compares, with --check."""
    text = json.dumps({**machine(), **content}, separators=(",", ":")).replace("".join(seam), "\n".join(seam)) + "\n"
    if "--check" in sys.argv[1:]:
        sys.exit(0 if file.read_text() == text else f"{file.name} differs from what these versions do")
    file.write_text(text)
