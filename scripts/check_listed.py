#!/usr/bin/env python3
"""Usage: check_listed.py [ROOT]. Fails if a source file, tests above all, is named in no CMakeLists.txt."""
import re
from repository import files, report, root_argument


def listed(root, file):
    """A list names files relative to its own folder."""
    for folder in file.parents:
        lists = root / folder / "CMakeLists.txt"
        if lists.is_file() and file.relative_to(folder).as_posix() in re.split(r"[\s()]+", lists.read_text()):
            return True
    return False


if __name__ == "__main__":
    root = root_argument()
    report("listed", [f"{f}: named in no CMakeLists.txt, so it is never built" for f in files(root, ".cc")
                      if not listed(root, f)])
