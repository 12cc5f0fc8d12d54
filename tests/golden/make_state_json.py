#!/usr/bin/env python3
"""Usage: make_state_json.py [--check]. Writes the golden JSON files of this folder, or says which of them differ.

transformers 5.23.0 writes trainer_state.json as json.dumps(dataclasses.asdict(state), indent=2, sort_keys=True) and a
newline; so Python's own json is the reference for every byte.
"""
import json
import math
import random
import struct
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
EDGES = [0.0, -0.0, 1.0, -1.5, 0.1, 1 / 3, 0.1 + 0.2, 5e-05, 1e-05, 0.0001, 9.999e-05, 0.00012345, 123456789.125, 1e15,
         9999999999999998.0, 1e16, 1.2345678901234568e17, 1e21, 1e22, 1e23, 1.5e300, 5e-324, sys.float_info.min,
         sys.float_info.max, 2.0 ** 53, 2.0 ** 63, 2.0 ** 64, math.nan, math.inf, -math.inf]
INTEGERS = [0, 1, -1, 10 ** 15, 2 ** 53 + 1, 2 ** 63 - 1, -2 ** 63]
TEXTS = ["", "plain", "\"quoted\" \\ /", "\b\f\n\r\t", "\x00\x1f\x7f\x80", "é ü ß", "中文", "\u2028\ue000\uffff",
         "😀\U0010ffff"]


def random_floats(count):
    """Finite floats of random bits, of all magnitudes; then as many that are written without an exponent, or nearly."""
    source = random.Random(58)
    floats = (struct.unpack("<d", source.getrandbits(64).to_bytes(8, "little"))[0] for _ in range(2 * count))
    everyday = [source.uniform(-1, 1) * 10.0 ** source.randint(-5, 17) for _ in range(count)]
    return [x for x in floats if math.isfinite(x)][:count] + everyday


def state():
    """A trainer state with something unusual in every field."""
    return {
        "epoch": 2.3333333333333335, "global_step": 14, "max_steps": 9223372036854775807,
        "logging_steps": 2.5, "eval_steps": 10, "save_steps": 500, "train_batch_size": 8,
        "num_train_epochs": 9223372036854775807, "num_input_tokens_seen": 4096, "total_flos": 1.2345678901234568e17,
        "log_history": [{"loss": 1.25, "grad_norm": math.nan, "learning_rate": 5e-05, "epoch": 0.5, "step": 5},
                        {"eval_loss": math.inf, "nested": {"b": [1, [], {}, None], "a": True}, "step": 8}, {}],
        "best_metric": -math.inf, "best_global_step": 8, "best_model_checkpoint": "a folder/中/checkpoint-8",
        "is_local_process_zero": False, "is_world_process_zero": False, "is_hyper_param_search": True,
        "trial_name": "".join(TEXTS), "trial_params": {"z": 1e-05, "Z": 3, "é": False, "😀": 1, "\ue000": 2},
        "stateful_callbacks": {
            "TrainerControl": {"args": {"should_save": True, "should_log": False}, "attributes": {}},
            "Counter": [{"args": {"tag": "first"}, "attributes": {"count": 3}},
                        {"args": {}, "attributes": {"count": 0}}],
        },
    }


def values():
    """Everything JSON can hold, with keys out of order."""
    keys = ["b", "a", "B", "_", "aa", "A", "", "é", "\uffff", "😀", "\x7f", "10", "9"]
    return {"floats": EDGES + random_floats(200), "integers": INTEGERS, "texts": TEXTS,
            "keys": {key: index for index, key in enumerate(keys)},
            "empty": [[], {}, [[]], [{}], {"": {}}], "words": [None, True, False]}


def python_text(value):
    return json.dumps(value, indent=2, sort_keys=True)


def golden_files():
    return {
        "trainer_state.json": python_text(state()) + "\n",
        "values.json": json.dumps(values(), ensure_ascii=False, separators=(",", ":")) + "\n",
        "values_python.json": python_text(values()) + "\n",
    }


def main():
    if sys.argv[1:] == ["--check"]:
        stale = [name for name, text in golden_files().items() if (FOLDER / name).read_bytes() != text.encode()]
        sys.exit("not as generated: " + ", ".join(stale) if stale else 0)
    for name, text in golden_files().items():
        (FOLDER / name).write_bytes(text.encode())


if __name__ == "__main__":
    main()
