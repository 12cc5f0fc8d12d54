#!/usr/bin/env python3
"""Usage: make_schedules.py [--check]. Writes schedules.json, the rates of the reference's schedules, or checks it.

Needs transformers 5.23.0 and torch 2.13. Every row says what it is there for. A row with "metrics" is a schedule that
follows them: "rates" has the first rate and the one after each metric, "half_way" what state_dict() held after half of
the metrics. The other rows have the rates of the updates from 0 on.
"""
import json
import math
import sys
from pathlib import Path

import torch
from transformers.optimization import get_scheduler

GOLDEN = Path(__file__).resolve().parent / "schedules.json"

# about, type, learning rate, warm-up, max_steps, keyword arguments
CLOSED_FORMS = [
    ("no warm-up by definition", "constant", 5e-5, 3, 10, {}),
    ("keyword arguments of another schedule are not looked at", "constant", 5e-5, 0, 10, {"num_cycles": 2}),
    ("warm-up, then flat", "constant_with_warmup", 1e-3, 4, 10, {}),
    ("warm-up longer than the run", "constant_with_warmup", 1e-3, 15, 10, {}),
    ("plain", "linear", 5e-5, 0, 10, {}),
    ("warm-up and thirds, which are not exact", "linear", 5e-5, 3, 10, {}),
    ("warm-up as long as the run", "linear", 5e-5, 10, 10, {}),
    ("warm-up longer than the run", "linear", 5e-5, 15, 10, {}),
    ("a run without an update", "linear", 5e-5, 0, 0, {}),
    ("long run", "linear", 5e-5, 100, 9007199254740991, {}),
    ("half a wave", "cosine", 5e-5, 2, 11, {}),
    ("fraction of waves, past the end", "cosine", 5e-5, 0, 9, {"num_cycles": 1.7}),
    ("warm-up as long as the run", "cosine", 5e-5, 5, 5, {}),
    ("one cycle", "cosine_with_restarts", 5e-5, 0, 8, {}),
    ("restarts between updates", "cosine_with_restarts", 5e-5, 4, 15, {"num_cycles": 3}),
    ("warm-up longer than the run", "cosine_with_restarts", 5e-5, 12, 8, {"num_cycles": 2}),
    ("straight line to the default end", "polynomial", 5e-5, 2, 10, {}),
    ("root", "polynomial", 5e-5, 0, 10, {"lr_end": 1e-6, "power": 0.5}),
    ("power 0 stays at the base rate until the last update", "polynomial", 5e-5, 0, 10, {"power": 0}),
    ("negative end rate", "polynomial", 5e-5, 3, 10, {"lr_end": -1e-5, "power": 2}),
    ("timescale of the warm-up", "inverse_sqrt", 5e-5, 4, 10, {}),
    ("timescale of 10000 without warm-up", "inverse_sqrt", 5e-5, 0, 10, {}),
    ("null means not given", "inverse_sqrt", 5e-5, 4, 10, {"timescale": None}),
    ("timescale below the warm-up", "inverse_sqrt", 5e-5, 8, 12, {"timescale": 3}),
    ("lowest rate", "cosine_with_min_lr", 5e-5, 2, 11, {"min_lr": 1e-5}),
    ("lowest share", "cosine_with_min_lr", 5e-5, 0, 11, {"min_lr_rate": 0.1, "num_cycles": 1, "min_lr": None}),
    ("lowest rate above the base rate", "cosine_with_min_lr", 5e-5, 0, 11, {"min_lr": 1e-4}),
    ("never below 0", "cosine_with_min_lr", 5e-5, 0, 11, {"min_lr_rate": -0.5}),
    ("never starts at 0", "cosine_warmup_with_min_lr", 5e-5, 4, 14, {"min_lr": 1e-5}),
    ("first rate given", "cosine_warmup_with_min_lr", 5e-5, 4, 14, {"min_lr_rate": 0.2, "warmup_lr_rate": 0.1}),
    ("first rate given, warm-up of one", "cosine_warmup_with_min_lr", 5e-5, 1, 9,
     {"min_lr_rate": 0, "warmup_lr_rate": 0.1}),
    ("stable part is what is left", "warmup_stable_decay", 5e-5, 3, 20, {"num_decay_steps": 6}),
    ("stable part given, the rest at the lowest", "warmup_stable_decay", 5e-5, 3, 20,
     {"num_decay_steps": 6, "num_stable_steps": 4, "min_lr_ratio": 0.1}),
    ("warm-up and decay overlap", "warmup_stable_decay", 5e-5, 8, 10, {"num_decay_steps": 6, "decay_type": "linear"}),
    ("no decay", "warmup_stable_decay", 5e-5, 2, 8, {"num_decay_steps": 0}),
    ("less than one update of decay", "warmup_stable_decay", 5e-5, 2, 8,
     {"num_decay_steps": 0.5, "num_stable_steps": 2.75, "decay_type": "linear"}),
    ("cosine up, line down", "warmup_stable_decay", 5e-5, 4, 16,
     {"num_decay_steps": 5, "warmup_type": "cosine", "decay_type": "linear"}),
    ("root up and down", "warmup_stable_decay", 5e-5, 4, 16,
     {"num_decay_steps": 5, "warmup_type": "1-sqrt", "decay_type": "1-sqrt", "min_lr_ratio": 0.25}),
    ("waves in the decay", "warmup_stable_decay", 5e-5, 0, 12, {"num_decay_steps": 9, "num_cycles": 1.5}),
]

