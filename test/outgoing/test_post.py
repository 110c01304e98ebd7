#!/usr/bin/python3
"""test_post.py POST_TOOL - the one client of HTTP that the programs have, at servers of the test's
own: what it sends, what it makes of answers, and what it does not let them do."""

import os
import shlex
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

TOOL = [*shlex.split(os.environ.get("MESON_EXE_WRAPPER", "")), os.path.abspath(sys.argv.pop(1))]
OK = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"


def certificate(folder, name, subject):
    """A certificate that nobody has signed but itself, and its key, in one file."""
    path = os.path.join(folder, name)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
                    "-addext", f"subjectAltName={subject}", "-keyout", path, "-out", path + ".crt"],
                   check=True, capture_output=True)
    with open(path, "ab") as key, open(path + ".crt", "rb") as made:
        key.write(made.read())
    return path


class Server:
    """Answers each request of each connection by the next of `answers`: bytes, None (silence), or
    "close" behind bytes in a pair."""

    def __init__(self, *answers, tls=None):
        self.answers, self.requests, self.connections = list(answers), [], 0
        self.context = None
        if tls is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(tls)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.closed = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        try:
            if self.context is not None:
                peer = self.context.wrap_socket(peer, server_side=True)
            with peer:
                while self.answer(peer):
                    pass
        except OSError:
            pass

    def answer(self, peer):
        data = b""
        while b"\r\n\r\n" not in data:
            more = peer.recv(65536)
            if not more:
                return False
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                      if line.startswith(b"Content-Length:"))
        while len(body) < length:
            body += peer.recv(65536)
        self.requests.append((head.decode(), body))
        answer = self.answers.pop(0)
        if answer is None:
            self.closed.wait()
            return False
        bytes_, stays = answer if isinstance(answer, tuple) else (answer, True)
        peer.sendall(bytes_)
        return stays

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed.set()
        self.listener.close()


class PostTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.good = certificate(cls.folder.name, "good", "DNS:localhost,IP:127.0.0.1")
        cls.other = certificate(cls.folder.name, "other", "DNS:elsewhere.example")
        cls.unknown = certificate(cls.folder.name, "unknown", "DNS:localhost")
        cls.roots = os.path.join(cls.folder.name, "roots")
        with open(cls.roots, "wb") as roots:
            for path in cls.good, cls.other:
                with open(path + ".crt", "rb") as one:
                    roots.write(one.read())

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def post(self, *lines, rules=("http", "private")):
        run = subprocess.run([*TOOL, *rules], input="".join(f"{line}\n" for line in lines),
                             capture_output=True, text=True, check=True,
                             env=os.environ | {"SSL_CERT_FILE": self.roots,
                                               "https_proxy": "http://127.0.0.1:1"})
        return run.stdout.splitlines()

    def test_what_is_sent(self):
        with Server(OK) as server:
            at = f"localhost:{server.port}"
            self.assertEqual(self.post(f"http://{at}/a/b?c=d#e {{}}"), ["answered 201 0"])
            head, body = server.requests[0]
            lines = head.split("\r\n")
            version = lines[2].removeprefix("User-Agent: chinwag/")
            self.assertEqual(lines, ["POST /a/b?c=d HTTP/1.1", f"Host: {at}",
                                     f"User-Agent: chinwag/{version}", "Content-Length: 2",
                                     "X-Test: 1"])
            self.assertEqual(body, b"{}")

    def test_answers(self):
        empty = b"Content-Length: 0\r\n"
        cases = [(b"HTTP/1.1 404 Not Found\r\n" + empty + b"\r\n", "answered 404 0"),
                 (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + empty + b"\r\n",
                  "answered 200 0"),
                 (b"HTTP/1.1 429 Slow\r\nRETRY-after: 7\r\n" + empty + b"\r\n", "answered 429 7000"),
                 (b"HTTP/1.1 503 No\r\nRetry-After: 999999\r\n" + empty + b"\r\n",
                  "answered 503 3600000"),
                 (b"HTTP/1.1 503 No\r\nRetry-After: soon\r\n" + empty + b"\r\n", "answered 503 0"),
                 (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n" + empty + b"\r\n",
                  "answered 302 0"),
                 ((b"HTTP/1.0 200 OK\r\n\r\nas long as it is", False), "answered 200 0"),
                 (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100000,
                  "answered 200 0"),
                 (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100000, "failed its answer is not HTTP"),
                 (b"SSH-2.0-OpenSSH_9.2\r\n", "failed its answer is not HTTP"),
                 ((b"", False), "failed the connection was closed")]
        for answer, expected in cases:
            with self.subTest(expected=expected, answer=answer[:40]), Server(answer) as server:
                self.assertEqual(self.post(f"http://127.0.0.1:{server.port}/ x"), [expected])
                self.assertEqual(len(server.requests), 1)  # and nowhere else

    def test_one_connection_serves_many(self):
        with Server(OK, OK, (OK, False), OK, tls=self.good) as server:
            url = f"https://localhost:{server.port}/"
            long = "x" * 90000
            answers = self.post(*[f"{url} {i}{long}" for i in range(4)], rules=("private",))
            self.assertEqual(answers, ["answered 201 0"] * 4)
            self.assertEqual([body[:1] for _, body in server.requests], [b"0", b"1", b"2", b"3"])
            self.assertEqual([len(body) for _, body in server.requests], [90001] * 4)
            self.assertEqual(server.connections, 2)  # the third answer closed the first

    def test_whom_it_trusts(self):
        for certificate_, host, expected in (
                (self.good, "localhost", "answered 201 0"),
                (self.good, "127.0.0.1", "answered 201 0"),
                (self.unknown, "localhost", "failed self-signed certificate"),
                (self.other, "localhost", "failed hostname mismatch"),
                (self.other, "127.0.0.1", "failed IP address mismatch")):
            with self.subTest(expected=expected, host=host), Server(OK, tls=certificate_) as server:
                self.assertEqual(self.post(f"https://{host}:{server.port}/ x"), [expected])
                self.assertEqual(len(server.requests), expected.startswith("answered"))

    def test_where_it_does_not_go(self):
        with Server() as server:
            at = f"127.0.0.1:{server.port}"
            self.assertEqual(self.post(f"http://{at}/ x", rules=("private",)),
                             ["refused the URL is not allowed"])
            self.assertEqual(self.post(f"http://user@{at}/ x"), ["refused the URL is not allowed"])
            self.assertEqual(self.post(f"http://{at}/ x", rules=("http",)),
                             ["refused the address 127.0.0.1 of 127.0.0.1 is this machine"])
            self.assertEqual(self.post("https://169.254.169.254/ x"),
                             ["refused the address 169.254.169.254 of 169.254.169.254 is of the "
                              "link alone"])
            self.assertEqual(server.connections, 0)

    def test_who_is_silent_or_away(self):
        with Server(None) as server:
            self.assertEqual(self.post(f"http://127.0.0.1:{server.port}/ x"),
                             ["failed no answer in time"])
            self.assertEqual(len(server.requests), 1)
            free = socket.create_server(("127.0.0.1", 0))
            port = free.getsockname()[1]
            free.close()
            self.assertEqual(self.post(f"http://127.0.0.1:{port}/ x"),
                             ["failed it cannot be reached"])


if __name__ == "__main__":
    unittest.main()
