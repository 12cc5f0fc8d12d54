#!/usr/bin/env python3
"""Usage: check_clean.py [ROOT]. Fails on what no file may hold: machine paths, unfinished marks, stray whitespace."""
import re
from repository import files, report, root_argument

FORBIDDEN = {
    r"/(?:root|home|tmp|work|Users)/\w": "a path of somebody's machine",
    r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b": "unfinished work",
    r"[ \t]+$": "trailing whitespace",
    r"\t": "a tab",
    r"\r": "a carriage return",
    r"^(?:<{7}|>{7}) ": "a merge conflict",
}
ANY_LENGTH = (".md", ".json", ".svg", ".h", ".cc")  # of C++ lines clang-format takes care
VERBATIM = ("LICENSE", "tests/contract/", "fuzz/corpus/")


def findings(root):
    for file in files(root):
        data = (root / file).read_bytes()
        if b"\0" in data or file.as_posix().startswith(VERBATIM):
            continue
        text = data.decode()
        if text and not text.endswith("\n"):
            yield f"{file}: no newline at the end"
        for number, line in enumerate(text.split("\n"), 1):
            for pattern, what in FORBIDDEN.items():
                if re.search(pattern, line):
                    yield f"{file}:{number}: {what}"
            if len(line) > 120 and file.suffix not in ANY_LENGTH:
                yield f"{file}:{number}: {len(line)} columns, at most 120"


if __name__ == "__main__":
    report("clean", list(findings(root_argument())))
