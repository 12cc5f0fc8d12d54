"""scripts/terminal_svg.py shows what a terminal would."""
import subprocess, sys, tempfile, unittest
from pathlib import Path
from xml.etree import ElementTree

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "terminal_svg.py"
UP, CLEAR_LINE, CLEAR_BELOW = "\x1b[A", "\x1b[K", "\x1b[J"


class TerminalSvgTest(unittest.TestCase):
    def shown(self, capture, *options):
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(capture.encode())
            run = subprocess.run([sys.executable, SCRIPT, file.name, *options], capture_output=True, check=True)
        return [text.text for text in ElementTree.fromstring(run.stdout).findall("{*}text")]

    def test_lines_come_one_below_the_other(self):
        self.assertEqual(["one", "<two> & more"], self.shown("one\r\n\r\n<two> & more\r\n"))

    def test_a_bar_is_drawn_over_and_goes_below_the_next_line(self):
        bars = f"\rbar 1%{CLEAR_LINE}{CLEAR_BELOW}\rbar 20%{CLEAR_LINE}{CLEAR_BELOW}"
        self.assertEqual(["record", "bar 2%"], self.shown(bars + f"\r{CLEAR_BELOW}record\r\n\rbar 2%{CLEAR_LINE}"))

    def test_of_two_bars_the_lower_one_goes_away(self):
        self.assertEqual(["upper 2"], self.shown(f"\rupper 1\r\nlower\r{UP}upper 2{CLEAR_LINE}{CLEAR_BELOW}"))

    def test_long_lines_are_broken(self):
        self.assertEqual(["abc", "de"], self.shown("abcde", "--columns", "3"))

    def test_the_command_comes_first(self):
        self.assertEqual(["$ run", "a"], self.shown("a", "--command", "run"))

    def test_the_frame_of_the_recorder_is_left_out(self):
        capture = 'Script started on 2026 [COMMAND="a"]\na\r\n\nScript done on 2026 [code="0"]\n'
        self.assertEqual(["a"], self.shown(capture))


if __name__ == "__main__":
    unittest.main()
