"""Attacks of many connections, or of many bytes before a handshake is done: slow heads of HTTP,
chains of certificates that nobody asked for, and 5,000 handshakes of CURVE and TLS, from one
address and from many; and what the framers refuse. As in test_reach_attacks.py a pair talks beside
each."""

import socket
import ssl
import struct
import threading
import time

from harness import PASSWORD, PATIENCE, Server, encode, main
from test_reach import ByTransport, any_certificate
from test_reach_attacks import (GROWTH_KIB, UPGRADE, Attacks, Recorder, client_hello, curve_hello,
                                masked)
from transports import WebSocket, certificate

HANDSHAKES = 5000


class Slow(Attacks):
    def test_heads_byte_by_byte_cost_bounded_memory(self):
        """200 of them, each byte in a packet of its own; test_net_deadline.c has the time."""
        head = b"GET / HTTP/1.1\r\nHost: localhost:%d\r\nX-A: " % self.server.port
        slow = [self.raw() for _ in range(200)]
        for n in range(len(head)):
            for one in slow:
                one.send(head[n:n + 1])
            if n % 10 == 0:
                self.talk(1)
        for one in slow:
            one.send(b"a" * 4096)
        self.talk()
        held, _ = self.server.accounts()
        self.assertLess(held - self.held, len(slow) * 16 * 1024)
        self.assertLess(self.server.memory_kib() - self.before_kib, GROWTH_KIB)


class Told(Attacks):
    """Bad input of each kind, three times: one line in the log says what was wrong."""

    def told(self, line, *connections):
        for one in connections:
            one.recv_until_closed()
        self.talk(1)  # the log is written at the end of a tick
        self.assertEqual(self.server.log().count(f"127.9.9.9: closed: {line}\n"), 1,
                         self.server.log())

    def thrice(self, data, line):
        self.told(line, *[self.raw(data) for _ in range(3)])

    def test_websocket(self):
        for data, line in ((b"\x82\xff" + struct.pack(">Q", 1 << 63) + bytes(4),
                            "a length has its highest bit set"),
                           (b"\x82\xff" + struct.pack(">Q", (1 << 63) - 1) + bytes(4),
                            "a message is too long"),
                           (b"\x82\x01\xc0", "a client's frame is not masked"),
                           (b"\x02\x80" + bytes(4) + (b"\0\x80" + bytes(4)) * 64,
                            "a message has too many short fragments")):
            self.told(line, *[self.websocket(data) for _ in range(3)])

    def test_http(self):
        port = self.server.port
        self.thrice(UPGRADE % (port, b"Origin: https://evil.example\r\n"),
                    "a WebSocket upgrade comes from a page of another site")
        self.thrice(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                    "this host name is not configured: whoever runs the server adds it as public_name")

    def test_curve(self):
        self.thrice(curve_hello(), "HELLO does not open: the peer has another server key")
        recorder = Recorder(self.server)
        mallory = ByTransport(recorder, "curve").register("mallory").login("mallory")
        mallory.close()
        recorder.finish()
        self.thrice(recorder.sent, "the cookie of INITIATE is not of this connection")

    def test_an_extension_is_not_agreed_on(self):
        """permessage-deflate is offered: the server does not take it, and no frame may use it."""
        offer = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        one = self.raw(UPGRADE % (self.server.port, offer))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += one.recv_exactly(1)
        self.assertTrue(head.startswith(b"HTTP/1.1 101 "), head)
        self.assertNotIn(b"extensions", head.lower())
        one.send(masked(0xc2, b"\xca\x48\xcd\xc9\xc9\x07\x00"))
        self.assertEqual(one.recv_until_closed(), b"\x88\x02" + struct.pack(">H", 1002))


