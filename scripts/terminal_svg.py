#!/usr/bin/env python3
"""Usage: terminal_svg.py CAPTURE [--columns N] [--command TEXT] > docs/terminal.svg

Draws what a terminal shows after CAPTURE, the bytes that a program wrote to it. The picture in the README is from

    script -qc "stty cols 160; build/bin/fashion_mnist --logging_steps 500" capture
"""
import argparse, re
from pathlib import Path
from xml.sax.saxutils import escape

TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|([\r\n\b])|([^\x1b\r\n\b]+)|(.)", re.DOTALL)
SCRIPT_FRAME = re.compile(r"^Script (?:started|done) on .*\n?", re.MULTILINE)  # added by script(1)

CELL_WIDTH, LINE_HEIGHT, MARGIN = 8.4, 19, 16
STYLE = """text { font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d7dce2 }
.prompt { fill: #7fd18b; font-weight: bold }
.bar { fill: #6cb6ff }"""


def screen(capture):
    """The lines on an endless screen that knows what Baton's console uses: line up, clear line, clear below."""
    lines, row, column = [""], 0, 0
    for code in TOKEN.finditer(capture):
        parameters, command, control, text, _ = code.groups()
        if text:
            line = lines[row].ljust(column)
            lines[row] = line[:column] + text + line[column + len(text):]
            column += len(text)
        elif control == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif control == "\r":
            column = 0
        elif control == "\b":
            column = max(0, column - 1)
        elif command == "A":
            row = max(0, row - int(parameters or 1))
        elif command == "K":
            lines[row] = lines[row][:column]
        elif command == "J":
            lines[row] = lines[row][:column]
            del lines[row + 1:]
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.rstrip() for line in lines]


def wrapped(lines, columns):
    return [line[i:i + columns] for line in lines for i in range(0, max(len(line), 1), columns)]


def css_class(line):
    if line.startswith("$ "):
        return ' class="prompt"'
    return ' class="bar"' if re.match(r"\w+ +\d+%[| ]", line) else ""


def svg(lines, columns):
    width = round(columns * CELL_WIDTH + 2 * MARGIN)
    height = len(lines) * LINE_HEIGHT + 2 * MARGIN
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
           'xml:space="preserve">')
    yield f"<style>{STYLE}</style>"
    yield f'<rect width="{width}" height="{height}" rx="8" fill="#1b1f24"/>'
    for number, line in enumerate(lines):
        if line:  # a fixed length keeps the columns where they are in any font
            yield (f'<text x="{MARGIN}" y="{MARGIN + LINE_HEIGHT * number + 14}" '
                   f'textLength="{len(line) * CELL_WIDTH:.1f}"{css_class(line)}>{escape(line)}</text>')
    yield "</svg>"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", type=Path)
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--command", help="what was typed, shown behind a prompt")
    options = parser.parse_args()
    text = SCRIPT_FRAME.sub("", options.capture.read_bytes().decode())
    if options.command:
        text = f"$ {options.command}\n{text}"
    print("\n".join(svg(wrapped(screen(text), options.columns), options.columns)))
