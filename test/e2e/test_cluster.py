"""tools/cluster: three servers that answer, one that is killed and started again, and the end; and
three with a bus, at ports that are asked for. Run by tools/with_postgres."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import unittest

from harness import PATIENCE, Peer, is_readable, main
from nats import BUS, Nats
from test_postgres import ask

CLUSTER, CHINWAGD = sys.argv.pop(1), os.path.abspath(sys.argv[1])


class Where:
    """A server that somebody else has started, as far as a peer needs it."""

    def __init__(self, port):
        self.endpoint = f"tcp://127.0.0.1:{port}"
        self.address, self.port = "127.0.0.1", port


def three_ports():
    """The first of three in a row that are free. Not of those that the system gives to others, which
    might take one before it is used; each process begins its search elsewhere."""
    first = 10000 + os.getpid() * 3 % 20000
    while True:
        try:
            for port in range(first, first + 3):
                socket.create_server(("127.0.0.1", port)).close()
            return first
        except OSError:
            first = first + 3 if first < 30000 else 10000


class Cluster(unittest.TestCase):
    def begin(self, *port, **environment):
        """Ports, processes and log files of the three."""
        self.addCleanup(ask, "postgres", "DROP SCHEMA chinwag CASCADE")  # of a folder that is gone
        self.process = subprocess.Popen([sys.executable, CLUSTER, CHINWAGD, *port],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                                        env=dict(os.environ, **environment))
        self.addCleanup(self.end)
        text = self.read_until("Kill a node")
        nodes = re.findall(r"node \d +http://127.0.0.1:(\d+) +process (\d+), +log (.*)", text)
        self.assertEqual(len(nodes), 3)
        return [int(node[0]) for node in nodes], [int(node[1]) for node in nodes], [
            node[2] for node in nodes]

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def read_until(self, words):
        """The lines up to the one with these words."""
        text = ""
        while words not in text:
            self.assertTrue(is_readable(self.process.stdout, 4 * PATIENCE), f"no {words} in {text}")
            line = self.process.stdout.readline().decode()
            self.assertNotEqual(line, "", f"it ended without {words}: {text}")
            text += line
        return text

    def peer(self, port):
        peer = Peer(Where(port))
        self.addCleanup(peer.close)
        return peer

    def answer(self, peer, action, *arguments):
        """Past what else comes."""
        peer.send("request", action, peer.name, peer.token, *arguments)
        while (message := peer.recv())[:2] != ["response", action]:
            pass
        self.assertEqual(message[2], 0, message)
        return message

    def state_of(self, peer, name):
        entries = self.answer(peer, "contacts")[-1]["list"]
        return {entry["name"]: entry["state"] for entry in entries}[name]

    def at(self, port, name):
        return self.peer(port).register(name).login(name)

    def test_people_try_it(self):
        ports, processes, logs = self.begin()
        alice, bob, carol = map(self.at, ports, ("alice", "bob", "carol"))
        for other in bob, carol:
            alice.ask("whisper", other.name, "hello")
            other.expect("update", "whisper", "alice", "hello")
        os.kill(processes[2], signal.SIGKILL)
        self.read_until("node 3 has ended with -9")
        self.process.stdin.write(b"\n")
        self.read_until("node 3 runs again")
        self.peer(ports[2]).request("attach", "carol", carol.token, answer=["carol"])
        self.process.send_signal(signal.SIGINT)
        self.assertEqual(self.process.wait(4 * PATIENCE), 0)
        self.assertFalse(os.path.exists(os.path.dirname(logs[0])))

    @unittest.skipUnless(BUS, "no nats-server here (the package nats-server), or no libnats")
    def test_with_a_bus_at_chosen_ports(self):
        nats = Nats(address="127.0.0.1")
        self.addCleanup(nats.close)
        first = three_ports()
        ports, _, _ = self.begin(str(first), NATS_PORT=str(nats.port))
        self.assertEqual(ports, [first, first + 1, first + 2])
        alice = self.peer(ports[0]).register("alice").login_extended("alice")
        self.at(ports[2], "bob")
        self.answer(alice, "add_contact", "bob")
        deadline = time.monotonic() + 4 * PATIENCE
        while self.state_of(alice, "bob") != "online":  # which only the bus tells
            self.assertLess(time.monotonic(), deadline)


if __name__ == "__main__":
    main()
