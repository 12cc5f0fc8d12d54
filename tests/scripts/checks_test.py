"""Each check of scripts/ finds what it is for in a small repository made for the test, and nothing in a good one."""
import subprocess, sys, tempfile, unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


class ChecksTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        subprocess.run(["git", "init", "--quiet", folder.name], check=True)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def check(self, script):
        run = subprocess.run([sys.executable, SCRIPTS / script, self.root], capture_output=True, text=True)
        self.assertEqual("", run.stderr)
        return run.returncode, run.stdout

    def expect_finding(self, script, *words):
        code, output = self.check(script)
        self.assertEqual(1, code, output)
        for word in words:
            self.assertIn(word, output)

    def expect_none(self, script):
        self.assertEqual((0, script.split("_")[1].split(".")[0] + ": no findings"),
                         (self.check(script)[0], self.check(script)[1].splitlines()[-1]))

    def test_layers_allow_the_arrows_of_the_design(self):
        self.write("include/baton/core/a.h", "#pragma once\n#include <string>\n")
        self.write("src/callbacks/b.cc", '#include "baton/core/a.h"\n')
        self.write("src/train/c.cc", '#include "baton/core/a.h"\n#include <torch/torch.h>\n')
        self.expect_none("check_layers.py")

    def test_layers_refuse_what_breaks_them(self):
        self.write("src/train/t.h", "")
        self.write("src/callbacks/c.h", "")
        for path, include, word in [
                ("src/core/a.cc", '"src/callbacks/c.h"', "callbacks"),      # upwards
                ("src/core/a.cc", "<torch/torch.h>", "torch"),              # LibTorch outside train
                ("include/baton/core/a.h", "<nlohmann/json.hpp>", "json"),  # a private dependency in a public header
                ("include/baton/core/a.h", '"src/callbacks/c.h"', "private"),
                ("src/train/a.cc", "<nlohmann/json.hpp>", "json"),          # meets LibTorch's copy
                ("tests/train/a.cc", "<nlohmann/json.hpp>", "json"),        # likewise
                ("tools/baton/a.cc", '"src/train/t.h"', "LibTorch"),        # the tools start in milliseconds
                ("src/core/a.cc", '"gone.h"', "does not exist")]:
            with self.subTest(path=path, include=include):
                self.write(path, f"#include {include}\n")
                self.expect_finding("check_layers.py", f"{path}:1", word)
                (self.root / path).unlink()

    def test_listed_finds_the_forgotten_test(self):
        self.write("tests/CMakeLists.txt", "add_executable(tests\n  core/a_test.cc\n)\n")
        self.write("tests/core/a_test.cc", "")
        self.expect_none("check_listed.py")
        self.write("tests/core/b_test.cc", "")
        self.expect_finding("check_listed.py", "tests/core/b_test.cc")

    def test_names_finds_two_types_of_one_name(self):
        def in_namespace(name, text):
            return f"namespace {name} {{\n{text}\n}}  // namespace{' ' * bool(name)}{name}\n"
        self.write("src/a.h", in_namespace("baton", "struct Thing {\n};"))
        self.write("src/b.h", "namespace torch {\nclass Thing;\n}\n" + in_namespace("baton::b", "struct Thing {\n};"))
        self.write("src/c.cc", in_namespace("baton", in_namespace("", "class Thing final {\n};")))
        self.expect_none("check_names.py")
        self.write("include/baton/d.h", in_namespace("baton", "class Thing final : public Other {\n};"))
        self.expect_finding("check_names.py", "src/a.h: baton::Thing", "include/baton/d.h")

    def test_clean_finds_what_no_file_may_hold(self):
        self.write("good.md", "See docs/guide.md.\n")
        self.expect_none("check_clean.py")
        path = "/ro" + "ot/notes"
        for text in [f"see {path}\n", "TO" + "DO\n", "blank \n", "\tindented\n", "no newline", "x" * 121 + "\n"]:
            with self.subTest(text=text):
                self.write("bad.py", text)
                self.expect_finding("check_clean.py", "bad.py")

    def test_sizes_measure_functions_between_their_braces(self):
        body = "  call(\"{\");  // }\n" * 79
        scope = "namespace n {\nstruct S {\n  int one() { return 1; }\n};\n"
        self.write("a.cc", scope + "void long_one() {\n" + body + "}\n}\n")
        self.expect_finding("report_sizes.py", "a.cc:5 long_one: 81 lines")
        self.write("a.cc", "void f() {}\n" * 601)
        self.expect_finding("report_sizes.py", "a.cc: 601 lines")

    def test_sizes_accept_short_code(self):
        self.write("a.cc", "int main() { return 0; }\n")
        code, output = self.check("report_sizes.py")
        self.assertEqual((0, True), (code, "sizes: no findings" in output), output)

    def test_docs_accept_what_is_there(self):
        header = 'visit(row("max_steps", "updates"));\nint one();\n\nint two();\nint three();\n'
        self.write("include/baton/core/a.h", header)
        self.write("tests/core/a_test.cc", "TEST(PlanSteps, RefusesZero_D12) {}\n")
        self.write("docs/differences.md", "# The differences\n`PlanSteps.RefusesZero_D12`, `tests/core/a_test.cc`\n")
        self.write("README.md", "[Differences](docs/differences.md#the-differences), `baton/core/a.h`, --max_steps\n"
                   "<!-- from include/baton/core/a.h -->\n```cpp\n  int one();\n// ...\n  int three();\n```\n")
        self.expect_none("check_docs.py")

    def test_docs_find_what_is_not_there(self):
        self.write("include/baton/core/a.h", 'visit(row("max_steps", "updates"));\nint one();\nint two();\n')
        code = "<!-- from include/baton/core/a.h -->\n```cpp\n{}\n```\n"
        for text, word in [
                ("[guide](docs/guide.md)", "docs/guide.md"),
                ("# A\n[a](#b)", "#b"),
                ("`src/core/gone.cc`", "src/core/gone.cc"),
                ("`build/bin/gone`", "build/bin/gone"),
                ("--max_step", "--max_step"),
                ("`PlanSteps.Gone`", "PlanSteps.Gone"),
                (code.format("int zero();"), "int zero();"),
                (code.format("int two();\n// ...\nint one();"), "int one();")]:
            with self.subTest(text=text):
                self.write("docs/differences.md", text + "\n")
                self.expect_finding("check_docs.py", "docs/differences.md: ", word)


if __name__ == "__main__":
    unittest.main()
