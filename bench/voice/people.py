"""The real programs: chinwagd, and people who call with the chinwag command."""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import wave

import numpy as np

from studio import RATE

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


class Server:
    """A chinwagd with a group in whose call everybody is; default settings but for
    the cost of passwords, and those given."""

    group = "kitchen"

    def __init__(self, build, **settings):
        self.settings = {"password_cost": "minimum", **settings}
        self.build = os.path.abspath(build)
        self.folder = tempfile.TemporaryDirectory(prefix="chinwag-bench-voice-")

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def __enter__(self):
        self.callers = []
        with open(self.path("config"), "w") as out:
            out.writelines(f"{key} = {value}\n" for key, value in self.settings.items())
        self.process = subprocess.Popen(
            [os.path.join(self.build, "chinwagd"), "--data", self.path("data"), "--config",
             self.path("config"), "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
            stderr=open(self.path("log"), "w"), text=True)
        line = self.process.stdout.readline()
        found = re.search(r"(127\.0\.0\.1):(\d+)", line)
        if not found:
            raise SystemExit("chinwagd did not start: " + line + open(self.path("log")).read())
        self.host, self.port = found[1], int(found[2])
        self.address = f"{self.host}:{self.port}"
        return self

    def __exit__(self, *_):
        for process in self.callers:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def environment(self, base, name, address):
        """Each person has a state of his own, so that an account is known at the
        address by which he goes."""
        return dict(base, XDG_STATE_HOME=self.path("state-" + name), CHINWAG_PASSWORD="bench voice",
                    CHINWAG_SERVER=address or self.address)

    def command(self, environment, *arguments):
        subprocess.run([os.path.join(self.build, "chinwag"), *arguments], env=environment,
                       check=True, stdout=subprocess.DEVNULL)

    def register(self, name, base, address=None, founds=False):
        environment = self.environment(base, name, address)
        self.command(environment, "register", name)
        self.command(environment, "group", "create" if founds else "join", self.group)
        return environment

    def cpu_s(self):
        return cpu_s(self.process.pid)

    def rss_kib(self):
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * PAGE_KIB


def cpu_s(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


class Caller:
    """Somebody in the call. `stats` is what he printed each second."""

    def __init__(self, server, environment, *options, inside=(), stdin=subprocess.DEVNULL):
        raw = "--raw" in options
        self.stats, self.times = [], []  # when each came
        self.process = subprocess.Popen(
            [*inside, os.path.join(server.build, "chinwag"), "call", server.group, "--stats", "--json",
             *options],
            env=environment, stdin=stdin,
            stdout=subprocess.DEVNULL if raw else subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        server.callers.append(self.process)
        self.said = []
        for line in self.process.stderr:
            self.said.append((time.monotonic(), line))
            if "in the call of" in line:
                break
        else:
            raise SystemExit("a caller gave up: " + "".join(line for _, line in self.said))
        self.threads = [threading.Thread(target=self.read, args=(stream,))
                        for stream in (self.process.stdout, self.process.stderr) if stream]
        for thread in self.threads:
            thread.start()

    def read(self, stream):
        for line in stream:
            if line.startswith("{"):
                self.stats.append(json.loads(line))
                self.times.append(time.monotonic())
            else:
                self.said.append((time.monotonic(), line))

    def speaker(self, name, at=-1):
        """What this one knows of another, in the last (or another) second."""
        for speaker in self.stats[at]["speakers"] if self.stats else ():
            if speaker["name"] == name:
                return speaker
        return {}

    def leave(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=20)
        for thread in self.threads:
            thread.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        if code != 0:
            raise SystemExit(f"a caller ended with {code}: {''.join(self.said)}")


def read_wav(path):
    with wave.open(path) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def write_wav(path, *channels, rate=RATE):
    n = min(len(c) for c in channels)
    with wave.open(path, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.stack([c[:n] for c in channels], 1).astype("<i2").tobytes())
