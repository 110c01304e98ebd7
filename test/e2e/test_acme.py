"""A certificate from a CA, and its renewal: Debian's test CA (pebble) asks for the file that
dehydrated puts below /.well-known/acme-challenge/, and the framer of TLS takes what they agree on:
PATH OF TLS_LINES."""

import functools
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

TOOL = sys.argv.pop(1)
NAME = "chat.example.test"
WAIT = 180  # seconds, for a machine that is busy: dehydrated starts hundreds of programs


def free_port():
    """One that nobody has now: pebble cannot be asked which it took."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def end(process):
    process.kill()
    process.wait()


class Names(threading.Thread):
    """A DNS server that says of every name that it is 127.0.0.1, and has no address of IPv6."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            name_end = query.index(0, 12)
            question = query[12:name_end + 5]
            is_a = query[name_end + 1:name_end + 3] == b"\0\1"
            answer = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1" if is_a else b""
            counts = b"\0\1" + (b"\0\1" if is_a else b"\0\0") + b"\0\0\0\0"
            self.socket.sendto(query[:2] + b"\x84\0" + counts + question + answer, peer)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Acme(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.webroot = self.path("webroot", ".well-known", "acme-challenge")
        os.makedirs(self.webroot)
        self.serve_webroot()
        self.start_ca()

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def serve_webroot(self):
        """As the server does with the folder of `acme_webroot`."""
        handler = functools.partial(Quiet, directory=self.path("webroot"))
        server = self.enterContext(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        self.http_port = server.server_address[1]

    def start_ca(self):
        names = Names()
        names.start()
        subprocess.run([TOOL, "make", self.path("ca.pem"), self.path("ca.key")], check=True)
        self.ca, self.management = free_port(), free_port()
        with open(self.path("pebble.json"), "w", encoding="utf-8") as file:
            json.dump({"pebble": {
                "listenAddress": f"127.0.0.1:{self.ca}",
                "managementListenAddress": f"127.0.0.1:{self.management}",
                "certificate": self.path("ca.pem"), "privateKey": self.path("ca.key"),
                "httpPort": self.http_port, "tlsPort": self.http_port}}, file)
        self.log = self.enterContext(open(self.path("pebble.log"), "w+", encoding="utf-8"))
        pebble = subprocess.Popen(
            ["pebble", "-config", self.path("pebble.json"), "-dnsserver", names.address],
            env={**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"},
            stdout=self.log, stderr=self.log)
        self.addCleanup(end, pebble)
        self.root = self.path("root.pem")
        with open(self.root, "wb") as file:
            file.write(self.ask_ca("/roots/0"))

    def ask_ca(self, path):
        """Until it is there."""
        context = ssl.create_default_context(cafile=self.path("ca.pem"))
        url = f"https://localhost:{self.management}{path}"
        until = time.monotonic() + WAIT
        while True:
            try:
                with urllib.request.urlopen(url, context=context, timeout=WAIT) as answer:
                    return answer.read()
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def dehydrated(self, *options):
        with open(self.path("config"), "w", encoding="utf-8") as file:
            file.write(f'CA="https://localhost:{self.ca}/dir"\nWELLKNOWN="{self.webroot}"\n'
                       f'BASEDIR="{self.folder}"\nCHALLENGETYPE="http-01"\n')
        done = subprocess.run(
            ["dehydrated", "--config", self.path("config"), *options], check=False, text=True,
            env={**os.environ, "CURL_CA_BUNDLE": self.path("ca.pem")}, timeout=WAIT,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.log.seek(0)
        self.assertEqual(done.returncode, 0, done.stdout + self.log.read())

    def served(self):
        """The certificate that a client of the CA gets from a server that has dehydrated's
        files, as DER."""
        files = [self.path("certs", NAME, name) for name in ("fullchain.pem", "privkey.pem")]
        server = subprocess.Popen([TOOL, "server", *files], stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline().split()[1])
            context = ssl.create_default_context(cafile=self.root)
            plain = socket.create_connection(("127.0.0.1", port), timeout=WAIT)
            with context.wrap_socket(plain, server_hostname=NAME) as tls:
                tls.sendall(b"hello\n")
                self.assertEqual(tls.recv(100), b"hello\n")
                return tls.getpeercert(binary_form=True)
        finally:
            end(server)
            server.stdout.close()

    def test_a_certificate_is_obtained_and_renewed(self):
        self.dehydrated("--accept-terms", "--register")
        self.dehydrated("--cron", "--domain", NAME)
        first = self.served()
        self.dehydrated("--cron", "--domain", NAME, "--force")
        self.assertNotEqual(self.served(), first)


if __name__ == "__main__":
    unittest.main(verbosity=2)
