"""test_web_clients.py WEB_SERVER - the site as curl, Python's http.client and a socket see it."""

import base64
import gzip
import hashlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
                               "connect-src 'self'; img-src 'self' blob:; "
                               "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
                               "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                               "require-trusted-types-for 'script'; "
                               "trusted-types chinwag-voice chinwag-worker",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(self)",
    "Cache-Control": "no-cache",
}
FOREVER = SECURITY | {"Cache-Control": "public, max-age=31536000, immutable"}
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
         "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "png": "image/png",
         "txt": "text/plain; charset=utf-8", "webmanifest": "application/manifest+json"}
PLAIN = ("html", "png")
DIST = os.path.join(os.path.dirname(__file__), "../../web/dist")


class Site:
    """A running server of the site; its folder of challenges is beside it."""

    def __init__(self, program, folder, *moved_to):
        self.process = subprocess.Popen([program, folder, *moved_to], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        if failed:  # its connections are open still, and it would wait for their ends
            self.process.kill()
        self.process.communicate()

    def curl(self, path, *options):
        """The exit code, and what curl writes."""
        done = subprocess.run(["curl", "-s", "--noproxy", "*", "--max-time", "20", *options,
                               f"http://127.0.0.1:{self.port}{path}"], stdout=subprocess.PIPE,
                              check=False)
        return done.returncode, done.stdout

    def status(self, path, *options):
        return self.curl(path, "-o", "/dev/null", "-w", "%{http_code}", *options)[1].decode()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def say(self, request):
        """All that a socket hears until the server ends the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as sock:
            sock.sendall(request.replace("PORT", str(self.port)).encode("latin-1"))
            heard = b""
            while piece := sock.recv(65536):
                heard += piece
            return heard


def page(name):
    with open(os.path.join(DIST, name), "rb") as file:
        return file.read()


def get(connection, path, **headers):
    connection.request("GET", path, headers={name.replace("_", "-"): value
                                             for name, value in headers.items()})
    answer = connection.getresponse()
    return answer, answer.read()


def test_pages(site):
    connection = site.connect()
    names = sorted(os.listdir(DIST))
    places = [("/" + name, name) for name in names if name != "index.html"]
    for path, name in places + [(path, "index.html") for path in ("/", "/join", "/share?text=x")]:
        ending = name.rpartition(".")[2]
        answer, body = get(connection, path)
        assert (answer.status, answer.getheader("Content-Type"), body) == (
            200, TYPES[ending], page(name)), path
        small, packed = get(connection, path, Accept_Encoding="gzip")
        if ending in PLAIN or len(gzip.compress(body, 9)) >= len(body):
            assert (small.getheader("Content-Encoding"), packed) == (None, body), path
            assert small.getheader("Vary") is answer.getheader("Vary") is None
        else:
            assert small.getheader("Content-Encoding") == "gzip", path
            assert small.getheader("Vary") == answer.getheader("Vary") == "Accept-Encoding"
            assert gzip.decompress(packed) == body and len(packed) < len(body)
            assert packed[4:8] == bytes(4), "the time of the build is in the page"
        wanted = FOREVER if re.search(r"-[A-Z0-9]{8}\.(js|css)$", name) else SECURITY
        tag = answer.getheader("ETag")
        assert tag == f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        again, nothing = get(connection, path, If_None_Match=small.getheader("ETag"))
        assert (again.status, nothing) == (304, b"")
        for one in (answer, small, again):
            assert {header: one.getheader(header) for header in wanted} == wanted, path
    app = re.search(rb'src="/(app-[A-Z0-9]{8}\.js)"', page("index.html"))[1].decode()
    assert {app, "sw.js", "manifest.webmanifest"} < set(names)


def test_nothing_is_inline():
    """The page has no script, style or handler of its own: the policy would refuse it."""
    text = page("index.html").decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL) == [""]
    assert "chinwag register" in text and "chinwag login" in text


def test_one_connection_serves_all(site):
    connection = site.connect()
    connection.connect()
    first = connection.sock
    for path, status in [("/healthz", 200), ("/none", 404), ("/", 200), ("/ws", 426)]:
        answer, _ = get(connection, path)
        assert answer.status == status and connection.sock is first, path
        assert answer.getheader("Set-Cookie") is None
        assert {name: answer.getheader(name) for name in SECURITY} == SECURITY
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert answer.read() == b"" and answer.getheader("Content-Length") == str(len(page("index.html")))


def test_curl(site):
    assert site.curl("/healthz") == (0, b"ok\n")
    assert site.curl("/", "--compressed") == (0, page("index.html"))
    assert site.curl("/", "-r", "0-14") == (0, page("index.html")[:15])
    assert site.curl("/", "-r", "-8") == (0, page("index.html")[-8:])
    assert site.status("/", "-r", "999999-") == "416"
    assert site.status("/", "-0") == "200"
    assert site.status("/", "--http2") == "200"  # an upgrade that is not taken
    assert site.status("/", "-X", "DELETE") == "405"
    assert site.status("/", "-d", "x=1") == "405"
    assert site.status("/", "-X", "GET", "-d", "x=1") == "413"
    assert site.status("/", "-H", "Host: evil.example") == "421"
    assert site.status("/", "-H", "Host:") == "400"
    assert site.status("/", "-H", "X: " + "x" * 9000) == "431"
    for path in ("/../../etc/passwd", "/%2e%2e/etc/passwd", "/join/", "//", "/.well-known/",
                 "/.well-known/acme-challenge", "/pages/index.html"):
        assert site.status(path, "--path-as-is") == "404", path
    assert site.status("/%zz", "--path-as-is") == "400"


def test_connections_end_cleanly(site):
    assert site.say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").startswith(b"HTTP/1.1 505 ")
    assert site.say("GET / HTTP/1.1\nHost: x\n\n").startswith(b"HTTP/1.1 400 ")
    heard = site.say("GET /healthz HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n" * 100 +
                     "GET /none HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\n\r\n")
    assert heard.count(b"\r\n\r\nok\n") == 100
    assert heard.endswith(b"There is no such page here.\n")
    assert heard.rindex(b"HTTP/1.1 404 Not Found") > heard.rindex(b"ok\n")


def test_websocket(site):
    key = base64.b64encode(bytes(range(16))).decode()
    wanted = base64.b64encode(hashlib.sha1(
        (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
    request = (f"GET /ws HTTP/1.1\r\nHost: localhost:{site.port}\r\nConnection: Upgrade\r\n"
               f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
               f"Sec-WebSocket-Protocol: chinwag.1\r\nOrigin: http://localhost:{site.port}\r\n\r\n")
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as sock:
        sock.sendall(request.encode() + b"\x82\x82\0\0\0\0hi" + b"\x88\x82\0\0\0\0\x03\xe8")
        heard = b""
        while piece := sock.recv(65536):
            heard += piece
    head, _, frames = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"\r\nSec-WebSocket-Accept: " + wanted + b"\r\n" in head + b"\r\n"
    assert frames == b"\x82\x02hi" + b"\x88\x02\x03\xe8"


def test_well_known(site, folder):
    with open(os.path.join(folder, "To-ken_1"), "w", encoding="ascii") as file:
        file.write("To-ken_1.thumb")
    with open(os.path.join(folder, ".hidden"), "w", encoding="ascii") as file:
        file.write("no")
    assert site.curl("/.well-known/acme-challenge/To-ken_1") == (0, b"To-ken_1.thumb")
    for token in ("", "none", ".hidden", "..", "To-ken_1/", "To%2dken_1", "x" * 129):
        assert site.status("/.well-known/acme-challenge/" + token, "--path-as-is") == "404", token
    identity = json.loads(site.curl("/.well-known/chinwag")[1])
    assert identity.pop("version")
    assert identity == {"curve_key": "the-key", "tls_fingerprint": "the-fingerprint"}


def test_moved(site):
    connection = site.connect()
    for path in ("/", "/healthz", "/ws", "/join?a=b", "//evil.example/", "/%0d%0aX:1"):
        answer, _ = get(connection, path)
        assert (answer.status, answer.getheader("Location")) == \
            (308, "https://chat.example.org" + path)
        assert {name: answer.getheader(name) for name in SECURITY} == SECURITY


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        with Site(program, folder) as site:
            test_pages(site)
            test_nothing_is_inline()
            test_one_connection_serves_all(site)
            test_curl(site)
            test_connections_end_cleanly(site)
            test_websocket(site)
            test_well_known(site, folder)
        with Site(program, folder, "https://chat.example.org") as site:
            test_well_known(site, folder)
            test_moved(site)


main()
