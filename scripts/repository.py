"""What the checks share: the files of this repository and how a finding is reported."""
import re, subprocess, sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def files(root, *suffixes):
    """Tracked files and new ones that git does not ignore, relative to the root; without suffixes all of them."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    names = set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines())
    return [Path(n) for n in sorted(names) if (not suffixes or n.endswith(suffixes)) and (root / n).is_file()]


def includes(path):
    """(line number, '<' or '"', name) of each include."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1], match[2]


def root_argument():
    return Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()


def report(what, findings):
    for finding in findings:
        print(finding)
    print(f"{what}: {len(findings) or 'no'} finding{'s' * (len(findings) != 1)}")
    sys.exit(bool(findings))
