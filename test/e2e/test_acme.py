"""A certificate from a CA, and its renewal: Debian's test CA (pebble) asks the server for the file
that dehydrated puts into the folder acme_webroot, and the server takes what they agree on."""

import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

from harness import Server, main
from transports import certificate

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


class Acme(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        os.mkdir(self.path("webroot"))
        self.server = Server(password_cost="interactive", public_name=NAME,
                             acme_webroot=self.path("webroot"))
        self.addCleanup(self.server.__exit__, None)
        self.server.start_public()
        self.start_ca()

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start_ca(self):
        names = Names()
        names.start()
        own = certificate(self.folder)
        self.ca, self.management = free_port(), free_port()
        with open(self.path("pebble.json"), "w", encoding="utf-8") as file:
            json.dump({"pebble": {
                "listenAddress": f"127.0.0.1:{self.ca}",
                "managementListenAddress": f"127.0.0.1:{self.management}",
                "certificate": own["tls_certificate"], "privateKey": own["tls_key"],
                "httpPort": self.server.port, "tlsPort": self.server.port}}, file)
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
        context = ssl.create_default_context(cafile=self.path("certificate.pem"))
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
        webroot = self.path("webroot")
        with open(self.path("config"), "w", encoding="utf-8") as file:
            file.write(f'CA="https://localhost:{self.ca}/dir"\nWELLKNOWN="{webroot}"\n'
                       f'BASEDIR="{self.folder}"\nCHALLENGETYPE="http-01"\n')
        done = subprocess.run(
            ["dehydrated", "--config", self.path("config"), *options], check=False, text=True,
            env={**os.environ, "CURL_CA_BUNDLE": self.path("certificate.pem")}, timeout=WAIT,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.log.seek(0)
        self.assertEqual(done.returncode, 0, done.stdout + self.log.read())

    def served(self):
        """The certificate that a client which trusts the CA gets, as DER."""
        context = ssl.create_default_context(cafile=self.root)
        plain = socket.create_connection(("127.0.0.1", self.server.port), timeout=WAIT)
        with context.wrap_socket(plain, server_hostname=NAME) as tls:
            return tls.getpeercert(binary_form=True)

    def wait_for(self, words):
        until = time.monotonic() + WAIT
        while words not in self.server.log():
            self.assertLess(time.monotonic(), until, self.server.log())
            self.served()  # a handshake in between, instead of a sleep

    def test_a_certificate_is_obtained_and_renewed(self):
        self.dehydrated("--accept-terms", "--register")
        self.dehydrated("--cron", "--domain", NAME)
        self.server.stop()
        self.server.settings.update(
            tls_certificate=self.path("certs", NAME, "fullchain.pem"),
            tls_key=self.path("certs", NAME, "privkey.pem"))
        self.server.start_public()
        first = self.served()
        self.dehydrated("--cron", "--domain", NAME, "--force")
        self.server.process.send_signal(signal.SIGHUP)
        self.wait_for("the certificate was read again")
        self.assertNotEqual(self.served(), first)


if __name__ == "__main__":
    main()
