"""Usage: python.sh tensorboard bench/tensorboard/compare.py BIN [--rounds N]
Scalars per second of CPU time: Baton's tracker against TensorBoard's own writer, which is PyTorch's SummaryWriter, too.
Records of 4 scalars; the programs take turns. Prints the table of docs/benchmarks.md."""
import argparse, json, statistics, subprocess, tempfile, time
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

TAGS = ("train/loss", "train/grad_norm", "train/learning_rate", "train/epoch")


def python_writer(folder, records):
    start = time.process_time()  # of both of its threads
    writer = EventFileWriter(folder)
    for step in range(1, records + 1):
        for tag, value in zip(TAGS, (1 / step, step, 1e-3 / step, step / 100)):
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))
    writer.close()
    return {"seconds": time.process_time() - start, "bytes": next(Path(folder).iterdir()).stat().st_size}


def baton(program, folder, records):
    return json.loads(subprocess.run([program, folder, str(records)], capture_output=True, check=True).stdout)


def measured(write, records):
    with tempfile.TemporaryDirectory() as folder:
        result = write(folder, records)
    scalars = len(TAGS) * records
    return scalars / result["seconds"], result["bytes"] / scalars


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    program = args.bin / "tensorboard_scalars"
    contenders = {"Baton": (lambda folder, n: baton(program, folder, n), 250_000),
                  "TensorBoard's writer": (python_writer, 10_000)}
    rounds = [{name: measured(*how) for name, how in contenders.items()} for _ in range(args.rounds)]
    print("|  | scalars a second of CPU time | times Python's | bytes a scalar |\n|---|---|---|---|")
    python = statistics.median(r["TensorBoard's writer"][0] for r in rounds)
    for name in contenders:
        rates = sorted(r[name][0] for r in rounds)
        median = statistics.median(rates)
        print(f"| {name} | {median:,.0f} ({rates[0]:,.0f} to {rates[-1]:,.0f}) | {median / python:.1f} | "
              f"{rounds[0][name][1]:.1f} |")


main()
