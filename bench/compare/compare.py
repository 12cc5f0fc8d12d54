"""Usage: compare.py BIN_DIR [--rounds N] [--models NAME...] [--only trainings|instructions]
The same trainings by Baton, by hand on LibTorch and in PyTorch, by the Trainer of transformers and by Lightning: one
thread, in turn, in one run. Prints the tables of docs/benchmarks.md; times are CPU time, medians with the range."""
import argparse, os, platform, re, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

STEPS = {"micro": 2000, "mlp": 500, "cnn": 200, "char_lm": 100}
COUNTED_STEPS = 320
UNITS = (1e6, 1.0, 1 / 1024)  # of a Result, as printed
HERE = Path(__file__).parent
NAMES = {"baton": "Baton", "libtorch_fused": "LibTorch by hand, fused", "libtorch": "LibTorch by hand, torch::optim",
         "pytorch": "PyTorch by hand, fused", "transformers": "Trainer of transformers", "lightning": "Lightning"}


class Result(NamedTuple):
    seconds_per_step: float
    seconds_to_first_step: float
    peak_kib: float


class Contender:
    """A process that trains what it is told to."""

    def __init__(self, name, options, *wrapper):
        python = name in ("pytorch", "transformers", "lightning")
        command = [sys.executable, HERE / "contenders.py", name] if python else [options.bin_dir / "contenders", name]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([*wrapper, *map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True, env=environment, cwd=options.folder)

    def train(self, model, steps):
        print(model, steps, file=self.process.stdin, flush=True)
        for line in self.process.stdout:
            if line.startswith("RESULT "):
                return Result(*map(float, line.split()[1:]))
        raise RuntimeError(f"{self.process.args} ended:\n{self.end()[-4000:]}")

    def end(self):
        """What it said on its standard error."""
        self.process.stdin.close()
        self.process.wait()
        self.errors.seek(0)
        return self.errors.read()


def instructions_per_step(name, options):
    """Of the smallest model: callgrind takes minutes for the kernels of the others, which are LibTorch's anyway."""
    dumps = Path(options.folder) / f"callgrind.{name}"
    contender = Contender(name, options, "valgrind", "--tool=callgrind", f"--callgrind-out-file={dumps}",
                          "--dump-after=answer_request*")
    for steps in (1, COUNTED_STEPS, 2 * COUNTED_STEPS):  # the first one warms up
        contender.train("micro", steps)
    contender.end()
    few, many = (int(re.search(r"^totals: (\d+)", Path(f"{dumps}.{number}").read_text(), re.MULTILINE)[1])
                 for number in (2, 3))
    return (many - few) / COUNTED_STEPS


def spread(values, digits):
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(title, columns, rows):
    print(f"\n{title}\n\n| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def train_in_fresh_process(name, options, model):
    contender = Contender(name, options)
    result = contender.train(model, STEPS[model])
    contender.end()
    return result


def row(name, results):
    """Of one contender; `results` has those of all."""
    columns, ours = list(zip(*results[name])), [median(column) for column in zip(*results["baton"])]
    step, start, peak = ([value * unit for value in column] for column, unit in zip(columns, UNITS))
    step_ratio, start_ratio, peak_ratio = (median(column) / own for column, own in zip(columns, ours))
    return [NAMES[name], spread(step, 1), f"{step_ratio:.2f}", spread(start, 2), f"{start_ratio:.1f}",
            spread(peak, 0), f"{1 / peak_ratio:.2f}"]


def compare_trainings(options):
    """Each in a process of its own: where its memory happens to lie sets a process some percent apart from another."""
    results = {model: {name: [] for name in NAMES} for model in options.models}
    for _ in range(options.rounds):
        for model in options.models:
            for name in NAMES:
                results[model][name].append(train_in_fresh_process(name, options, model))
    for model, of_model in results.items():
        table(f"{model}, {STEPS[model]} steps, CPU time",
              ["", "a step, us", "times Baton's", "to the first step, s", "times Baton's", "peak memory, MiB",
               "Baton's share of it"], [row(name, of_model) for name in NAMES])


def compare_instructions(options):
    with ThreadPoolExecutor() as pool:
        ours, theirs = pool.map(lambda name: instructions_per_step(name, options), ("baton", "libtorch_fused"))
    table("micro: instructions a step", ["LibTorch by hand, fused", "Baton", "difference"],
          [[f"{theirs:,.0f}", f"{ours:,.0f}", f"{ours - theirs:+,.0f}"]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin_dir", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--models", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--only", choices=["trainings", "instructions"])
    options = parser.parse_args()
    options.bin_dir = options.bin_dir.resolve()
    parts = {"trainings": compare_trainings, "instructions": compare_instructions}
    print(f"{platform.machine()}, {os.cpu_count()} cores, {options.rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        options.folder = folder
        for name, part in parts.items():
            if options.only in (None, name):
                part(options)


if __name__ == "__main__":
    main()
