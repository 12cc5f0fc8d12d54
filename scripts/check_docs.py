#!/usr/bin/env python3
"""Usage: check_docs.py [ROOT]. Fails if a page names what is not there: a link, path, flag, test or piece of code."""
import fnmatch, re
from repository import files, report, root_argument

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^(?:<!-- from (\S+) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"(?:bench|build|cmake|docs|examples|include|scripts|src|tests|tools|baton)/[\w./*-]+")
FLAG = re.compile(r"(?<![\w-])--([a-z][\w-]*)")
TEST = re.compile(r"[A-Z]\w*\.(?:[A-Z]\w+|\*)")
TEST_MACRO = re.compile(r"\bTEST(?:_[FP])?\((\w+),\s*(\w+)\)")
FOREIGN_FLAGS = {"gtest_filter", "prefix", "tool",  # of GoogleTest, of CMake, of valgrind,
                 "logdir", "samples_per_plugin"}  # of TensorBoard
FLAG_SOURCES = ("bench/", "check", "quickstart", "examples/", "include/", "scripts/", "src/", "tools/",
                "CMakeLists.txt")


def slug(heading):
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def lines_of(text):
    return [line.strip() for line in text.strip().splitlines()]


class Pages:
    def __init__(self, root):
        self.root = root
        names = files(root)
        self.pages = {n: (root / n).read_text() for n in names
                      if n.suffix == ".md" and not n.as_posix().startswith("tests/")}
        text = "".join((root / n).read_text() for n in names
                       if n.as_posix().startswith(FLAG_SOURCES) and n.suffix in (".h", ".cc", ".py", ".sh", ".txt", "")
                       and n.name != "check_docs.py")
        self.flags = FOREIGN_FLAGS | set(FLAG.findall(text)) | set(re.findall(r'(?:row|add)\(\s*"(\w+)"', text))
        self.programs = set(re.findall(r"add_executable\((\w+)", text))
        self.tests = {f"{suite}.{name}" for n in names if n.suffix == ".cc"
                      for suite, name in TEST_MACRO.findall((root / n).read_text())}

    def findings(self):
        for page, text in self.pages.items():
            prose = FENCE.sub("", text)
            for what in (*self.broken_links(page, text), *self.wrong_code(text),
                         *(f"there is no {p}" for c in CODE.findall(prose) for p in PATH.findall(c) if self.lacks(p)),
                         *(f"there is no flag --{f}" for f in FLAG.findall(text) if not self.has_flag(f)),
                         *(f"there is no test {t}" for c in CODE.findall(prose) for t in TEST.findall(c)
                           if page.name == "differences.md" and not fnmatch.filter(self.tests, t))):
                yield f"{page}: {what}"

    def broken_links(self, page, text):
        for link in LINK.findall(text):
            path, _, anchor = link.partition("#")
            if re.match(r"\w+:", link):
                continue
            target = self.root / page.parent / path if path else self.root / page
            if not target.exists():
                yield f"the link {link} leads nowhere"
            elif anchor and anchor not in map(slug, re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)):
                yield f"the link {link} names no heading"

    def wrong_code(self, text):
        """Code "from" a file stands there word for word; a line "// ..." leaves something out."""
        for source, _, code in FENCE.findall(text):
            if not source:
                continue
            rest = "\n".join(lines_of((self.root / source).read_text()))
            for piece in re.split(r"^\s*// \.\.\.$", code, flags=re.MULTILINE):
                before, found, rest = rest.partition("\n".join(lines_of(piece)))
                if not found:
                    yield f"{source} does not hold this code, or not in this order: {lines_of(piece)[0]}"
                    break

    def has_flag(self, flag):
        name = flag.replace("-", "_")
        return flag in self.flags or name in self.flags or name.removeprefix("no_") in self.flags

    def lacks(self, path):
        path = path.rstrip(".")
        if path.startswith("build"):
            return path.startswith("build/bin/") and path.removeprefix("build/bin/") not in self.programs
        if path.startswith("baton/"):
            path = "include/" + path
        return not any(self.root.glob(path))


if __name__ == "__main__":
    report("docs", list(Pages(root_argument()).findings()))
