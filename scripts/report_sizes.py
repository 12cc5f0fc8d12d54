#!/usr/bin/env python3
"""Usage: report_sizes.py [ROOT]. Prints the longest files and functions; fails above 600 and 80 lines."""
import re
from repository import files, report, root_argument

AIM_FILE, AIM_FUNCTION, MAX_FILE, MAX_FUNCTION = 400, 40, 600, 80
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()=]*$")
NOISE = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*.*?\*/', re.DOTALL)


def functions(text):
    """(name, first line, lines) of each function, found by its braces."""
    text = NOISE.sub(lambda m: "\n" * m[0].count("\n"), text)
    open_braces, head, line, head_line = [], "", 1, 1
    for char in text:
        if char == "{":
            kind = "scope" if SCOPE.search(head) else "function" if ")" in head else "other"
            open_braces.append((kind, head.strip(), head_line))
            head = ""
        elif char == "}":
            kind, name, first = open_braces.pop() if open_braces else ("other", "", 0)
            if kind == "function" and all(k == "scope" for k, _, _ in open_braces):
                yield name.split("(")[0].split()[-1], first, line - first + 1
            head = ""
        elif char == ";":
            head = ""
        else:
            if not head.strip() and not char.isspace():
                head_line = line
            head += char
        line += char == "\n"


def longest(title, sizes, aim, limit):
    sizes.sort(key=lambda s: -s[1])
    above = sum(n > aim for _, n in sizes)
    print(f"{title}: {len(sizes)}, {above} above the aim of {aim} lines; the longest:")
    for where, n in sizes[:5]:
        print(f"  {n:4} {where}")
    return [f"{where}: {n} lines, at most {limit}" for where, n in sizes if n > limit]


if __name__ == "__main__":
    root = root_argument()
    texts = {f: (root / f).read_text() for f in files(root, ".h", ".cc", ".py", ".sh")
             if not f.as_posix().startswith("tests/contract/")}
    code = [f for f in texts if f.suffix in (".h", ".cc")]
    found = longest("files", [(str(f), t.count("\n")) for f, t in texts.items()], AIM_FILE, MAX_FILE)
    found += longest("functions", [(f"{f}:{first} {name}", n) for f in code for name, first, n in functions(texts[f])],
                     AIM_FUNCTION, MAX_FUNCTION)
    report("sizes", found)
