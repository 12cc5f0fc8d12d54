"""Usage: compare.py BIN_DIR [--millions N] [--rounds N] [--folder FOLDER]
Saving and loading a model with AdamW's moments: Baton, the disk's raw write, and Python's torch.save with safetensors,
in turn, in one run. Python's files are synced too. Prints the table of docs/benchmarks.md, medians with the range."""
import argparse, json, os, shutil, subprocess, sys, tempfile, time
from pathlib import Path
from statistics import median


def synced(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def python_times(folder, millions):
    """Run in a process of its own, so that memory is as fresh as Baton's."""
    import safetensors.torch
    import torch
    side = int((millions * 1e6 / 10) ** 0.5)
    model = torch.nn.ParameterDict({f"layer{i}": torch.randn(side, side) for i in range(10)})
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    weights, moments = folder / "model.safetensors", folder / "optimizer.pt"
    start = time.perf_counter()
    safetensors.torch.save_file(model.state_dict(), weights)
    torch.save(optimizer.state_dict(), moments)
    synced(weights), synced(moments)
    save = time.perf_counter() - start
    start = time.perf_counter()
    model.load_state_dict(safetensors.torch.load_file(weights))
    optimizer.load_state_dict(torch.load(moments, weights_only=True))
    return {"python_save": save, "python_load": time.perf_counter() - start}


def one_round(options, folder):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "python").mkdir(parents=True)
    baton = subprocess.run([options.bin_dir / "save_load", folder / "baton", str(options.millions)], check=True,
                           capture_output=True, text=True).stdout
    python = subprocess.run([sys.executable, __file__, options.bin_dir, "--millions", str(options.millions), "--python",
                             folder / "python"], check=True, capture_output=True, text=True).stdout
    return json.loads(baton.splitlines()[-1]) | json.loads(python.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_dir", type=Path)
    parser.add_argument("--millions", type=int, default=100, help="parameters (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="on the disk to be measured (default: the temporary folder)")
    parser.add_argument("--python", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.python:
        print(json.dumps(python_times(options.python, options.millions)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        rounds = [one_round(options, Path(folder) / "round") for _ in range(options.rounds)]
    print(f"{options.millions} million parameters, float32, with moments: {options.millions * 12} MB")
    print(f"A save takes {max(each['extra_mib'] for each in rounds):.0f} MiB of memory beside what is there.")
    print("| | seconds | range | of the raw write |\n|---|---|---|---|")
    raw = median(each["raw_write"] for each in rounds)
    for key, name in {"raw_write": "the disk's raw write", "save": "Baton saves", "python_save": "Python saves",
                      "background_wait": "a step waits for Baton's save in the background", "load": "Baton loads",
                      "python_load": "Python loads"}.items():
        values = sorted(each[key] for each in rounds)
        print(f"| {name} | {median(values):.2f} | {values[0]:.2f} to {values[-1]:.2f} | {median(values) / raw:.2f} |")


if __name__ == "__main__":
    main()
