#!/usr/bin/env python3
"""Usage: make_dvclive_golden.py [--check]. Writes dvclive.json: what dvclive 3.49.1 (with ruamel.yaml 0.19.1) makes of
the params, metrics and texts in it; or says whether it differs. Runs in the environment of tests/vendors/dvclive:

    tests/vendors/python.sh dvclive tests/golden/make_dvclive_golden.py
"""
import io, json, os, sys, tempfile
from pathlib import Path

from dvclive import Live
from dvclive.serialize import get_yaml

FILE = Path(__file__).resolve().parent / "dvclive.json"
PARAMS = {"output_dir": "out", "learning_rate": 5e-05, "weight_decay": 0.0, "max_steps": -1, "bf16": False,
          "run_name": None, "huge": 1e16, "infinite": float("-inf"),
          "report_to": ["dvclive", 1, None, [2, []], {"a": {}}],
          "label_names": [], "accelerator_config": {"split_batches": False, "kwargs": None, "more": {"deep": ["x"]}},
          "notes": "words that go on " * 8 + "to the end", "quoted notes": "so: " + "words that go on " * 8 + "end",
          "path": "/" + "w" * 90, "a: b": "key", "5": "number", "": "empty"}
TEXTS = ["", "5", "1e-5", "1.5", ".5", "1_000", "0x1f", "0o7", "0b1", "+1", "1.", "true", "False", "yes", "no", "null",
         "~", "None", ".inf", "nan", "2001-01-01", "2001-01-01 10:00:00", "1:30", "a: b", "a:b", "a:", ":", ":a",
         "a #b", "a#b", "#a",
         "- a", "-a", "-", "?", "? a", "?a", "'q'", "\"q\"", "it's", "it's: ", "a\nb", "a\tb", " a", "a ",
         "*a", "&a", "!a", "%a", "@a", "`a", "[a]", "{a}", "|", ">a", "a,b", "=", "<<", "---", "...", "---a",
         "a\\b", "grüße", "😀", "\x01", "\x7f", "\x85", "\xa0", "\u2028", "\ufeff", "\"\x00\x1b\\", "a\r\nb"]
LOGS = [(1, {"loss": 2.5, "epoch": 0.5, "learning_rate": 1e-05}),
        (2, {"loss": float("nan"), "eval/loss": 1, "eval/deep/er": True, "note": "a \"b\"\tc"}),
        (5, {"loss": 1e16, "eval/loss": float("-inf"), "accüracy": "😀"})]


def yaml_of(value):
    text = io.StringIO()
    get_yaml().dump(value, text)
    return text.getvalue()


def live_files():
    """What a Live leaves behind in its folder and in dvc.yaml."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        live = Live(save_dvc_exp=False)
        live.log_params({"learning_rate": 5e-05})
        for step, values in LOGS:
            live.step = step
            for name, value in values.items():
                live.log_metric(name, value)
            live.make_summary()
        live.make_dvcyaml()
        return {str(path): path.read_text() for path in sorted(Path().rglob("*")) if path.is_file()}


def main():
    content = {"params": PARAMS, "params_yaml": yaml_of(PARAMS),
               "texts": [[text, yaml_of({"k": text})] for text in TEXTS],
               "logs": LOGS, "files": live_files()}
    text = json.dumps(content, indent=1) + "\n"
    if "--check" in sys.argv[1:]:
        sys.exit(0 if FILE.read_text() == text else f"{FILE.name} differs from what this version does")
    FILE.write_text(text)


if __name__ == "__main__":
    main()
