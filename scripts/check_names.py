#!/usr/bin/env python3
"""Usage: check_names.py [ROOT]. Fails if two files of the library define types of one full name. No compiler tells, and
a program that has both goes wrong: what is made of a template for one of them is used for the other."""
import re
from repository import files, report, root_argument

NAMESPACE = re.compile(r"(?:inline )?namespace ([\w:]*) ?\{")  # "" is for one file alone
DECLARATIONS = re.compile(r"^namespace .*\{\n(?:.*;\n|template .*\n)+\}$", re.MULTILINE)
END_OF_NAMESPACE = re.compile(r"\}  // namespace")
TYPE = re.compile(r"(?:struct|class) (\w+)(?: final)?(?: : .*)? \{")


def types(text):
    """The full names of the types that a file defines for all."""
    namespaces = []
    for line in DECLARATIONS.sub("", text).splitlines():
        if match := NAMESPACE.match(line):
            namespaces.append(match[1])
        elif END_OF_NAMESPACE.match(line):
            namespaces.pop()
        elif (match := TYPE.match(line)) and "" not in namespaces:
            yield "::".join([*namespaces, match[1]])


def findings(root):
    first = {}
    for file in files(root, ".h", ".cc"):
        if file.parts[0] in ("include", "src"):
            for name in types((root / file).read_text()):
                if first.setdefault(name, file) != file:
                    yield f"{file}: {name} is a type of {first[name]} too"


if __name__ == "__main__":
    report("names", list(findings(root_argument())))