FALLING = [4.0 - 0.125 * i for i in range(24)]
FLAT = [1.0] * 24
NOISY = [1.0, 0.5, 0.9, 0.4, 0.45, 0.44, 0.3, 0.8, 0.7, 0.2, 0.25, 0.9, 0.1, 0.12, 0.5, 0.6, 0.05, 0.3, 0.2, 0.4,
         0.01, 0.02, 0.03, 0.5, 0.6, 0.7]
PATIENT = {"patience": 1, "factor": 0.5}
GREEDY = {**PATIENT, "min_lr": 0.01}

# about, type, metrics, keyword arguments; the first rate is 0.1
METRIC_DRIVEN = [
    ("defaults: more than ten bad ones", "reduce_lr_on_plateau", FLAT, {}),
    ("a cooldown swallows bad ones", "reduce_lr_on_plateau", FLAT, {**PATIENT, "cooldown": 3}),
    ("down to the lowest", "reduce_lr_on_plateau", NOISY, {**PATIENT, "min_lr": 0.02}),
    ("up is better", "reduce_lr_on_plateau", NOISY, {**PATIENT, "mode": "max"}),
    ("absolute threshold", "reduce_lr_on_plateau", NOISY, {**PATIENT, "threshold": 0.1, "threshold_mode": "abs"}),
    ("relative threshold upwards", "reduce_lr_on_plateau", NOISY, {**PATIENT, "mode": "max", "threshold": 0.5}),
    ("changes below eps are not made", "reduce_lr_on_plateau", FLAT, {**PATIENT, "eps": 0.03}),
    ("NaN is no improvement", "reduce_lr_on_plateau", [1.0, math.nan, math.nan, 0.5, math.nan, 0.4], PATIENT),
    ("infinity is one", "reduce_lr_on_plateau", [1.0, -math.inf, 0.5, 0.4, 0.3, 0.2], PATIENT),
    ("defaults", "greedy", FALLING, {}),
    ("up to the highest", "greedy", FALLING, {**GREEDY, "max_lr": 0.5}),
    ("without a highest", "greedy", FALLING, {**GREEDY, "max_lr": math.inf}),
    ("a warm-up swallows good ones", "greedy", FALLING, {**GREEDY, "warmup": 3}),
    ("a cooldown swallows bad ones", "greedy", NOISY, {**GREEDY, "cooldown": 2, "warmup": 1}),
    ("starts again after three reductions at the lowest", "greedy", FLAT,
     {"patience": 0, "factor": 0.5, "min_lr": 0.05, "reset_start": 3, "cooldown": 1}),
    ("a raise resets the count to starting again", "greedy", FLAT[:5] + [0.9, 0.8] + FLAT[:8],
     {"patience": 0, "factor": 0.5, "min_lr": 0.05, "reset_start": 4}),
    ("changes below eps are not made, up or down", "greedy", FALLING[:8] + FLAT[:8],
     {"patience": 1, "factor": 0.9, "eps": 0.012}),
    ("starts below the lowest", "greedy", FLAT, {"patience": 0, "min_lr": 0.2, "reset_start": 5}),
    ("up is better, relative threshold", "greedy", NOISY,
     {**GREEDY, "mode": "max", "threshold_mode": "rel", "threshold": 0.1}),
    ("moving mean", "greedy", NOISY, {**GREEDY, "smooth": True, "window_size": 3}),
    ("moving mean is forgotten when it starts again", "greedy", NOISY,
     {"patience": 0, "factor": 0.5, "min_lr": 0.05, "reset_start": 1, "smooth": True, "window_size": 4}),
    ("NaN is no improvement", "greedy", [1.0, math.nan, 0.5, math.nan, math.nan, 0.4, 0.3, 0.2, 0.1], GREEDY),
    ("NaN stays in the moving mean's sum", "greedy", [1.0, 0.9, math.nan, 0.5, 0.4, 0.3, 0.2, 0.1],
     {**GREEDY, "smooth": True, "window_size": 2}),
]


def optimizer_of(rate):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)


def closed_form_row(about, name, rate, warmup, max_steps, kwargs):
    optimizer = optimizer_of(rate)
    scheduler = get_scheduler(name, optimizer, warmup, max_steps, kwargs)
    rates = list(scheduler.get_last_lr())
    for _ in range(min(max_steps, 20) + 3):
        optimizer.step()
        scheduler.step()
        rates += scheduler.get_last_lr()
    return {"about": about, "type": name, "learning_rate": rate, "warmup_steps": warmup, "max_steps": max_steps,
            "kwargs": kwargs, "rates": rates}


def metric_driven_row(about, name, metrics, kwargs):
    optimizer = optimizer_of(0.1)
    scheduler = get_scheduler(name, optimizer, scheduler_specific_kwargs=kwargs)
    rates = [0.1]
    half_way = None
    for done, metric in enumerate(metrics, start=1):
        scheduler.step(metric)
        rates.append(optimizer.param_groups[0]["lr"])
        if done == len(metrics) // 2:
            half_way = json.loads(json.dumps(scheduler.state_dict()))
    return {"about": about, "type": name, "learning_rate": 0.1, "warmup_steps": 0, "max_steps": 0, "kwargs": kwargs,
            "metrics": metrics, "rates": rates, "half_way": half_way}


def golden_text():
    rows = [closed_form_row(*row) for row in CLOSED_FORMS] + [metric_driven_row(*row) for row in METRIC_DRIVEN]
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


def main():
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if GOLDEN.read_text() == golden_text() else "schedules.json is not as generated")
    GOLDEN.write_text(golden_text())


if __name__ == "__main__":
    main()
