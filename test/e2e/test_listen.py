"""Listening addresses: several of them, and one behind a proxy."""

import os
import socket
import struct
import subprocess
import unittest

from harness import PASSWORD, PATIENCE, Peer, Server, main

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def header(client):
    """What HAProxy sends with send-proxy-v2 for a client with this IPv4 address."""
    return (SIGNATURE + b"\x21\x11" + struct.pack(">H", 12) + socket.inet_aton(client) +
            socket.inet_aton("10.0.0.1") + struct.pack(">HH", 50000, 4242))


class Proxy:
    """One connection of a proxy: it says what it is told to say first, and then greets."""

    def __init__(self, port, first):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.sendall(first + b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48))

    def answer(self):
        got = b""
        while len(got) < 64:
            try:
                piece = self.socket.recv(64 - len(got))
            except ConnectionError:
                break
            if not piece:
                break
            got += piece
        self.socket.close()
        return got


class Listen(unittest.TestCase):
    def start(self, *options, **settings):
        server = Server(**settings)
        self.addCleanup(server.__exit__, None)
        server.spawn(*options)
        self.addCleanup(server.process.stdout.close)
        lines = [server.process.stdout.readline().decode() for option in options
                 if option == "--listen"]
        return server, [int(line.rsplit(":", 1)[1]) for line in lines], lines

    def test_each_address_is_told_once(self):
        server, ports, lines = self.start("--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0",
                                          "--listen", "[::1]:0")
        self.assertEqual(lines, [f"listening 127.0.0.1:{ports[0]}\n",
                                 f"listening 127.0.0.1:{ports[1]}\n",
                                 f"listening [::1]:{ports[2]}\n"])
        server.address, server.port = "127.0.0.1", ports[0]
        alice = Peer(server).register("alice").login("alice")
        server.port = ports[1]
        bobby = Peer(server).register("bobby").login("bobby")
        bobby.ask("whisper", "alice", "from the other one")
        self.assertEqual(alice.recv()[-1], "from the other one")
        for peer in (alice, bobby):
            peer.close()

    def test_the_client_counts_and_not_the_proxy(self):
        server, ports, _ = self.start("--listen", "127.0.0.1:0 proxy=v2 plaintext",
                                      password_cost="interactive")
        for client in ("192.0.2.1", "192.0.2.2"):
            proxy = Proxy(ports[0], header(client))
            self.assertTrue(proxy.answer().startswith(b"\xff"))
        health = Proxy(ports[0], SIGNATURE + b"\x20\0\0\0")
        self.assertTrue(health.answer().startswith(b"\xff"))

    def test_without_a_header_nobody_is_served_behind_a_proxy(self):
        server, ports, _ = self.start("--listen", "127.0.0.1:0 proxy=v2 plaintext",
                                      password_cost="interactive")
        self.assertEqual(Proxy(ports[0], b"").answer(), b"")
        self.assertEqual(server.stop(), 0)
        self.assertIn("no PROXY header of version 2 came, which this listener needs",
                      server.log())

    def test_a_header_is_no_transport_elsewhere(self):
        server, ports, _ = self.start("--listen", "127.0.0.1:0")
        self.assertEqual(Proxy(ports[0], header("192.0.2.1")).answer(), b"")

    def test_limits_count_the_forwarded_address(self):
        server, ports, _ = self.start("--listen", "127.0.0.1:0 proxy=v2 plaintext",
                                      password_cost="interactive", connections_per_address=1)
        first = Proxy(ports[0], header("192.0.2.1"))
        self.assertTrue(first.socket.recv(1))
        second = Proxy(ports[0], header("192.0.2.1"))
        other = Proxy(ports[0], header("192.0.2.2"))
        self.assertTrue(other.answer().startswith(b"\xff"))
        while second.socket.recv(100):  # until its end
            pass
        self.assertTrue(first.answer())


if __name__ == "__main__":
    main()
