"""ZeroMQ clients that we did not write, and what they see from outside:
PATH OF CHINWAGD, PATH OF LISTENER (C, libzmq), the folder of test/node.

One test here does let time pass: libzmq closes a connection when the TTL of a PING
is over, and nothing but silence shows whether it does."""

import os
import re
import select
import shutil
import subprocess
import sys
import time
import unittest

import zmq
from zmq.utils.monitor import recv_monitor_message

from harness import PASSWORD, PATIENCE, Peer, Raw, Server, ServerTest, main

LISTENER = os.path.abspath(sys.argv[2])
NODE = os.path.abspath(sys.argv[3])
DOCUMENT = os.path.abspath(sys.argv[4])
del sys.argv[2:]

# libzmq keeps TTL x 100 ms in 16 bits: the 75 s of version 0.1.0 became 9.5 s.
SILENCE = 12


class Program:
    """A client in another process; its lines."""

    def __init__(self, test, *command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=NODE,
                                        env=dict(os.environ, PYTHONUNBUFFERED="1"))
        test.addCleanup(self.end)
        self.rest = b""

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def line(self):
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            piece = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not piece:
                raise AssertionError(f"no line came, only {self.rest!r}")
            self.rest += piece
        line, _, self.rest = self.rest.partition(b"\n")
        return line.decode()


class Silence(ServerTest):
    settings = {"ping_idle_ms": 15000}  # one PING goes out with a message, the next after it

    def test_who_only_listens_goes_on_hearing(self):
        for name in ("c", "node", "python", "old", "sender"):
            Peer(self.server).register(name).close()
        programs = [Program(self, LISTENER, self.server.endpoint, "c", PASSWORD),
                    Program(self, shutil.which("node"), "listener.js", self.server.endpoint,
                            "node", PASSWORD)]
        for program in programs:
            self.assertEqual(program.line(), "ready")
        python = Peer(self.server).login("python")
        old = Raw(self.server)  # ZMTP 3.0: no PING at all
        old.handshake(minor=0)
        old.request("request", "login", "old", PASSWORD)
        self.assertEqual(old.recv()[:3], ["response", "login", 0])
        sender = Peer(self.server).login("sender")
        for text in ("one", "two"):
            for name in ("c", "node", "python", "old"):
                sender.ask("whisper", name, text)
            for program in programs:
                self.assertEqual(program.line(), text)
            python.expect("update", "whisper", "sender", text)
            self.assertEqual(old.recv(), ["update", "whisper", "sender", text])
            if text == "one":
                time.sleep(SILENCE)
        while python.monitor.poll(0):
            self.assertEqual(recv_monitor_message(python.monitor)["event"],
                             zmq.EVENT_HANDSHAKE_SUCCEEDED)
        for peer in (python, sender, old):
            peer.close()


class FromOutside(ServerTest):
    """What docs/protocol.md says an author sees of a mistake."""

    def events(self, kind, last, set_up=lambda socket: None, send=()):
        """The names of the socket's events up to the one called `last`."""
        names = {getattr(zmq, name): name[6:] for name in dir(zmq) if name.startswith("EVENT_")}
        socket = zmq.Context.instance().socket(kind)
        socket.linger = 0
        set_up(socket)
        monitor = socket.get_monitor_socket()
        socket.connect(self.server.endpoint)
        if send:
            socket.send_multipart(send)
        seen = []
        while not seen or seen[-1] != last:
            self.assertTrue(monitor.poll(PATIENCE * 1000), seen)
            event = recv_monitor_message(monitor)
            seen.append(names[event["event"]])
            if seen[-1] == "HANDSHAKE_FAILED_PROTOCOL":
                seen[-1] += f" {event['value']:#x}"
        socket.disable_monitor()
        monitor.close()
        socket.close()
        return [name for name in seen if not name.startswith("CONNECT")]

    def test_wrong_types_of_sockets(self):
        for kind in (zmq.SUB, zmq.PUSH, zmq.PAIR):
            self.assertEqual(self.events(kind, "DISCONNECTED"), ["DISCONNECTED"])
        self.assertEqual(self.events(zmq.ROUTER, "DISCONNECTED"),
                         ["HANDSHAKE_SUCCEEDED", "DISCONNECTED"])
        self.assertIn("Socket-Type must be DEALER or REQ", self.server.log())

    def test_wrong_mechanism(self):
        def plain(socket):
            socket.plain_username, socket.plain_password = b"alice", b"secret"

        self.assertEqual(self.events(zmq.DEALER, "DISCONNECTED", plain),
                         ["HANDSHAKE_FAILED_PROTOCOL 0x11000002", "DISCONNECTED"])

    def test_req_with_correlation(self):
        def correlate(socket):
            socket.req_correlate = socket.req_relaxed = 1

        self.assertEqual(self.events(zmq.REQ, "DISCONNECTED", correlate, [b"\xa7request"]),
                         ["HANDSHAKE_SUCCEEDED", "DISCONNECTED"])

    def test_too_many_frames(self):
        three = Peer(self.server)
        three.socket.send_multipart([b"\xa7request"] * 3)
        three.expect("response", "", 1023)
        three.close()
        self.assertEqual(self.events(zmq.DEALER, "DISCONNECTED", send=[b"\xa7request"] * 5),
                         ["HANDSHAKE_SUCCEEDED", "DISCONNECTED"])


class Document(ServerTest):
    """The programs of docs/protocol.md run as they stand there."""

    def programs(self):
        with open(DOCUMENT, encoding="utf-8") as file:
            found = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
        return [program.replace("tcp://127.0.0.1:4242", self.server.endpoint) for program in found]

    def test_a_first_session(self):
        first = self.programs()[0]
        for _ in range(2):  # whoever tries it again sees the same
            output = subprocess.run([sys.executable, "-c", first], stdout=subprocess.PIPE,
                                    check=True, timeout=PATIENCE).stdout.decode()
            self.assertEqual(output, "['response', 'whisper', 0]\n"
                                     "['update', 'whisper', 'ada', 'hello']\n")

    def test_staying_connected(self):
        first, second = self.programs()[:2]
        subprocess.run([sys.executable, "-c", first], stdout=subprocess.DEVNULL, check=True,
                       timeout=PATIENCE)
        program = Program(self, sys.executable, "-c", second)
        self.assertEqual(program.line()[:23], "['response', 'login', 0")
        for text in ("before", "after"):
            ada = Peer(self.server).login("ada")
            ada.ask("whisper", "grace", text)
            ada.close()
            line = f"['update', 'whisper', 'ada', '{text}']"
            while (came := program.line()) != line:
                pass  # what came before may come again
            self.assertEqual(came, line)
            if text == "before":
                self.server.kill()
                self.server.start()
                self.assertEqual(program.line(), "['response', 'attach', 0, 'grace']")


if __name__ == "__main__":
    main()
