"""A nats-server of a test's own, and a client of it that knows no Chinwag: it listens, publishes what it
likes, and repeats what it has heard."""

import base64
import binascii
import ctypes
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

from harness import PATIENCE, loopback_address

PROGRAM = shutil.which("nats-server", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/bin")
BUS = PROGRAM and os.environ.get("BUS", "nats")  # else there is none: BUS= where libnats is missing


class Nats:
    """At a port that the system has chosen, which it keeps over restarts: at an address of this
    process's own, where not even its chinwagd are, so that nothing else takes it meanwhile."""

    def __init__(self, *options, address=None):
        self.address = address or loopback_address(164)
        self.host = "127.0.0.1" if self.address == "0.0.0.0" else self.address
        self.folder = tempfile.mkdtemp(prefix="chinwag-nats-")
        self.options = list(options)
        self.port = -1
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, "-a", self.address, "-p", str(self.port), "--ports_file_dir", self.folder,
             *self.options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 4 * PATIENCE
        while not (port := self.told_port()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("nats-server does not start")
            time.sleep(0.01)
        self.port = int(port)

    def told_port(self):
        """In a file that may not be there, or not be written yet."""
        for path in glob.glob(self.folder + f"/*_{self.process.pid}.ports"):
            with open(path) as file:
                if found := re.search(r'[\d.]+:(\d+)"', file.read()):
                    return found[1]
        return None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.kill()
        shutil.rmtree(self.folder)

    def url(self, user="", host=None, parameters=""):
        return f"nats://{user}{host or self.host}:{self.port}{parameters}"


class Stranger:
    """A connection of the text protocol of NATS."""

    def __init__(self, nats, subject="chinwag.>"):
        self.socket = socket.create_connection((nats.host, nats.port), timeout=PATIENCE)
        self.stream = self.socket.makefile("rwb")
        self.line()  # INFO
        self.say(b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB %s 1\r\nPING\r\n'
                 % subject.encode())
        while self.line() != b"PONG":
            pass

    def say(self, data):
        self.stream.write(data)
        self.stream.flush()

    def line(self):
        while True:
            line = self.stream.readline()
            if not line:
                raise AssertionError("NATS has hung up")
            if line == b"PING\r\n":
                self.say(b"PONG\r\n")
                continue
            return line.rstrip(b"\r\n")

    def hear(self):
        """The next message: its subject and bytes."""
        while not (line := self.line()).startswith(b"MSG "):
            pass
        _, subject, _, size = line.split()
        body = self.stream.read(int(size) + 2)[:-2]
        return subject.decode(), body

    def publish(self, subject, body):
        self.say(b"PUB %s %d\r\n%s\r\n" % (subject.encode(), len(body), body))

    def flush(self):
        """NATS has taken all of it; returns what was heard meanwhile."""
        heard = []
        self.say(b"PING\r\n")
        while (line := self.line()) != b"PONG":
            if line.startswith(b"MSG "):
                _, subject, _, size = line.split()
                heard.append((subject.decode(), self.stream.read(int(size) + 2)[:-2]))
        return heard

    def close(self):
        self.stream.close()
        self.socket.close()


SODIUM = ctypes.CDLL("libsodium.so.23")


class Key:
    """Of an operator, an account or a user of NATS (Ed25519), as NATS writes it: what it signs are
    JWTs, each of which says who has the next key."""

    KINDS = {"operator": 14 << 3, "account": 0, "user": 20 << 3}

    def __init__(self, kind):
        self.kind = kind
        seed, public = os.urandom(32), ctypes.create_string_buffer(32)
        self.secret = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(public, self.secret, seed)
        number = self.KINDS[kind]
        self.public = self.written(bytes([number]) + public.raw)
        self.seed = self.written(bytes([18 << 3 | number >> 5, (number & 31) << 3]) + seed)

    @staticmethod
    def written(data):
        data += binascii.crc_hqx(data, 0).to_bytes(2, "little")
        return base64.b32encode(data).decode().rstrip("=")

    def sign(self, of, **claims):
        """The JWT of the key `of`."""
        def part(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=")
        claims = {"jti": of.public, "iat": int(time.time()), "iss": self.public, "name": of.kind,
                  "sub": of.public, "nats": {"type": of.kind, "version": 2, **claims}}
        signed = (part(b'{"typ":"JWT","alg":"ed25519-nkey"}') + b"."
                  + part(json.dumps(claims).encode()))
        signature = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_detached(signature, None, signed, ctypes.c_ulonglong(len(signed)),
                                    self.secret)
        return (signed + b"." + part(signature.raw)).decode()
