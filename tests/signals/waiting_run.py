"""A run of tests/signals/stoppable.cc."""
import subprocess


class WaitingRun:
    """It waits at some places, each time until a line is sent to it. It is at the first now."""

    def __init__(self, program, *words, wait_at=(), **surroundings):
        self.process = subprocess.Popen(
            [program, *map(str, words), *(["--wait_at", ",".join(wait_at)] if wait_at else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **surroundings)
        self.lines = []
        for place in wait_at[:1]:
            self.until(place)

    def until(self, place):
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if self.lines[-1] == place:
                return
        raise AssertionError(f"{place} never came after {self.lines}: {self.process.stderr.read()}")

    def send(self, number):
        self.process.send_signal(number)
        return self

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self

    def end(self):
        out, self.err = self.process.communicate(timeout=60)
        self.lines += out.splitlines()
        return self.process.returncode
