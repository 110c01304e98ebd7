"""chinwagctl for tests: runs it for a server, and speaks to the control socket by hand."""

import json
import os
import socket
import struct
import subprocess

from harness import PATIENCE


def program():
    return os.path.join(os.path.dirname(os.path.abspath(os.environ["CHINWAGD"])), "chinwagctl")


def run(data, *words):
    """(exit status, standard output, standard error)"""
    done = subprocess.run([program(), "--data", data, *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE * 3)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def ask(server, *words):
    """What a command prints as JSON, an object a line. It must be done."""
    status, out, err = run(server.data, *words, "--json")
    if status != 0:
        raise AssertionError(f"{words}: {status} {err}")
    return [json.loads(line) for line in out.splitlines()]


class Administered:
    """For a test case with a `server`: requests of an administrator, and refusals of chinwagctl."""

    def request(self, peer, action, *arguments):
        """The answer, from its code on."""
        peer.send("request", action, peer.name, peer.token, *arguments)
        while True:
            answer = peer.recv()
            if answer[:2] == ["response", action]:
                return answer[2:]

    def refused(self, *words):
        code, out, err = run(self.server.data, *words)
        self.assertEqual((code, out), (1, ""))
        return err


class Socket:
    def __init__(self, server):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        folder = os.open(server.data, os.O_PATH)
        self.socket.connect(f"/proc/self/fd/{folder}/control")
        os.close(folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, kind, body):
        self.socket.sendall(struct.pack(">I", len(body) + 1) + kind + body)

    def frames(self):
        """All frames until the server closes: (kind, body)."""
        data = b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except ConnectionResetError:
            pass  # the server closed without reading all that was sent
        found = []
        while data:
            n, = struct.unpack(">I", data[:4])
            found.append((data[4:5], data[5:4 + n]))
            data = data[4 + n:]
        return found
