"""A server that also tells its metrics, and the reader of their text."""

import http.client
import re
import select
import time

from harness import PATIENCE, Server

SAMPLE = re.compile(r'^([a-z_]+)(?:\{([a-z]+)="([^"\\\n]+)"\})? ([0-9.]+|\+Inf)$')


def read_metrics(text):
    """{(name, label's value or None): number}; refuses what is not the format."""
    found, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            types[name] = kind
            continue
        if line.startswith("# HELP "):
            continue
        match = SAMPLE.match(line)
        if not match:
            raise AssertionError(f"not a sample: {line!r}")
        name, _, value, number = match.groups()
        if (name, value) in found:
            raise AssertionError(f"twice: {line}")
        found[name, value] = float(number)
        family = re.sub(r"_(bucket|count|sum)$", "", name)
        if name not in types and types.get(family) != "histogram":
            raise AssertionError(f"no type: {line}")
    return found


class Watched(Server):
    """It has a second listener, for metrics, at `metrics_port`."""

    def start(self):
        if self.process:
            self.process.stdout.close()
        self.spawn("--listen", f"{self.address}:{self.port}", "--listen", "127.0.0.1:0 metrics")
        ports = []
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        for _ in range(2):
            line = self.process.stdout.readline().decode() if ready else ""
            if not line.startswith("listening "):
                self.process.kill()
                raise AssertionError(f"not ready, but {line!r}: {self.log()}")
            ports.append(int(line.rsplit(":", 1)[1]))
        self.port, self.metrics_port = ports
        return self

    def get(self, path, port=None, method="GET", **headers):
        """The answer to a request of HTTP, with its whole body."""
        connection = http.client.HTTPConnection("127.0.0.1" if port is None else self.address,
                                                port or self.metrics_port, timeout=PATIENCE)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def metrics(self):
        answer = self.get("/metrics")
        assert answer.status == 200, answer.status
        return read_metrics(answer.text)

    def wait_metrics(self, good):
        """The metrics once good(metrics) is true."""
        deadline = time.monotonic() + PATIENCE
        while not good(found := self.metrics()):
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not become true: {found}")
            select.select([], [], [], 0.05)
        return found
