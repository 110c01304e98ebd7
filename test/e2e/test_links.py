"""Files over HTTP, as curl and sockets see them: by links that are judged at each request and at
each piece, and uploads by PUT that are the same as those by chunks."""

import hashlib
import os
import re
import socket
import subprocess
import time
import unittest

from harness import PATIENCE, Server, main
from test_files import CHUNK, FileTest
from transports import certificate

HEADERS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
           "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
           "Cross-Origin-Resource-Policy": "same-origin",
           "Cross-Origin-Opener-Policy": "same-origin", "X-Robots-Tag": "noindex",
           "Cache-Control": "private, no-store"}
GONE = b"There is no such page here.\n"


class Links(FileTest):
    """All tests share a server; each has users of its own."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(public_name="localhost")
        cls.addClassCleanup(cls.server.__exit__, None)
        cls.server.settings.update(certificate(cls.server.home))
        cls.server.start()
        cls.count = 0

    def setUp(self):
        type(self).count += 1
        self.peers = []
        self.alice, self.bob = self.peer(f"alice{self.count}"), self.peer(f"bob{self.count}")

    def link(self, peer, file, generation=0):
        code, link = self.ask(peer, "link_file", file, generation)[:2]
        self.assertEqual(code, 0, link)
        return link

    def curl(self, link, *options, scheme="http"):
        """curl's exit status, the HTTP status, and the body."""
        port = self.server.port
        done = subprocess.run(
            ["curl", "-sk", "--noproxy", "*", "--max-time", str(PATIENCE),
             "-w", "%{stderr}%{http_code}",
             "--connect-to", f"localhost:{port}:{self.server.address}:{port}", *options,
             f"{scheme}://localhost:{port}{link}"], capture_output=True, check=False)
        return done.returncode, int(done.stderr), done.stdout

    def path(self, data):
        path = os.path.join(self.server.home, "to-send")
        with open(path, "wb") as file:
            file.write(data)
        return path

    def begun(self, data, name="soup.bin"):
        code, file, generation = self.ask(self.alice, "upload", name, len(data))[:3]
        self.assertEqual(code, 0)
        return file, generation, self.link(self.alice, file, generation)

    def end(self, file, generation, data):
        return self.ask(self.alice, "end_upload", file, generation, hashlib.sha256(data).digest())

    def send_file(self, file, to=None):
        action = "whisper" if to is None else "msg_group"
        self.assertEqual(
            self.ask(self.alice, action, to or self.bob.name, "", {"file": file})[0], 0)

    def sent(self, data, to=None, name="soup.bin"):
        file = self.upload(self.alice, data, name)
        self.send_file(file, to)
        return file

    def socket(self, receive_buffer=None):
        one = socket.socket()
        self.addCleanup(one.close)
        one.settimeout(PATIENCE)
        if receive_buffer:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        one.connect((self.server.address, self.server.port))
        return one

    def say(self, one, method, link, *lines):
        head = [f"{method} {link} HTTP/1.1", f"Host: localhost:{self.server.port}", *lines, "", ""]
        one.sendall("\r\n".join(head).encode())

    def hear(self, one):
        """All that comes until the end of the connection."""
        heard = b""
        while piece := one.recv(65536):
            heard += piece
        return heard

    # --- reading

    def test_curl_reads_the_whole_and_parts(self):
        data = os.urandom(9 * CHUNK + 7)
        file = self.sent(data, name='s\u00fc "p.html')
        link = self.link(self.bob, file)
        for scheme in ("http", "https"):
            self.assertEqual(self.curl(link, scheme=scheme), (0, 200, data))
            for part, wanted in (("0-0", data[:1]), ("100-60000", data[100:60001]),
                                 ("-5", data[-5:]), (f"{CHUNK}-", data[CHUNK:])):
                self.assertEqual(self.curl(link, "-r", part, scheme=scheme), (0, 206, wanted))
        self.assertEqual(self.curl(link, "-r", f"{len(data)}-")[1], 416)
        self.assertEqual(self.curl(link, "-r", "0-3", "-H", 'If-Range: "1"')[1], 200)
        self.assertEqual(self.curl(link, "-r", "0-3", "-H", f'If-Range: "{file}"'),
                         (0, 206, data[:4]))
        lines = self.curl(link, "-I")[2].decode().split("\r\n")
        answer = dict(line.split(": ", 1) for line in lines if ": " in line)
        self.assertEqual({name: answer[name] for name in HEADERS}, HEADERS)
        self.assertEqual(answer["Content-Type"], "application/octet-stream")
        self.assertEqual(answer["Content-Length"], str(len(data)))
        self.assertEqual(answer["Content-Disposition"],
                         'attachment; filename="s__ _p.html"; '
                         "filename*=UTF-8''s%C3%BC%20%22p.html")

    def test_curl_continues(self):
        data = os.urandom(5 * CHUNK)
        link = self.link(self.bob, self.sent(data))
        path = self.path(data[:70_000])
        self.assertEqual(self.curl(link, "-C", "-", "-o", path)[:2], (0, 206))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), data)

    def test_a_type_by_the_first_bytes(self):
        for head, wanted in ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"OggS", "audio/ogg"),
                             (b"<svg xmlns='http://www.w3.org/2000/svg'>",
                              "application/octet-stream"),
                             (b"<!DOCTYPE html>", "application/octet-stream")):
            link = self.link(self.bob, self.sent(head + bytes(20), name="x.png"))
            answer = self.curl(link, "-I")[2].decode()
            self.assertIn(f"\r\nContent-Type: {wanted}\r\n", answer)
            self.assertIn("\r\nContent-Disposition: attachment;", answer)

    def test_a_thumbnail(self):
        small = bytes.fromhex("ffd8ffc000110800f00140")
        data = bytes.fromhex("ffd8ffc00011080bd00fc003") + bytes(100)
        file, generation, link = self.begun(data, "soup.jpg")
        self.assertEqual(self.ask(self.alice, "add_thumbnail", file, small), [0])
        self.assertEqual(self.curl(link, "-T", self.path(data))[1], 204)
        self.assertEqual(self.end(file, generation, data), [0])
        self.send_file(file)
        code, link = self.ask(self.bob, "link_file", file, 0, {"thumbnail": 1})[:2]
        self.assertEqual(code, 0)
        self.assertEqual(self.curl(link), (0, 200, small))
        self.assertEqual(self.curl(link, "-r", "2-3"), (0, 206, small[2:4]))
        self.assertIn("\r\nContent-Type: image/jpeg\r\n", self.curl(link, "-I")[2].decode())
        whole = link.replace("&t=1", "&t=0")
        self.assertEqual(self.curl(whole)[1:], (404, GONE))

    def test_several_requests_on_one_connection(self):
        data = os.urandom(2 * CHUNK)
        link = self.link(self.bob, self.sent(data))
        one = self.socket()
        self.say(one, "GET", link, "Range: bytes=0-9")
        self.say(one, "HEAD", link)
        self.say(one, "GET", "/healthz")
        self.say(one, "GET", link, "Connection: close")
        heard = self.hear(one)
        heads = [piece.split(b"\r\n\r\n", 1)[0].split(b"\r\n")[0]
                 for piece in heard.split(b"HTTP/1.1 ")[1:]]
        self.assertEqual(heads, [b"206 Partial Content", b"200 OK", b"200 OK", b"200 OK"])
        self.assertTrue(heard.endswith(data))

    def test_who_must_not_read_gets_404(self):
        carol = self.peer("carol")
        file = self.sent(b"soup")
        link = self.link(self.bob, file)
        self.refused(1023, "no such file", self.ask(carol, "link_file", file, 0))
        self.assertEqual(self.curl(link), (0, 200, b"soup"))
        other = "0" if link[-1] != "0" else "1"
        for wrong in (link[:-1] + other, link + "0", link[:-1], re.sub("&s=[0-9]+", "&s=1", link),
                      link.replace("e=1", "e=2"), "/f/1", "/f/", f"/f/{file}", "/f/x?" + "y" * 500,
                      link.replace("?", "/?"), link + "&x=1"):
            self.assertEqual(self.curl(wrong)[1:], (404, GONE), wrong)
        for dest in ("script", "style", "iframe", "frame", "embed", "object", "worker", "font",
                     "serviceworker", "video", "x"):
            self.assertEqual(self.curl(link, "-H", f"Sec-Fetch-Dest: {dest}")[1:], (404, GONE))
        for dest in ("image", "audio", "empty", "document"):
            self.assertEqual(self.curl(link, "-H", f"Sec-Fetch-Dest: {dest}")[1:], (200, b"soup"))
        for method in ("POST", "DELETE", "OPTIONS"):
            self.assertEqual(self.curl(link, "-X", method)[1], 405)
        self.assertEqual(self.curl(link, "-X", "PUT", "--data-binary", "soup")[1], 404)
        self.assertEqual(self.ask(self.alice, "block", self.bob.name), [0])
        self.assertEqual(self.curl(link)[1:], (404, GONE))
        self.assertEqual(self.ask(self.alice, "unblock", self.bob.name), [0])
        self.assertEqual(self.curl(link)[1], 200)
        own = self.link(self.alice, file)
        self.assertEqual(self.ask(self.bob, "logout"), [0])
        self.assertEqual(self.curl(link)[1:], (404, GONE))
        self.assertEqual(self.curl(own)[1], 200)
        self.assertEqual(self.ask(self.alice, "delete", self.bob.name, 1)[0], 0)
        self.assertEqual(self.curl(own)[1:], (404, GONE))
        log = self.server.log()
        for secret in ("/f/", link.rsplit("=", 1)[1], own.rsplit("=", 1)[1]):
            self.assertNotIn(secret, log)

    def test_kicked_while_reading(self):
        data = os.urandom(100 * CHUNK)
        self.assertEqual(self.ask(self.alice, "create_group", "cooks")[0], 0)
        self.assertEqual(self.ask(self.bob, "join_group", "cooks")[0], 0)
        link = self.link(self.bob, self.sent(data, "cooks"))
        one = self.socket(receive_buffer=4096)
        self.say(one, "GET", link)
        begin = one.recv(1000)
        self.assertTrue(begin.startswith(b"HTTP/1.1 200 OK\r\n"))
        self.assertEqual(self.ask(self.alice, "kick", "cooks", self.bob.name)[0], 0)
        self.assertLess(len(self.hear(one)), len(data))  # what the kernels had
        self.assertEqual(self.curl(link)[1:], (404, GONE))
        self.assertEqual(self.curl(link, "-r", "0-3")[1:], (404, GONE))

    def test_behind_a_proxy(self):
        link = self.link(self.bob, self.sent(b"soup"))
        self.server.stop()
        self.server.attributes = " proxy plaintext"
        self.server.settings["password_cost"] = "interactive"
        self.server.start()
        one = self.socket()
        self.say(one, "GET", link, "X-Forwarded-For: 192.0.2.7")
        heard = self.hear(one)  # one client's; the next request may be another's
        self.assertTrue(heard.startswith(b"HTTP/1.1 200 OK\r\nConnection: close\r\n"), heard)
        self.assertTrue(heard.endswith(b"\r\n\r\nsoup"))
        one = self.socket()
        self.say(one, "GET", link)
        self.assertEqual(self.hear(one), b"")
        self.server.wait_log("the proxy's header names no address")
        self.server.stop()
        self.server.attributes = ""
        self.server.settings["password_cost"] = "minimum"
        self.server.start()

    # --- writing

    def test_curl_sends_a_file(self):
        data = os.urandom(5 * CHUNK + 3)
        for scheme in ("http", "https"):
            file, generation, link = self.begun(data)
            self.assertEqual(self.curl(link, "-T", self.path(data), scheme=scheme), (0, 204, b""))
            self.assertEqual(self.end(file, generation, data), [0])
            self.send_file(file)
            self.assertEqual(self.fetch(self.bob, file), data)

    def test_an_upload_that_breaks_off_continues(self):
        data = os.urandom(4 * CHUNK)
        file, generation, link = self.begun(data)
        one = self.socket()
        self.say(one, "PUT", link, f"Content-Length: {len(data)}")
        one.sendall(data[:2 * CHUNK + 9])
        one.shutdown(socket.SHUT_WR)
        self.assertEqual(self.hear(one), b"")
        code, generation, offset = self.ask(self.alice, "resume_upload", file)[:3]
        self.assertEqual((code, offset), (0, 2 * CHUNK))
        self.assertEqual(self.curl(link, "-C", str(offset), "-T", self.path(data))[1], 404)
        link = self.link(self.alice, file, generation)
        self.server.kill()
        self.server.start()
        self.alice, self.bob = self.again(self.alice), self.again(self.bob)
        code, generation, offset = self.ask(self.alice, "resume_upload", file)[:3]
        self.assertEqual((code, offset), (0, 2 * CHUNK))
        link = self.link(self.alice, file, generation)
        self.assertEqual(self.curl(link, "-C", str(offset), "-T", self.path(data))[1], 204)
        self.assertEqual(self.end(file, generation, data), [0])
        self.refused(1023, "no upload", self.ask(self.alice, "link_file", file, generation))

    def test_what_a_body_must_be(self):
        data = b"soup" * 3
        file, generation, link = self.begun(data)
        for lines, body, status in (
                (("Transfer-Encoding: chunked",), b"4\r\nsoup\r\n0\r\n\r\n", 411),
                (("Content-Length: 0",), b"", 411),
                ((f"Content-Length: {2**63}",), b"soup", 409),
                (("Content-Length: 13",), data + b"x", 409),
                (("Content-Length: 4",), b"soup", 409),
                (("Content-Length: 4", "Content-Range: bytes 0-3/13"), b"soup", 409),
                (("Content-Length: 4", "Content-Range: bytes 0-4/12"), b"soup", 409),
                (("Content-Length: 4", "Content-Range: bytes 4-7/12"), b"soup", 409),
                (("Content-Length: 4", "Content-Range: bytes 8-11/8"), b"soup", 409),
                (("Content-Length: 4", "Content-Range: bytes */12"), b"soup", 409),
                (("Content-Length: 4", "Content-Range: items 0-3/12"), b"soup", 409)):
            one = self.socket()
            self.say(one, "PUT", link, *lines)
            one.sendall(body)
            heard = self.hear(one)
            self.assertTrue(heard.startswith(b"HTTP/1.1 %d " % status), (lines, heard))
            self.assertIn(b"\r\nConnection: close\r\n", heard)
        for at in (0, 4):
            self.assertEqual(self.curl(link, "-X", "PUT", "--data-binary", "soup", "-H",
                                       f"Content-Range: bytes {at}-{at + 3}/12")[1], 204)
        self.assertEqual(self.curl(link, "-X", "PUT", "--data-binary", "soup", "-H",
                                   "Content-Range: bytes 0-3/12")[1], 409)
        self.assertEqual(self.ask(self.alice, "upload_chunk", file, generation, 8, b"soup"),
                         [0, 12])
        self.assertEqual(self.end(file, generation, data), [0])

    def test_two_writers_do_not_mix(self):
        data = os.urandom(2 * CHUNK)
        file, generation, link = self.begun(data)
        first, second = self.socket(), self.socket()
        for one in (first, second):
            self.say(one, "PUT", link, f"Content-Length: {len(data)}", "Expect: 100-continue",
                     "Connection: close")
        for one in (first, second):
            self.assertTrue(one.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n"))
        first.sendall(data)
        self.assertTrue(self.hear(first).startswith(b"HTTP/1.1 204 "))
        second.sendall(bytes(2 * CHUNK))
        self.assertTrue(self.hear(second).startswith(b"HTTP/1.1 409 "))
        self.assertEqual(self.end(file, generation, data), [0])

    def test_equal_files_are_on_the_disk_once(self):
        data, before = os.urandom(CHUNK), self.on_disk()
        for _ in range(2):
            file, generation, link = self.begun(data)
            self.assertEqual(self.curl(link, "-T", self.path(data))[1], 204)
            self.assertEqual(self.end(file, generation, data), [0])
            self.send_file(file)
        after = self.on_disk()
        deadline = time.monotonic() + PATIENCE  # the second one goes in an idle moment
        while len(after - before) != 1 and time.monotonic() < deadline:
            after = self.on_disk()
        self.assertEqual(len(after - before), 1)

    def on_disk(self):
        return {name for name in os.listdir(os.path.join(self.server.data, "blobs"))
                if name.startswith("file-")}


if __name__ == "__main__":
    main()
