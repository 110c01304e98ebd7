"""What HTTP is answered, and with which headers: the three things of a plain listener that other
machines can reach, no folder, and the headers of security with each status."""

import os
import socket
import unittest

from harness import PATIENCE, Server, main
from test_reach import any_certificate, request
from transports import certificate

TOKEN = "/.well-known/acme-challenge/"
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
           "Cross-Origin-Opener-Policy": "same-origin",
           "Cross-Origin-Embedder-Policy": "require-corp",
           "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-cache"}
UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
           "Sec-WebSocket-Protocol": "chinwag.1"}
SITE = ("/", "/join", "/healthz")


class Pages(unittest.TestCase):
    def server(self):
        server = Server(public_name="localhost", password_cost="interactive")
        self.addCleanup(server.__exit__, None)
        self.folder = os.path.join(server.home, "acme")
        os.makedirs(os.path.join(self.folder, "folder"))
        os.symlink(server.home, os.path.join(self.folder, "link"))
        for name in ("token", os.path.join("folder", "within")):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write("token.thumbprint")
        server.settings.update(certificate(server.home), acme_webroot=self.folder)
        return server

    def test_plain_http_beyond_loopback_answers_three_things(self):
        server = self.server().start_public()
        tls = any_certificate()
        self.assertEqual(request(server, TOKEN + "token").content, b"token.thumbprint")
        answer = request(server, "/.well-known/chinwag")
        self.assertEqual((answer.status, sorted(answer.content.decode().split('"')[1::4])),
                         (200, ["curve_key", "tls_fingerprint", "version"]))
        for path in SITE + ("/ws", "/favicon.ico", "/.well-known/", "/.well-known", "/index.html",
                            "/chinwag.db", "//evil.example/", "/%2e%2e/", "/?a=b"):
            for headers in ({}, UPGRADE):
                answer = request(server, path, **headers)
                self.assertEqual((answer.status, answer.getheader("Location")),
                                 (308, "https://localhost" + path))
        for path in SITE:
            self.assertEqual(request(server, path, tls=tls).status, 200, path)
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            self.assertEqual(request(server, "/", method=method).status, 405)

    def test_no_folder_is_served(self):
        server = self.server().start()
        self.assertEqual(request(server, TOKEN + "token").status, 200)
        for tls in (None, any_certificate()):
            for path in (TOKEN, TOKEN[:-1], "/.well-known/", "/.well-known", TOKEN + "folder",
                         TOKEN + "folder/", TOKEN + "folder/within", TOKEN + "link",
                         TOKEN + "link/config", TOKEN + ".", TOKEN + "..", TOKEN + "../config",
                         TOKEN + "%2e%2e%2fconfig", TOKEN + "token/", TOKEN + "/token", "/data/",
                         "/pages/", "/join/", "/ws/"):
                answer = request(server, path, tls=tls)
                self.assertEqual((answer.status, answer.content),
                                 (404, b"There is no such page here.\n"), path)

    def raw(self, server, head):
        """The status and the headers of an answer to these bytes."""
        with socket.create_connection((server.address, server.port), PATIENCE) as one:
            one.sendall(head.encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                piece = one.recv(4096)
                self.assertTrue(piece, (head, answer))
                answer += piece
        status, *lines = answer.split(b"\r\n\r\n")[0].decode().split("\r\n")
        return int(status.split()[1]), dict(line.split(": ", 1) for line in lines)

    def test_every_answer_has_the_headers_of_security(self):
        server = self.server().start()
        host = f"Host: localhost:{server.port}\r\n"
        get = "GET / HTTP/1.1\r\n" + host
        upgrade = "GET /ws HTTP/1.1\r\n" + host + "".join(f"{k}: {v}\r\n"
                                                           for k, v in UPGRADE.items())
        tag = self.raw(server, get + "\r\n")[1]["ETag"]
        heads = {200: get, 206: get + "Range: bytes=0-1\r\n", 304: get + f"If-None-Match: {tag}\r\n",
                 400: "GET / HTTP/1.1\r\n", 403: upgrade + "Origin: https://evil.example\r\n",
                 404: "GET /nothing HTTP/1.1\r\n" + host, 405: "POST / HTTP/1.1\r\n" + host,
                 413: get + "Content-Length: 1\r\n", 416: get + "Range: bytes=999999-\r\n",
                 421: "GET / HTTP/1.1\r\nHost: evil.example\r\n",
                 426: "GET /ws HTTP/1.1\r\n" + host, 431: get + "A: b\r\n" * 64,
                 501: "DANCE / HTTP/1.1\r\n" + host, 505: "GET / HTTP/2.0\r\n" + host}
        for wanted, head in heads.items():
            status, headers = self.raw(server, head + "\r\n")
            self.assertEqual(status, wanted, head)
            self.check(headers, status)
        self.assertEqual(self.raw(server, "GET / HTTP/1.1\n")[0], 400)
        for head in ("GET / HTTP/1.1\n", "G\0", get + " folded\r\n", get + "A: " + "b" * 8192):
            self.check(self.raw(server, head)[1], head)
        public = self.server().start_public()
        status, headers = self.raw(public, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertEqual(status, 308)
        self.check(headers, status)

    def check(self, headers, which):
        policy = headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'; "), which)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertEqual({name: headers.get(name) for name in HEADERS}, HEADERS, which)
        self.assertNotIn("Set-Cookie", headers, which)
        self.assertNotIn("Server", headers, which)


if __name__ == "__main__":
    main()