class Refused(Attacks):
    """What the tests of the framers have in full, here by a server with others beside it."""

    def status(self, head):
        return self.raw(head).socket.recv(4096).split(b" ")[1]

    def test_heads_that_programs_read_differently(self):
        begin = b"GET / HTTP/1.1\r\nHost: localhost:%d\r\n" % self.server.port
        for rest, status in ((b"A: b\r\n" * 65 + b"\r\n", b"431"), (b"A: b\n\r\n", b"400"),
                             (b"A: b\r\n c\r\n\r\n", b"400"), (b"A: \0\r\n\r\n", b"400"),
                             (b"Host: localhost\r\n\r\n", b"400"),
                             (b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400")):
            self.assertEqual(self.status(begin + rest), status, rest)
        self.talk()

    def test_upgrades_of_other_origins(self):
        for origin in (b"null", b"http://localhost", b"http://localhost:%d" % (self.server.port ^ 1),
                       b"http://localhost:%d.evil.example" % self.server.port,
                       b"http://evil-localhost:%d" % self.server.port):
            head = UPGRADE % (self.server.port, b"Origin: " + origin + b"\r\n")
            self.assertEqual(self.status(head), b"403", origin)
        self.talk()

    def test_texts_and_closes(self):
        for data, code in ((masked(0x01, b"\xce") + masked(0x80, b"\xff"), 1007),
                           (masked(0x81, b"\xed\xa0\x80"), 1007),
                           (masked(0x81, b"\xc0\xaf"), 1007), (masked(0x81, b"text"), 1003),
                           (masked(0x80, b"a"), 1002), (masked(0x88, b"\x03"), 1002),
                           (masked(0x88, struct.pack(">H", 1005)), 1002),
                           (masked(0x88, struct.pack(">H", 2999)), 1002),
                           (masked(0x88, b"\x03\xe8\xff"), 1007),
                           (masked(0x88, struct.pack(">H", 1000)) + masked(0x82, b"late"), 1000)):
            answer = self.websocket(data).recv_until_closed()
            self.assertEqual((answer[:1], answer[2:4]), (b"\x88", struct.pack(">H", code)), data)
        self.talk()


class Certificates(Attacks):
    def chain(self, version):
        """A handshake in which the client sends 100 KiB of certificates behind its hello."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = any_certificate()
        context.minimum_version = context.maximum_version = version
        client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            client.do_handshake()
        one = self.raw(outgoing.read())
        self.assertEqual(one.recv_exactly(1), b"\x16")  # the server's hello
        body = b"".join(n.to_bytes(3, "big") + bytes(n) for n in [1024] * 100)
        message = b"\x0b" + (len(body) + 3).to_bytes(3, "big") + len(body).to_bytes(3, "big") + body
        records = b"".join(b"\x16\x03\x03" + struct.pack(">H", len(message[at:at + 16384])) +
                           message[at:at + 16384] for at in range(0, len(message), 16384))
        thread = self.flood(one, records)
        one.recv_until_closed()
        thread.join(PATIENCE)

    def test_a_chain_that_nobody_asked_for(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for _ in range(10):
                self.chain(version)
            self.talk()
        self.assertEqual(self.server.log().count("closed: the peer broke the rules of TLS"), 1,
                         self.server.log())


class Handshakes(Attacks):
    """At a listener that other machines can reach."""

    def setUp(self):
        self.server = Server(public_name="localhost", password_cost="interactive",
                             registration="open", guesses_per_address=0)
        self.addCleanup(self.server.__exit__, None)
        self.server.settings.update(certificate(self.server.home))
        self.server.start_public()
        self.alice = ByTransport(self.server, "curve").register("alice").login("alice")
        self.bobby = ByTransport(self.server, "wss").register("bobby").login("bobby")
        self.before_kib = self.server.memory_kib()
        self.said = 0

    def tearDown(self):
        self.talk(1)
        self.assertLess(self.server.memory_kib() - self.before_kib, GROWTH_KIB)
        self.alice.close()
        self.bobby.close()
        self.assertEqual(self.server.stop(), 0, self.server.log())

    def log_in(self):
        """As a client does: libzmq tries again by itself, a browser opens a new connection."""
        carol = ByTransport(self.server, "curve")
        carol.login("alice")
        carol.close()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:  # on a fast machine the second's handshakes are used up
            try:
                carol = WebSocket(self.server, True, patience=PATIENCE)
            except (OSError, AssertionError):
                continue
            carol.send(encode("request", "login", "bobby", PASSWORD))
            self.assertTrue(carol.recv().startswith(encode("response", "login", 0)[:-1]))
            carol.close()
            return
        self.fail("no place for an honest client")

    def shake_hands(self, sources):
        kinds, sent = (curve_hello(), client_hello()), 0
        for i in range(HANDSHAKES):
            with socket.socket() as one:
                try:
                    one.bind((sources[i % len(sources)], 0))
                    one.connect(("127.0.0.1", self.server.port))
                    one.sendall(kinds[i % 2])
                    sent += 1
                except OSError:
                    pass
        self.sent = sent

    def attack(self, sources):
        thread = threading.Thread(target=self.shake_hands, args=(sources,), daemon=True)
        thread.start()
        times = 0
        while thread.is_alive() or times < 2:
            self.log_in()
            self.talk(1)
            times += 1
        self.assertGreater(self.sent, HANDSHAKES // 2)

    def test_from_one_address(self):
        self.attack(["127.9.9.9"])
        self.assertIn(self.server.log().count("too many connections from this address in one second"),
                      (1, 2), "a line a minute")

    def test_from_many_addresses(self):
        self.attack([f"127.10.{i // 250}.{1 + i % 250}" for i in range(1000)])


if __name__ == "__main__":
    main()
