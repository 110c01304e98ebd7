"""A terminal that tells of released keys: kitty, on a display of its own without a screen (Xvfb),
whose keys xdotool presses, and holds. `command` is a list, `folder` for sockets."""

import json
import os
import select
import socket
import subprocess
import time

from command import children
from harness import PATIENCE


class Kitty:
    def __init__(self, folder, command, environment):
        self.socket = os.path.join(folder, "control")
        self.environment = {"LC_ALL": "C.UTF-8", "LIBGL_ALWAYS_SOFTWARE": "1", "HOME": folder,
                            "XDG_CONFIG_HOME": folder, "XDG_CACHE_HOME": folder, **environment}
        read, write = os.pipe()
        self.display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1000x600x24", "-nolisten", "tcp"],
            pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:  # it is written once the display is there
            self.environment["DISPLAY"] = ":" + number.readline().strip()
        self.kitty = subprocess.Popen(
            ["kitty", "--config", "NONE", "-o", "allow_remote_control=yes", "-o",
             "confirm_os_window_close=0", "--listen-on", "unix:" + self.socket, *command],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            self.begin()
        except BaseException:
            self.close()
            raise

    def begin(self):
        self.waits()
        self.window = self.xdotool("search", "--sync", "--class", "kitty").split()[-1]
        self.xdotool("windowfocus", "--sync", self.window)

    def xdotool(self, *arguments):
        return subprocess.run(["xdotool", *arguments], env=self.environment, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=PATIENCE).stdout.decode()

    def screen(self):
        return self.remote("get-text")

    def remote(self, command):
        """What kitty's remote control answers (kitty's documentation, "The kitty remote control
        protocol"); its own program for that would take longer to begin than all the rest."""
        words = json.dumps({"cmd": command, "version": [0, 26, 0], "payload": {}})
        answer = b""
        try:
            with socket.socket(socket.AF_UNIX) as control:
                control.settimeout(PATIENCE)
                control.connect(self.socket)
                control.sendall(f"\x1bP@kitty-cmd{words}\x1b\\".encode())
                while not answer.endswith(b"\x1b\\"):
                    if not (chunk := control.recv(65536)):
                        return None
                    answer += chunk
        except (FileNotFoundError, ConnectionError):
            return None  # it has not begun to listen
        return json.loads(answer.partition(b"@kitty-cmd")[2][:-2])["data"]

    def until(self, good, look):
        """As of tmux.Terminal; kitty does not tell when something was written, so it is asked again
        and again."""
        end = time.monotonic() + PATIENCE
        while (seen := look()) is None or not good(seen):
            if time.monotonic() > end:
                raise AssertionError(f"this is all that comes:\n{seen}")
        return seen

    def waits(self, *parts, without=()):
        """Until the screen has all of these, and none of those; it is returned."""
        return self.until(lambda shown: all(part in shown for part in parts) and
                          not any(part in shown for part in without), self.screen)

    def types(self, text):
        self.xdotool("type", text)

    def enters(self, text):
        self.types(text)
        self.key("Return")

    def key(self, *names):
        self.xdotool("key", *names)

    def holds(self, name):
        self.xdotool("keydown", name)

    def lets_go(self, name):
        self.xdotool("keyup", name)

    def programs(self):
        """Descriptors that are readable when what it runs has ended."""
        try:
            return [os.pidfd_open(process) for process in children(self.kitty.pid)]
        except (FileNotFoundError, ProcessLookupError):
            return []

    def close(self):
        programs = self.programs()
        for process in (self.kitty, self.display):
            process.terminate()
            process.wait(timeout=PATIENCE)
        for program in programs:  # it writes what it keeps
            select.select([program], [], [], PATIENCE)
            os.close(program)
