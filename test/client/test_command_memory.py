"""Servers that send without end: the command gives up, says why, and its memory stays small. Each
sends up to 64 MiB of what it is about, as fast as it is read."""

import os
import socket
import ssl
import subprocess
import sys
import threading

from command import PATIENCE, UNREACHABLE, Commands, main
from harness import Raw
from transports import certificate

MIB = 1 << 20
SENT_MAX = 64 * MIB
GROWTH_MAX_KIB = 12 * 1024  # a message that is as long as a server may send would fit

GREETING, READY = Raw.GREETING, Raw.ready(b"ROUTER")
HEAD = b"HTTP/1.1 200 OK\r\n"


def record(kind, body):
    return bytes([kind, 3, 3]) + len(body).to_bytes(2, "big") + body


# A good ServerHello of TLS 1.2, with ECDHE-ECDSA-AES128-GCM-SHA256.
HELLO = record(22, b"\2\0\0\x26" + b"\3\3" + bytes(32) + b"\0" + b"\xc0\x2b" + b"\0")


class Endless(threading.Thread):
    """Sends `first` when the client has sent its first bytes, then `again` without end."""

    def __init__(self, first, again, context=None):
        super().__init__(daemon=True)
        self.first, self.again, self.context = first, again * (1 + 65536 // len(again)), context
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.sent = 0
        self.start()

    def run(self):
        try:
            while True:
                self.serve(self.listener.accept()[0])
        except OSError:
            pass  # the end

    def serve(self, connection):
        connection.settimeout(PATIENCE)
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            connection.recv(4096)
            connection.sendall(self.first)
            while self.sent < SENT_MAX:
                connection.sendall(self.again)
                self.sent += len(self.again)
        except OSError:
            pass  # the client has gone
        finally:
            connection.close()

    def end(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.join()
        self.listener.close()


class Memory(Commands):
    @classmethod
    def setUpClass(cls):
        cls.usual_kib = None

    def setUp(self):
        super().setUp()
        # Freed memory is used again, also with AddressSanitizer.
        self.environment["ASAN_OPTIONS"] = (
            self.environment.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0").lstrip(":")

    def measure(self, *arguments, **changes):
        """Exit code, stderr, and the most memory that it had."""
        process = subprocess.Popen([os.environ["CHINWAG"], *arguments, "login", "alice"],
                                   env={**self.environment, **changes}, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with process.stderr:
            err = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, err, usage.ru_maxrss

    def is_left(self, words, scheme, first, again, context=None, **changes):
        usual = self.measure("--server", f"{scheme}127.0.0.1:1")[2]
        server = Endless(first, again, context)
        self.addCleanup(server.end)
        code, err, most_kib = self.measure("--server", f"{scheme}localhost:{server.port}", **changes)
        self.assertEqual(code, UNREACHABLE, err)
        self.assertIn(words, err)
        self.assertLess(most_kib - usual, GROWTH_MAX_KIB, err)
        self.assertLess(server.sent, SENT_MAX)

    def tls(self):
        files = certificate(self.folder.name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files["tls_certificate"], files["tls_key"])
        return context, {"SSL_CERT_FILE": files["tls_certificate"]}

    def test_zmtp(self):
        for words, first, again in (
                ("a command is too long", GREETING + b"\6\0\0\1\0\0\0\0\0", b"x"),
                ("READY metadata is malformed", GREETING + b"\4\xff\5READY\1x\xff\xff\xff\xff",
                 b"x"),
                ("a command came before READY", GREETING, b"\4\7\4PING\0\0"),
                ("a message is too long", GREETING + READY + b"\2\0\1\0\0\0\0\0\0", b"x"),
                ("does not read the answers", GREETING + READY, b"\4\7\4PING\0\0")):
            with self.subTest(words):
                self.is_left(words, "", first, again)

    def test_websocket(self):
        for words, again in (("a head that is too long", b"x"), ("did not upgrade", b"\r\n")):
            with self.subTest(words):
                self.is_left(words, "ws://", b"HTTP/1.1 101 Switching Protocols\r\nX: ", again)

    def test_tls_handshake(self):
        """A certificate of 16 MiB, alerts that only warn, records without content."""
        for again in (record(22, b"x" * 16000), record(21, b"\1\x5a"), record(22, b"")):
            with self.subTest(again[:6]):
                first = HELLO + (record(22, b"\x0b\xff\xff\xff") if len(again) > 16000 else b"")
                self.is_left("cannot reach the server", "wss://", first, again)

    def test_https(self):
        """While it asks for a server's key; the file makes it ask on this machine, too."""
        context, roots = self.tls()
        for first, again in ((HEAD + b"X: ", b"x"), (HEAD + b"\r\n", b"x"),
                             (HEAD + b"Content-Length: 1000000000\r\n\r\n", b"x"),
                             (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;x\r\nx\r\n")):
            with self.subTest(first):
                self.asks(first, again, context, roots)

    def asks(self, first, again, context, roots):
        usual = self.measure("--server", "127.0.0.1:1")[2]
        server = Endless(first, again, context)
        self.addCleanup(server.end)
        os.makedirs(self.path("state/chinwag"), exist_ok=True)
        with open(self.path("state/chinwag/known_servers"), "w") as file:
            file.write(f"localhost:{server.port} tls {64 * '0'}\n")
        code, err, most_kib = self.measure("--server", f"localhost:{server.port}", **roots)
        self.assertEqual(code, UNREACHABLE, err)
        self.assertIn("was asked for the key: the server", err)
        self.assertLess(most_kib - usual, GROWTH_MAX_KIB)
        self.assertLess(server.sent, SENT_MAX)

    def test_wss_head(self):
        context, roots = self.tls()
        self.is_left("a head that is too long", "wss://",
                     b"HTTP/1.1 101 Switching Protocols\r\nX: ", b"x", context, **roots)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
