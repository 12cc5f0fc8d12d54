#!/usr/bin/env python3
"""run_cases.py REPLAYER: plays the recorded cases on the LibTorch engine; tests/contract/compare.py judges them.

Not compared: which files a checkpoint consists of, as long as this engine writes only the weights.
"""
import json
import os
import subprocess
import sys
import tempfile

CONTRACT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "contract")
sys.path.insert(0, CONTRACT)
import compare  # noqa: E402


def main():
    cases = compare.load(os.path.join(CONTRACT, "cases"))
    rules = compare.Rules(ignore=["checkpoint_files"])
    count = {"PASS": 0, "FAIL": 0, "DEVIATION": 0, "SKIP": 0}
    with tempfile.TemporaryDirectory() as answers:
        subprocess.run([sys.argv[1], answers] + [path for path, _ in cases], check=True)
        for path, case in cases:
            with open(os.path.join(answers, os.path.basename(path)), encoding="utf-8") as file:
                answer = json.load(file)
            verdict, text = ("SKIP", answer["skip"]) if "skip" in answer else compare.judge(case, answer, rules)
            count[verdict] += 1
            if verdict == "FAIL":
                print(f"FAIL {case['name']}  {text}")
    print(", ".join(f"{number} {verdict}" for verdict, number in count.items()))
    return 1 if count["FAIL"] or not count["PASS"] else 0


if __name__ == "__main__":
    sys.exit(main())
