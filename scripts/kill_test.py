#!/usr/bin/env python3
"""Kills a training with SIGKILL at random moments and resumes it, until as many kills are done as asked for. Each time
the training gets to its end, weights, optimizer, generators, state and log have to be those of a run that was never
killed, byte for byte, and so do the curves in TensorBoard, MLflow and DVCLive, apart from what a clock decides. Half of
the kills are inside a save.

  scripts/kill_test.py build/bin/fashion_mnist --kills 100
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

# save_steps and logging_steps have no common factor; neither divides max_steps.
ARGUMENTS = {"max_steps": 67, "save_steps": 3, "logging_steps": 5, "gradient_accumulation_steps": 3,
             "per_device_train_batch_size": 8, "save_total_limit": 2, "save_strategy": "steps", "eval_strategy": "no",
             "disable_tqdm": "true", "report_to": "tensorboard,mlflow,dvclive"}
ENVIRONMENT = dict(os.environ, OMP_NUM_THREADS="1")
OF_THE_CLOCK = ("runtime", "_per_second")
SAME_BYTES = ("model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth")
OF_THE_RUN = ("companions",)  # which of its runs a journal belongs to


def command(program, output, in_background, resume):
    words = [program, "--output_dir", output, "--save_async", str(in_background).lower()]
    for name, value in ARGUMENTS.items():
        words += [f"--{name}", str(value)]
    return [str(word) for word in words] + (["--resume_from_checkpoint", "true"] if resume else [])


def names_in(folder):
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def has_checkpoint(output):
    return any(name[len("checkpoint-"):].isdigit() for name in names_in(output) if name.startswith("checkpoint-"))


def saving(output):
    """The folder of a checkpoint that is being written, if there is one."""
    return next((output / name for name in names_in(output) if name.endswith(".incomplete")), None)


def trackers_of(output):
    """Every run has a folder of its own for what trackers write."""
    return output.with_name(f"{output.name}_trackers")


def surroundings(output):
    trackers = trackers_of(output)
    trackers.mkdir(exist_ok=True)
    return {"cwd": trackers, "env": dict(ENVIRONMENT, TENSORBOARD_LOGGING_DIR=str(trackers / "tensorboard"))}


class Victim:
    """One life of the training, up to its kill or its end."""

    def __init__(self, program, output, in_background):
        self.output = output
        resume = has_checkpoint(output)
        self.log = open(output.parent / "log.txt", "ab")
        self.process = subprocess.Popen(command(program, output, in_background, resume), **surroundings(output),
                                        stdout=self.log, stderr=self.log)

    def wait_until(self, happened, seconds):
        """False if the training ended before."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            if happened() or time.monotonic() > deadline:
                return True
        return False

    def wait_for_save(self, number, files):
        """Until so many files of the save of that number, counted from now, have been begun."""
        for i in range(number):
            if i > 0 and not self.wait_until(lambda: saving(self.output) is None, 60):
                return False
            if not self.wait_until(lambda: saving(self.output) is not None, 60):
                return False
        return self.wait_until(lambda: len(names_in(saving(self.output) or "nowhere")) >= files
                               or saving(self.output) is None, 60)

    def kill(self):
        """What the training was doing; None if it had ended by itself."""
        self.process.send_signal(signal.SIGKILL)
        if self.process.wait() == 0:
            return None
        if self.process.returncode != -signal.SIGKILL:
            raise SystemExit(f"the training failed with {self.process.returncode}; see {self.log.name}")
        return phase(self.output)


def phase(output):
    """By what a kill has left."""
    incomplete = saving(output)
    if incomplete is not None:
        last = max(names_in(incomplete), key=lambda name: (incomplete / name).stat().st_mtime_ns, default="nothing yet")
        return f"in a save, at {last}"
    if any(name.endswith(".deleted") for name in names_in(output)):
        return "in a save, deleting an old one"
    return "between saves" if has_checkpoint(output) else "before the first save"


def life(program, output, in_background, dice):
    """The phase of the kill; None if the training got to its end."""
    victim = Victim(program, output, in_background)
    try:
        if dice.random() < 0.5:
            alive = victim.wait_for_save(dice.randint(1, 6), dice.randint(0, 9))
            pause = dice.uniform(0, 0.002)
        else:
            alive, pause = True, dice.uniform(0, 4)
        if alive:
            alive = victim.wait_until(lambda: False, pause)
        if alive:
            return victim.kill()
        if victim.process.returncode != 0:
            raise SystemExit(f"the training failed with {victim.process.returncode}; see {victim.log.name}")
        return None
    finally:
        victim.process.kill()
        victim.process.wait()
        victim.log.close()


