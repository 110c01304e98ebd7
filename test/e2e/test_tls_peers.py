"""The framer of TLS against other people's TLS, `openssl s_client` and `s_server` and Python's
ssl module: PATH OF TLS_LINES, which has the sockets around it (tls_lines.c)."""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

TOOL = sys.argv.pop(1)
WAIT = 30  # seconds, for a machine that is busy
VERSIONS = [("TLSv1.2", "-tls1_2", ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256"),
            ("TLSv1.3", "-tls1_3", ssl.TLSVersion.TLSv1_3, "TLS_AES_128_GCM_SHA256")]


def output_of(*command, text=True, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=WAIT, text=text,
                          **more).stdout


def end(process):
    process.kill()
    process.wait()
    process.stdout.close()


class TlsPeers(unittest.TestCase):
    """Each test has a server of its own, that prints how its connections end."""

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.certificate = os.path.join(folder, "certificate.pem")
        self.key = os.path.join(folder, "key.pem")
        output_of(TOOL, "make", self.certificate, self.key)
        self.server = subprocess.Popen([TOOL, "server", self.certificate, self.key],
                                       stdout=subprocess.PIPE, text=True)
        self.addCleanup(end, self.server)
        self.port = int(self.server.stdout.readline().split()[1])

    def assert_ends(self, how):
        self.assertEqual(self.server.stdout.readline(), how + "\n")


class Python(TlsPeers):
    def connect(self, context):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)
        return context.wrap_socket(plain, server_hostname="localhost")

    def context(self):
        return ssl.create_default_context(cafile=self.certificate)

    def test_lines_come_back(self):
        sent = b"one\n" + b"x" * 50000 + b"\n"
        for name, _, version, cipher in VERSIONS:
            context = self.context()
            context.minimum_version = context.maximum_version = version
            with self.connect(context) as tls:
                self.assertEqual((tls.version(), tls.cipher()[0]), (name, cipher))
                tls.sendall(sent)
                got = b""
                while len(got) < len(sent):
                    got += tls.recv(65536)
                self.assertEqual(got, sent)
                self.assertFalse(tls.session.has_ticket)
                tls.sendall(b"quit\n")
                self.assertEqual(tls.recv(100), b"bye\n")
                # By close_notify: without it Python raises an error.
                self.assertEqual(tls.recv(100), b"")

    def test_the_client_ends(self):
        with self.connect(self.context()) as tls:
            tls.sendall(b"last\n")
            self.assertEqual(tls.recv(100), b"last\n")
            tls.unwrap()
        self.assert_ends("done")

    def test_a_protocol_is_agreed_on(self):
        context = self.context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with self.connect(context) as tls:
            self.assertEqual(tls.selected_alpn_protocol(), "http/1.1")
        self.assert_ends("closed")

    def test_a_client_that_does_not_trust(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.connect(ssl.create_default_context())
        self.assert_ends("failed: the peer does not trust the server's certificate")

    def test_no_tls(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            plain.shutdown(socket.SHUT_WR)
            while plain.recv(100):
                pass
        self.assert_ends("failed: the peer does not speak TLS")

    def test_half_a_hello(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT) as plain:
            plain.sendall(bytes.fromhex("160301 0100 010000fc 0303"))
            plain.shutdown(socket.SHUT_WR)
            self.assertEqual(plain.recv(100), b"")
        self.assert_ends("closed")


class SClient(TlsPeers):
    def s_client(self, *options, text="hello there\nquit\n"):
        """What it prints; it ends when the server does."""
        return subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-CAfile",
             self.certificate, "-verify_return_error", *options],
            input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, timeout=WAIT).stdout

    def test_lines_come_back(self):
        for name, option, _, cipher in VERSIONS:
            said = self.s_client(option, "-ign_eof")
            self.assertIn(f"New, {name}, Cipher is {cipher}\n", said)
            self.assertIn("\nhello there\n", said)
            self.assertIn("\nbye\n", said)
            self.assertNotIn("TLS session ticket", said)

    def test_no_session_is_resumed(self):
        """-reconnect: five more connections with the session of the first."""
        said = self.s_client("-tls1_2", "-reconnect", "-ign_eof")
        self.assertEqual(said.count("New, TLSv1.2"), 6)
        self.assertNotIn("Reused", said)

    def test_renegotiation(self):
        """A line with an R alone asks for it."""
        said = self.s_client("-tls1_2", text="R\n")
        self.assertIn("RENEGOTIATING", said)
        self.assertIn("no renegotiation", said)
        self.assert_ends("failed: the peer wants to renegotiate")

    def test_old_versions_and_ciphers(self):
        said = self.s_client("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
        self.assertIn("alert protocol version", said)
        self.assert_ends("failed: the peer and we have no version of TLS in common; 1.2 or 1.3 is "
                         "needed")
        said = self.s_client("-tls1_2", "-cipher", "AES128-SHA:AES256-GCM-SHA384")
        self.assertIn("alert handshake failure", said)
        self.assert_ends("failed: the peer and we have no cipher of TLS in common")


class OurClient(TlsPeers):
    def client(self, option, *trusted, host="localhost"):
        """What it prints: it says "hello" to s_server, which turns lines around."""
        process = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", self.certificate, "-key",
             self.key, "-rev", "-naccept", "1", option],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            line = ""
            while not line.startswith("ACCEPT "):
                line = process.stdout.readline()
            port = line.rsplit(":", 1)[1].strip()
            return output_of(TOOL, "client", port, host, *trusted)
        finally:
            end(process)

    def pin(self):
        """As anybody would make it with openssl's own commands."""
        key = output_of("openssl", "x509", "-in", self.certificate, "-pubkey", "-noout", text=False)
        der = output_of("openssl", "pkey", "-pubin", "-outform", "der", input=key, text=False)
        digest = output_of("openssl", "dgst", "-sha256", "-r", input=der, text=False)
        return digest.split()[0].decode()

    def test_it_is_answered(self):
        for _, option, _, _ in VERSIONS:
            self.assertEqual(self.client(option, self.certificate), "olleh\n")
            self.assertEqual(self.client(option, self.certificate, host="127.0.0.1"), "olleh\n")
            self.assertEqual(self.client(option, "pin", self.pin(), host="any.name"), "olleh\n")

    def test_it_refuses(self):
        self.assertEqual(self.client("-tls1_3", self.certificate, host="chat.example.org"),
                         "failed: the server's certificate is for another name\n")
        self.assertEqual(self.client("-tls1_3", "pin", "00" * 32),
                         "failed: the server's key is not the one that was pinned\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
