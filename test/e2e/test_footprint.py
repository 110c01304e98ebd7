"""What a server takes (bench/footprint.json): memory at rest and for a connection of each transport,
bytes on the disk for a message, the size of the program: PATH OF CHINWAGD, of footprint.json.

The bounds leave two fifths of room above what was measured, so that an allocator or a library of
another day does not break them; where there is an aim, that is the bound. --write notes today's
figures."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import zmq

from harness import PASSWORD, Raw, Server, decode, encode, main
from transports import WebSocket, certificate, encrypt, public_key

PATH = sys.argv.pop(2)
WRITES = "--write" in sys.argv
if WRITES:
    sys.argv.remove("--write")
ROOM = 1.4

WARM, CONNECTIONS = 40, 500
TRIES = 4
MESSAGES = 4000
TEXT = ("a hundred bytes of text, as somebody may type them into a chat with friends "
        "on an ordinary evening")

with open(PATH, encoding="utf-8") as kept_file:
    KEPT = json.load(kept_file)
LOGIN = encode("request", "login", "alice", PASSWORD, {"client": "test", "features": []})


class Zmtp:
    def __init__(self, server):
        self.raw = Raw(server)
        self.raw.handshake()

    def ask(self, body):
        self.raw.send_frame(body)
        return self.raw.recv()

    def close(self):
        self.raw.close()


class Curve:
    def __init__(self, server):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        encrypt(self.socket, public_key(server))
        self.socket.connect(server.endpoint)

    def ask(self, body):
        self.socket.send(body)
        if not self.socket.poll(60000):
            raise AssertionError("no answer")
        return decode(self.socket.recv())

    def close(self):
        self.socket.close()


class Web:
    def __init__(self, server, tls=False):
        self.socket = WebSocket(server, tls, patience=60)

    def ask(self, body):
        self.socket.send(body)
        return decode(self.socket.recv())

    def close(self):
        self.socket.close()


TRANSPORTS = {"zmtp": Zmtp, "curve": Curve, "ws": Web, "wss": lambda server: Web(server, True)}


def heap_kib(server):
    """Without the pages of libraries, which come when their code runs first."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    raise AssertionError("no RssAnon")


class Footprint(unittest.TestCase):
    def start(self, **settings):
        """A server whose memory is not perturbed, as the harness does for other tests."""
        server = Server(sessions_per_user=1000, connections_per_address=0, waiting_per_address=0,
                        wrap=["env", "-u", "MALLOC_PERTURB_"], **settings)
        return self.enterContext(server)

    def judge(self, figure, unit):
        """The figure is below its bound; the name is that of the test."""
        name = self.id().rsplit(".test_", 1)[1]
        self.compare(name, figure, unit)

    def compare(self, name, figure, unit):
        print(f"{name}: {figure} {unit}", file=sys.stderr)
        if WRITES:
            KEPT.setdefault(name, {})["measured"] = figure
            KEPT[name]["bound"] = KEPT[name].get("aim", round(figure * ROOM))
            with open(PATH, "w", encoding="utf-8") as file:
                json.dump(KEPT, file, indent=2)
                file.write("\n")
        self.assertLessEqual(figure, KEPT[name]["bound"],
                             f"{name}: if it is worth that: {sys.argv[0]} ... --write")

    def test_program_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            stripped = os.path.join(folder, "chinwagd")
            subprocess.run(["strip", "-o", stripped, os.environ["CHINWAGD"]], check=True)
            self.judge(os.path.getsize(stripped), "bytes, stripped")

    def test_idle_kib(self):
        """Just started, with the browser client in the program, and most of it in libraries that
        other programs of the machine use, too."""
        self.judge(self.start().memory_kib(), "KiB at rest")

    def connection_bytes(self, transport):
        settings = {}
        if transport == "wss":
            settings = certificate(self.enterContext(tempfile.TemporaryDirectory()))
        server = self.start(**settings)
        first = Zmtp(server)
        self.assertEqual(first.ask(encode("request", "register", "alice", PASSWORD))[2], 0)
        peers, before = [first], 0
        try:
            for i in range(WARM + CONNECTIONS):
                if i == WARM:
                    before = heap_kib(server)
                peers.append(TRANSPORTS[transport](server))
                self.assertEqual(peers[-1].ask(LOGIN)[2], 0)
            grown = heap_kib(server) - before
        finally:
            for peer in peers:
                peer.close()
        return grown * 1024 // CONNECTIONS

    def test_connection_bytes(self):
        """Each with a session of its own, at rest. What a server takes once, at a moment of its
        own, is not of a connection: the least of some tries counts."""
        for transport in TRANSPORTS:
            with self.subTest(transport):
                name, figure = f"connection_bytes_{transport}", self.connection_bytes(transport)
                for _ in range(TRIES - 1):
                    if figure > KEPT[name]["bound"]:
                        figure = min(figure, self.connection_bytes(transport))
                self.compare(name, figure, "bytes a connection")

    def test_message_bytes(self):
        """A text of about 100 bytes between two people, with its indexes; after a clean end."""
        server = self.start()
        alice = Zmtp(server)
        for name in ("alice", "bobby"):
            self.assertEqual(alice.ask(encode("request", "register", name, PASSWORD))[2], 0)
        token = alice.ask(LOGIN)[4]
        body = encode("request", "whisper", "alice", token, "bobby", TEXT)
        self.assertEqual(alice.ask(body)[2], 0)
        server.stop()
        path = server.database()
        before = os.path.getsize(path)
        server.process.stdout.close()
        server.start()
        alice.close()
        alice = Zmtp(server)
        token = alice.ask(LOGIN)[4]
        body = encode("request", "whisper", "alice", token, "bobby", TEXT)
        for _ in range(MESSAGES // 100):
            for _ in range(100):
                alice.raw.send_frame(body)
            for _ in range(100):
                self.assertEqual(alice.raw.recv()[2], 0)
        alice.close()
        server.stop()
        self.judge((os.path.getsize(path) - before) // MESSAGES, "bytes a message")


if __name__ == "__main__":
    shutil.which("strip") or sys.exit("strip is missing")
    main()