def without_clock(value):
    if isinstance(value, dict):
        return {key: without_clock(item) for key, item in value.items()
                if not key.endswith(OF_THE_CLOCK) and key not in OF_THE_RUN}
    return [without_clock(item) for item in value] if isinstance(value, list) else value


def is_timeless(key):
    return not key.endswith(OF_THE_CLOCK)


def curves(output, program):
    """What the trackers show of a run: each tracker's points, in order, without those that a clock decides."""
    trackers = trackers_of(output)
    with contextlib.closing(sqlite3.connect(trackers / "mlflow.db")) as database:
        assert database.execute("select count(*), min(status) from runs").fetchone() == (1, "FINISHED")
        rows = database.execute("select key, step, value, is_nan from metrics order by key, step, value")
        mlflow = [row for row in rows if is_timeless(row[0])]
    dvclive = {str(file.relative_to(trackers)): file.read_text() for file in trackers.glob("dvclive/plots/**/*.tsv")
               if is_timeless(file.stem)}
    tensorboard = []
    for file in sorted((trackers / "tensorboard").glob("*tfevents*")):  # a rewind leaves an empty one behind
        inspected = subprocess.run([program.with_name("baton"), "inspect", file, "--json"], check=True,
                                   capture_output=True)
        events = json.loads(inspected.stdout)["events"]
        tensorboard += [(event["tag"], event["step"], event["value"]) for event in events
                        if event["kind"] == "scalars" and is_timeless(event["tag"])]
    return {"mlflow": mlflow, "dvclive": dvclive, "tensorboard": tensorboard}


def differences(expected, found, program):
    last = f"checkpoint-{ARGUMENTS['max_steps']}"
    different = [name for name in SAME_BYTES
                 if (expected / last / name).read_bytes() != (found / last / name).read_bytes()]
    if (expected / "model.safetensors").read_bytes() != (found / "model.safetensors").read_bytes():
        different.append("the model that was saved at the end")
    for name in (f"{last}/trainer_state.json", f"{last}/baton_state.json", "trainer_state.json"):
        if without_clock(json.loads((expected / name).read_text())) != without_clock(
                json.loads((found / name).read_text())):
            different.append(name)
    ours, theirs = curves(expected, program), curves(found, program)
    different += [f"the curves in {tracker}" for tracker in ours if ours[tracker] != theirs[tracker]]
    left = [name for name in names_in(found) if name.endswith((".incomplete", ".deleted", ".replaced"))]
    return different + [f"{name} was left behind" for name in left]


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda name: pathlib.Path(name).absolute(),
                        help="an example that takes all training arguments, such as build/bin/fashion_mnist, with the "
                             "program baton beside it")
    parser.add_argument("--kills", type=int, default=100, help="at least that many (default %(default)s)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32, help="of the moments; printed")
    return parser.parse_args(words)


def run_to_the_end(program, output, in_background):
    subprocess.run(command(program, output, in_background, has_checkpoint(output)), **surroundings(output), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_until_the_end(program, output, in_background, dice, phases, kills):
    """One training, killed and resumed; not killed any more once there are enough of them."""
    while sum(phases.values()) < kills:
        killed = life(program, output, in_background, dice)
        if killed is None:
            return
        phases[killed] += 1
        if not has_checkpoint(output):  # the next one has nothing to go on from: to trackers, it is a run of its own
            shutil.rmtree(output / "baton", ignore_errors=True)
            shutil.rmtree(trackers_of(output))
    run_to_the_end(program, output, in_background)


def main(words):
    args = parse(words)
    dice = random.Random(args.seed)
    print(f"kill_test: seed {args.seed}, {args.kills} kills", flush=True)
    phases = collections.Counter()
    trainings = 0
    with tempfile.TemporaryDirectory() as name:
        whole, killed = pathlib.Path(name, "whole"), pathlib.Path(name, "killed")
        run_to_the_end(args.program, whole, False)
        while sum(phases.values()) < args.kills:
            kill_until_the_end(args.program, killed, trainings % 2 == 1, dice, phases, args.kills)
            trainings += 1
            if different := differences(whole, killed, args.program):
                shutil.copytree(name, "kill_test_failed", dirs_exist_ok=True)
                raise SystemExit(f"kill_test: after {sum(phases.values())} kills (seed {args.seed}) these differ: "
                                 f"{', '.join(different)}; both runs are in kill_test_failed")
            shutil.rmtree(killed)
            shutil.rmtree(trackers_of(killed))
    for what, count in sorted(phases.items()):
        print(f"{count:6} {what}")
    inside = sum(count for what, count in phases.items() if what.startswith("in a save"))
    print(f"kill_test: {sum(phases.values())} kills, {inside} inside a save; {trainings} trainings got to their end, "
          "every second one saving in the background, all as if they had never been killed")


if __name__ == "__main__":
    main(sys.argv[1:])
