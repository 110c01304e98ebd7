"""Attacks on the transports. Each has a pair of users beside it, one by CURVE and one by
WebSocket, whose messages arrive in order meanwhile, and the server ends without a finding of the
sanitizers, without memory that it holds for anybody, and within a bound of all its memory."""

import base64
import secrets
import socket
import ssl
import struct
import subprocess
import threading
import unittest

import zmq

from curve_by_hand import WELCOME_LENGTH, ByHand
from harness import PASSWORD, PATIENCE, Raw, Server, decode, encode, main
from keys import key_text
from test_reach import ByTransport, any_certificate, request
from transports import certificate

GROWTH_KIB = 64 * 1024  # of all memory, under the sanitizers, too
UPGRADE = (b"GET /ws HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\n"
           b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chinwag.1\r\n%s\r\n")
CURVE_GREETING = Raw.GREETING[:12] + b"CURVE".ljust(20, b"\0") + bytes(32)


def client_hello():
    """The first flight of OpenSSL's client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = any_certificate().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def curve_hello():
    """One that does not open, which the server knows only after its share of the work."""
    return (CURVE_GREETING + b"\x04\xc8\x05HELLO\x01\x00" + bytes(72) +
            secrets.token_bytes(32) + bytes(8) + secrets.token_bytes(80))


def changed_at_the_end(frame):
    return frame[:-1] + bytes([frame[-1] ^ 1])


def masked(first, body, length=None):
    """A frame of a WebSocket's client, with a mask of zeros."""
    n = len(body) if length is None else length
    if n < 126:
        head = bytes([first, 0x80 | n])
    elif n < 65536:
        head = bytes([first, 0xfe]) + struct.pack(">H", n)
    else:
        head = bytes([first, 0xff]) + struct.pack(">Q", n)
    return head + bytes(4) + body


class Recorder:
    """Stands between one client and the server, and keeps what the client sends."""

    def __init__(self, server):
        self.address, self.data, self.sent = server.address, server.data, b""
        self.listener = socket.create_server((server.address, 0))
        self.port = self.listener.getsockname()[1]
        self.endpoint = f"tcp://{self.address}:{self.port}"
        self.onward = socket.create_connection((server.address, server.port), PATIENCE)
        self.onward.settimeout(None)
        self.threads = [threading.Thread(target=self.pass_on, daemon=True)]
        self.threads[0].start()

    def pass_on(self):
        client, _ = self.listener.accept()
        self.threads.append(threading.Thread(target=self.pass_back, args=(client,), daemon=True))
        self.threads[1].start()
        while piece := client.recv(65536):
            self.sent += piece
            self.onward.sendall(piece)
        self.onward.shutdown(socket.SHUT_WR)

    def pass_back(self, client):
        try:
            while piece := self.onward.recv(65536):
                client.sendall(piece)
        except OSError:
            pass
        client.close()

    def finish(self):
        for thread in self.threads:
            thread.join(PATIENCE)
        self.onward.close()
        self.listener.close()


class Attacks(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.server = Server(**self.settings)
        self.addCleanup(self.server.__exit__, None)
        self.server.settings.update(certificate(self.server.home))
        self.server.start()
        self.open = []
        self.said = 0
        self.alice = ByTransport(self.server, "curve").register("alice").login("alice")
        self.bobby = ByTransport(self.server, "ws").register("bobby").login("bobby")
        self.talk()
        self.before_kib = self.server.memory_kib()
        self.held, _ = self.server.accounts()

    def tearDown(self):
        """What the pair has is whole, and nothing is left of the attackers."""
        self.talk()
        grown = self.server.memory_kib() - self.before_kib
        for one in self.open:
            one.close()
        for _ in range(1000):
            self.talk(1)
            held, _ = self.server.accounts()
            if held <= self.held:
                break
        self.alice.close()
        self.bobby.close()
        self.assertEqual(self.server.stop(), 0, self.server.log())
        self.assertLessEqual(held, self.held, "held for nobody")
        self.assertLess(grown, GROWTH_KIB)

    def talk(self, times=5):
        for _ in range(times):
            for sender, receiver in ((self.alice, self.bobby), (self.bobby, self.alice)):
                self.said += 1
                sender.ask("whisper", receiver.name, f"line {self.said}")
                got = receiver.recv()
                self.assertEqual((got[:2], got[-1]), (["update", "whisper"], f"line {self.said}"))

    def raw(self, data=b"", **options):
        """An attacker, at another address than the pair's."""
        one = Raw(self.server, source="127.9.9.9", **options)
        self.open.append(one)
        one.send(data)
        return one

    def tls(self):
        one = socket.create_connection((self.server.address, self.server.port), PATIENCE,
                                       ("127.9.9.9", 0))
        one = any_certificate().wrap_socket(one, server_hostname="localhost")
        self.open.append(one)
        return one

    def websocket(self, data=b"", tls=False, **options):
        """Upgraded, and these bytes sent after it."""
        if tls:
            one = self.tls()
            recv, send = one.recv, one.sendall
        else:
            one = self.raw(**options)
            recv, send = one.socket.recv, one.send
        send(UPGRADE % (self.server.port, b""))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += recv(1)
        self.assertTrue(head.startswith(b"HTTP/1.1 101 "), head)
        try:
            send(data)
        except ConnectionError:
            pass
        return one

    def flood(self, one, data):
        """Sends all of it in a thread, or what the server takes before it closes."""
        def send():
            try:
                one.send(data)
            except OSError:
                pass
        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        return thread

    def login_by_websocket(self, name, one):
        """By a connection without a thread that reads."""
        send = getattr(one, "sendall", None) or one.send
        recv = one.recv if hasattr(one, "sendall") else one.socket.recv
        send(masked(0x82, encode("request", "register", name, PASSWORD)))
        send(masked(0x82, encode("request", "login", name, PASSWORD)))
        answers = b""
        while encode("response", "login", 0)[:-1] not in answers:
            answers += recv(4096)


class Silence(Attacks):
    def test_silent_and_slow_ones_are_closed_by_the_deadline(self):
        """Half a hello, 300 of them, a head of HTTP that has begun, a hello of TLS that was
        answered, a greeting of ZMTP: none is closed later than the others."""
        hello = client_hello()
        half = [self.raw(hello[:len(hello) // 2]) for _ in range(300)]
        self.talk()
        others = [self.raw(data) for data in (
            b"G", b"GET / HTTP/1.1\r\nHost: loc", hello, hello[:3], Raw.GREETING[:11],
            CURVE_GREETING)]
        others.append(self.tls())
        tls = self.tls()
        tls.sendall(b"GET /ws HTTP/1.1\r\n")
        others.append(tls)
        self.talk()
        for one in half + others:
            one = getattr(one, "socket", one) if isinstance(one, Raw) else one
            try:
                while one.recv(4096):
                    pass
            except ConnectionError:
                pass
        self.talk()
        self.assertIn(self.server.log().count("closed: no login in time\n"), (1, 2),  # one a minute
                      self.server.log())

    def test_handshakes_of_tls_side_by_side_cost_bounded_memory(self):
        hello = client_hello()
        for _ in range(256):
            self.raw(hello)
        self.talk()
        held, _ = self.server.accounts()
        self.assertGreater(held, self.held + 100 * 40 * 1024, "charged")
        self.assertLess(held, self.held + 256 * 100 * 1024)
        self.assertLess(self.server.memory_kib() - self.before_kib, GROWTH_KIB)


class Http(Attacks):
    def test_a_head_that_is_too_long_is_refused(self):
        one = self.raw(b"GET / HTTP/1.1\r\n")
        thread = self.flood(one, b"X-A: " + b"a" * 65536)
        answer = one.recv_until_closed()
        thread.join(PATIENCE)
        self.assertIn(answer.split(b"\r\n")[0].split(b" ")[1], (b"431", b"400"))

    def test_pipelined_requests_that_nobody_reads(self):
        one = self.raw(receive_buffer=4096)
        get = b"GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % self.server.port
        thread = self.flood(one, get * 10_000)
        self.talk(20)
        self.assertLess(self.server.accounts()[0] - self.held, 1024 * 1024)
        one.socket.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)

    def test_forged_names_are_refused(self):
        self.assertEqual(request(self.server, "/", "evil.example").status, 421)
        one = self.raw(UPGRADE % (self.server.port, b"Origin: https://evil.example\r\n"))
        self.assertEqual(one.socket.recv(4096).split(b" ")[1], b"403")

    def test_a_proxys_header_where_no_proxy_stands(self):
        for head in (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
                     b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12)):
            answer = self.raw(head).recv_until_closed()
            self.assertNotIn(b" 200 ", answer)
        get = b"GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
        self.raw(get % self.server.port)
        self.assertNotIn("1.2.3.4", self.server.log())


class WebSockets(Attacks):
    settings = {"frame_window_ms": 1000}

    def test_frames_that_break_the_rules(self):
        for data in (b"\x82\xff" + struct.pack(">Q", 1 << 63) + bytes(4),
                     b"\x82\xff" + struct.pack(">Q", (1 << 63) - 1) + bytes(4),
                     b"\x82\x01\xc0", b"\xc2\x80" + bytes(4), b"\x83\x80" + bytes(4),
                     b"\x80\x80" + bytes(4), masked(0x89, b"", 126)):
            one = self.websocket(data)
            answer = one.recv_until_closed()
            self.assertEqual(answer[:1], b"\x88", (data, answer))
            self.assertIn(struct.unpack(">H", answer[2:4])[0], (1002, 1009), data)
        self.talk()

    def test_tiny_fragments(self):
        one = self.websocket()
        thread = self.flood(one, masked(0x02, b"a") + masked(0x00, b"a") * 65_535)
        self.talk()
        self.assertEqual(one.recv_until_closed(), b"\x88\x02" + struct.pack(">H", 1008))
        self.assertLess(self.server.accounts()[0] - self.held, 64 * 1024)
        one.socket.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)

    def test_a_flood_of_pings(self):
        one = self.websocket()
        thread = self.flood(one, masked(0x89, b"ping") * 10_000)
        self.talk()
        answer = one.recv_until_closed()
        thread.join(PATIENCE)
        self.assertLessEqual(answer.count(b"ping"), 40)
        self.assertIn("too many PINGs", self.server.log())

    def test_half_a_record_of_tls_is_closed_after_login(self):
        one = self.websocket(tls=True)
        self.login_by_websocket("mallory", one)
        socket.socket.send(one, b"\x17\x03\x03\x10\x00" + bytes(100))
        while True:  # PINGs of the server
            try:
                if not socket.socket.recv(one, 4096):
                    break
            except ConnectionError:
                break
        self.assertIn("sends a message too slowly", self.server.log())

    def test_answers_over_tls_that_nobody_reads(self):
        one = self.websocket(tls=True)
        self.login_by_websocket("mallory", one)
        frames = masked(0x82, encode("request", "nonsense")) * 200_000

        def send():
            try:
                one.sendall(frames)
            except OSError:
                pass
        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        self.talk(20)
        held, _ = self.server.accounts()
        self.assertLess(held - self.held, 8 * 1024 * 1024)
        socket.socket.shutdown(one, socket.SHUT_RDWR)
        thread.join(PATIENCE)


class Tls(Attacks):
    def test_garbage(self):
        for data in (b"\x16" + secrets.token_bytes(4096), b"\x16\x03\x01\xff\xff" + bytes(65535),
                     b"\x16\x03\x01\x00\x04\x01\xff\xff\xff", b"\x16" * 10_000,
                     b"\x16\x03\x01\x00\x00" * 1000):
            one = self.raw()
            thread = self.flood(one, data)
            one.recv_until_closed()
            thread.join(PATIENCE)
        self.talk()

    def test_another_handshake(self):
        client = subprocess.Popen(
            ["openssl", "s_client", "-tls1_2", "-connect",
             f"{self.server.address}:{self.server.port}"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client.stdin.write(b"R\n")
        client.stdin.flush()
        client.wait(PATIENCE)
        client.stdin.close()
        self.assertIn("closed: the peer wants to renegotiate", self.server.log())

    def test_garbage_within(self):
        one = self.tls()
        one.sendall(b"\x00" * 100)
        try:
            self.assertEqual(one.recv(100), b"")
        except ConnectionError:
            pass


class Curve(Attacks):
    def test_a_client_with_another_servers_key(self):
        peer = zmq.Context.instance().socket(zmq.DEALER)
        peer.linger, peer.reconnect_ivl = 0, -1
        monitor = peer.get_monitor_socket(zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_SUCCEEDED)
        peer.curve_serverkey, _ = zmq.curve_keypair()
        peer.curve_publickey, peer.curve_secretkey = zmq.curve_keypair()
        peer.connect(self.server.endpoint)
        self.assertTrue(monitor.poll(PATIENCE * 1000))
        event = struct.unpack("<HI", monitor.recv_multipart()[0])[0]
        self.assertEqual(event, zmq.EVENT_DISCONNECTED)
        peer.disable_monitor()
        monitor.close()
        peer.close()

    def test_a_session_that_was_recorded(self):
        recorder = Recorder(self.server)
        mallory = ByTransport(recorder, "curve").register("mallory").login("mallory")
        mallory.ask("whisper", "alice", "once")
        self.assertEqual(self.alice.recv()[-1], "once")
        mallory.close()
        recorder.finish()
        self.assertGreater(len(recorder.sent), 64 + 200 + 257)
        answer = self.raw(recorder.sent).recv_until_closed()
        self.assertEqual(answer[64:].count(b"\x05READY"), 0)
        self.assertEqual(answer[66:74], b"\x07WELCOME")
        self.assertEqual(len(answer), 64 + 2 + 168)
        self.alice.nothing_waits()

    def by_hand(self, **wrong):
        key = base64.urlsafe_b64decode(key_text(self.server) + "=")
        return ByHand(self.raw(), key, **wrong)

    def closed_by_hello(self, **wrong):
        one = self.by_hand(**wrong)
        one.raw.send(CURVE_GREETING + one.hello())
        self.assertEqual(len(one.raw.recv_until_closed()), 64, "no WELCOME")

    def test_hellos_that_are_wrong(self):
        for change in (lambda hello: hello[:-1], lambda hello: hello + b"\0",
                       lambda hello: hello[:6] + b"\2" + hello[7:],
                       lambda hello: hello[:8] + b"\1" + hello[9:],
                       changed_at_the_end,
                       lambda hello: hello[:112] + bytes(8) + hello[120:]):
            self.closed_by_hello(hello=change)
        for low in (bytes(32), b"\1" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"):
            self.closed_by_hello(hello_key=lambda _, low=low: low)
        twice = self.by_hand()
        hello = twice.hello()
        twice.raw.send(CURVE_GREETING + hello + hello)
        self.assertLessEqual(len(twice.raw.recv_until_closed()), WELCOME_LENGTH, "no READY")
        again = self.raw(CURVE_GREETING + hello)  # a stranger has recorded it
        self.assertEqual(len(again.recv_exactly(WELCOME_LENGTH)), WELCOME_LENGTH)
        again.send(b"\x04\x05READY")
        self.assertEqual(again.recv_until_closed(), b"")

    def refused_initiate(self, **wrong):
        one = self.by_hand(**wrong)
        one.welcome()
        message = one.message(encode("request", "login", "mallory", PASSWORD))
        try:
            one.raw.send(one.initiate() + message)
        except ConnectionError:
            pass
        self.assertEqual(one.raw.recv_until_closed(), b"", wrong)

    def test_initiates_that_are_wrong(self):
        other = self.by_hand()
        other.welcome()
        foreign = {"cookie": lambda _: other.cookie, "vouch_key": lambda _: other.short[0],
                   "vouch_server": lambda _: secrets.token_bytes(32)}
        for part, change in foreign.items():
            self.refused_initiate(**{part: change})
        for at in (0, 16, 95):
            self.refused_initiate(cookie=lambda right, at=at: right[:at] + bytes([right[at] ^ 1]) +
                                  right[at + 1:])
        self.refused_initiate(initiate=lambda right: right[:256])
        self.refused_initiate(initiate=changed_at_the_end)
        self.assertNotIn("mallory", self.server.log(), "no password was looked at")
        other.raw.send(other.initiate())
        self.assertTrue(other.raw.recv_frame()[1].startswith(b"\x05READY"), "its own is good")

    def test_messages_that_are_wrong(self):
        request = encode("request", "register", "mallory", PASSWORD)
        for wrong in (lambda one: one.message(request, counter=2),  # that of INITIATE
                      lambda one: one.message(request, counter=0),
                      lambda one: one.message(request, prefix=b"CurveZMQMESSAGES"),
                      lambda one: changed_at_the_end(one.message(request)),
                      lambda one: b"\0\x20\x07MESSAGE" + one.nonce() + bytes(16),
                      lambda one: b"\0" + bytes([len(request)]) + request):
            one = self.by_hand()
            one.ready()
            one.raw.send(wrong(one))
            self.assertEqual(one.raw.recv_until_closed(), b"", "no ERROR, nothing delivered")
        one = self.by_hand()
        one.ready()
        right = one.message(request)
        one.raw.send(right)
        self.assertEqual(decode(one.recv()), ["response", "register", 0])  # nobody was mallory
        one.raw.send(right)
        self.assertEqual(one.raw.recv_until_closed(), b"")

    def test_a_flood_of_hellos(self):
        hello = curve_hello()
        for _ in range(5):
            for _ in range(100):
                self.raw(hello)
            carol = ByTransport(self.server, "curve")
            carol.request("login", "carol", PASSWORD, code=514)
            carol.close()
            self.talk(1)


class PublicListener(unittest.TestCase):
    def test_a_login_in_the_clear_reaches_no_hasher(self):
        server = Server(public_name="localhost", password_cost="interactive")
        self.addCleanup(server.__exit__, None)
        server.start_public()
        carol = ByTransport(server, "curve")
        for _ in range(50):
            one = Raw(server)
            one.send(Raw.GREETING + Raw.ready())
            try:
                one.request("request", "login", "mallory", PASSWORD)
            except OSError:
                pass
            self.assertEqual(one.recv_until_closed()[12:17], b"CURVE")
            one.close()
        carol.request("login", "carol", PASSWORD, code=515)
        carol.close()
        self.assertEqual(server.stop(), 0)
        self.assertEqual(server.log().count("login refused"), 1, "carol's, which was hashed")
        self.assertNotIn("mallory", server.log())
        self.assertIn(server.log().count("another security mechanism"), (1, 2), "a line a minute")


if __name__ == "__main__":
    main()
