"""Clients that we did not write, by CURVE: libzmq in C and npm's zeromq, as DEALER and as REQ;
pyzmq is the other end. PATH OF CHINWAGD, PATH OF CURVE_PIPE (C), the folder of test/node."""

import os
import select
import shutil
import subprocess
import sys
import unittest

from harness import PATIENCE, Peer, Server, main
from keys import change_key
from test_reach import ByTransport
from transports import public_key

PIPE = [os.path.abspath(sys.argv[2])]
NODE = os.path.abspath(sys.argv[3])
PROGRAMS = {"c": PIPE, "node": [shutil.which("node"), "curve_pipe.js"]}
del sys.argv[2:]


class PipePeer(Peer):
    """A Peer whose socket is in another program."""

    def __new__(cls, *_):
        return object.__new__(cls)

    def __init__(self, server, program, kind, key=None):
        key = key or public_key(server)
        self.process = subprocess.Popen(
            [*PROGRAMS[program], server.endpoint, key.decode(), kind], cwd=NODE,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.name = self.token = None
        self.rest = bytearray()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(PATIENCE)

    def send_bytes(self, data):
        self.process.stdin.write(data.hex().encode() + b"\n")
        self.process.stdin.flush()

    def recv_bytes(self):
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            piece = os.read(self.process.stdout.fileno(), 1 << 16) if ready else b""
            if not piece:
                raise AssertionError(f"{self.name}: nothing came")
            self.rest += piece
        line, _, self.rest = self.rest.partition(b"\n")
        return bytes.fromhex(line.decode())


class CurveClients(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.bob = self.keep(ByTransport(self.server, "curve")).register("bob").login("bob")

    def keep(self, peer):
        self.addCleanup(peer.close)
        return peer

    def test_dealers(self):
        for program in PROGRAMS:
            with self.subTest(program):
                alice = self.keep(PipePeer(self.server, program, "DEALER"))
                alice.register(program).login(program)
                alice.ask("whisper", "bob", "sealed")
                self.bob.expect("update", "whisper", program, "sealed")
                self.bob.ask("whisper", program, "and back")
                alice.expect("update", "whisper", "bob", "and back")
                recording = [(i * 37) % 60000 - 30000 for i in range(60_000)]  # in long frames
                alice.ask("voice_msg", "bob", 1, 44100, recording)
                self.bob.expect("update", "voice_msg", program, 1, 44100, recording)
                self.bob.ask("voice_msg", program, 1, 44100, recording)
                alice.expect("update", "voice_msg", "bob", 1, 44100, recording)

    def test_reqs_ask_and_get_no_updates(self):
        for program in PROGRAMS:
            with self.subTest(program):
                alice = self.keep(PipePeer(self.server, program, "REQ"))
                alice.register(program).login(program)
                self.bob.ask("whisper", program, "not for a REQ socket")
                alice.ask("whisper", "bob", "sealed")
                self.bob.expect("update", "whisper", program, "sealed")
                alice.request("logout", program)

    def test_the_old_key_leads_here_while_it_is_replaced(self):
        old_key = public_key(self.server)
        before = {program: self.keep(PipePeer(self.server, program, "DEALER", old_key))
                  for program in PROGRAMS}
        for program, alice in before.items():
            alice.register(program).login(program)
        new_key = change_key(self.server)
        for program, alice in before.items():
            with self.subTest(program):
                alice.ask("whisper", "bob", "as ever")
                self.bob.expect("update", "whisper", program, "as ever")
                phone = self.keep(PipePeer(self.server, program, "DEALER", old_key))
                phone.login_extended(program)
                self.assertEqual(phone.server_map["next_key"], new_key)


if __name__ == "__main__":
    main()
