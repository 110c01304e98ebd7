"""tools/cluster: three servers that answer, one that is killed and started again, and the end. Run by
tools/with_postgres."""

import os
import re
import signal
import subprocess
import sys
import unittest

from harness import PATIENCE, Peer, is_readable, main

CLUSTER, CHINWAGD = sys.argv.pop(1), os.path.abspath(sys.argv[1])


class Where:
    """A server that somebody else has started, as far as a peer needs it."""

    def __init__(self, port):
        self.endpoint = f"tcp://127.0.0.1:{port}"
        self.address, self.port = "127.0.0.1", port


class Cluster(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen([sys.executable, CLUSTER, CHINWAGD], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0)
        self.addCleanup(self.end)

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

    def at(self, port, name):
        return self.peer(port).register(name).login(name)

    def test_people_try_it(self):
        text = self.read_until("Kill a node")
        nodes = re.findall(r"node \d +http://127.0.0.1:(\d+) +process (\d+), +log (.*)/node", text)
        self.assertEqual(len(nodes), 3)
        ports, processes = ([int(node[i]) for node in nodes] for i in range(2))
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
        self.assertFalse(os.path.exists(nodes[0][2]))


if __name__ == "__main__":
    main()
