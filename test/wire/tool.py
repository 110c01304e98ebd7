"""wire_tool as a child process: the codec, for programs of Python."""
import os
import shlex
import subprocess

# What runs programs of a cross-build.
EMULATOR = shlex.split(os.environ.get("MESON_EXE_WRAPPER", ""))


class Tool:
    def __init__(self, path):
        # Memory that is read before it was written shall not hold zeros; Python's own may.
        self.process = subprocess.Popen([*EMULATOR, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=dict(os.environ, MALLOC_PERTURB_="165"))

    def ask(self, line):
        """The line that answers this one."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.read_line()

    def ask_list(self, line):
        """All lines up to an empty one."""
        lines = [self.ask(line)]
        while lines[-1]:
            lines.append(self.read_line())
        return lines[:-1]

    def read_line(self):
        return self.process.stdout.readline().decode().rstrip("\n")
