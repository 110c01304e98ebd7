"""One port for everything: ZMTP, CURVE, HTTP, WebSocket and TLS at one listener, what a public
listener refuses, names, keys and certificates."""

import hashlib
import http.client
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import unittest

import harness
from harness import PASSWORD, PATIENCE, Peer, Raw, Server, WebPeer, main
from transports import WebSocket, certificate


class ByTransport(Peer):
    """A Peer by a transport that the test names, whatever TRANSPORT says."""

    def __new__(cls, *_):
        return object.__new__(cls)

    def __init__(self, server, transport, key=None):
        self.transport = transport
        if transport in ("ws", "wss"):
            self.socket = WebSocket(server, transport == "wss", patience=PATIENCE)
            self.name = self.token = None
        else:
            Peer.__init__(self, server, transport=transport, key=key)

    def close(self):
        (WebPeer if self.transport in ("ws", "wss") else Peer).close(self)

    def recv_bytes(self):
        return (WebPeer if self.transport in ("ws", "wss") else Peer).recv_bytes(self)


def request(server, path, host=None, tls=None, method="GET", **headers):
    """An HTTP request of a client that we did not write; returns the answer with its body."""
    host = host or f"localhost:{server.port}"
    if tls:
        connection = http.client.HTTPSConnection(server.address, server.port, timeout=PATIENCE,
                                                 context=tls)
    else:
        connection = http.client.HTTPConnection(server.address, server.port, timeout=PATIENCE)
    connection.request(method, path, headers={"Host": host, **headers})
    answer = connection.getresponse()
    answer.content = answer.read()
    connection.close()
    return answer


def ended(connection):
    """The server closes it well before the deadline of connections without a login."""
    connection.settimeout(5)
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    finally:
        connection.close()
    return True


def any_certificate():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def shown_pin(server):
    """The hash of the public key in the server's own certificate, by OpenSSL."""
    path = os.path.join(server.data, "tls-certificate.pem")
    key = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-pubkey"], check=True,
                         stdout=subprocess.PIPE).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], check=True, input=key,
                         stdout=subprocess.PIPE).stdout
    return hashlib.sha256(der).hexdigest()


def shown_fingerprint(server):
    with socket.create_connection((server.address, server.port), PATIENCE) as plain:
        with any_certificate().wrap_socket(plain, server_hostname="localhost") as tls:
            digest = hashlib.sha256(tls.getpeercert(binary_form=True)).hexdigest().upper()
    return ":".join(digest[i:i + 2] for i in range(0, 64, 2))


class OnePort(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.__exit__, None)
        self.server.settings.update(certificate(self.server.home))
        self.server.start()

    def test_one_conversation_over_all_transports(self):
        peers = []
        for transport in ("null", "curve", "ws", "wss"):
            name = f"by-{transport}"
            peers.append(ByTransport(self.server, transport).register(name).login(name))
        for sender in peers:
            for receiver in peers:
                if receiver is sender:
                    continue
                sender.ask("whisper", receiver.name, f"from {sender.name}")
                got = receiver.recv()
                self.assertEqual((got[:2], got[-1]), (["update", "whisper"],
                                                      f"from {sender.name}"))
        voice = harness.encode([0] * 60_000)
        for sender in peers[:3]:
            sender.send_bytes(harness.encode("request", "voice_msg", sender.name, sender.token,
                                             "by-wss", 1, 44100) + voice)
            sender.expect("response", "voice_msg", 0)
            self.assertEqual(peers[3].recv()[-1], [0] * 60_000)
        for peer in peers:
            peer.close()
        self.assertEqual(self.server.stop(), 0)

    def test_pages(self):
        answer = request(self.server, "/healthz")
        self.assertEqual((answer.status, answer.content), (200, b"ok\n"))
        known = json.loads(request(self.server, "/.well-known/chinwag").content)
        self.assertEqual(known["tls_fingerprint"], shown_fingerprint(self.server))
        self.assertEqual(len(known["curve_key"]), 43)
        self.assertEqual(request(self.server, "/", tls=any_certificate()).status, 200)
        self.assertEqual(request(self.server, "/../etc/passwd").status // 100, 4)
        self.assertEqual(request(self.server, "/", method="POST").status, 405)
        self.assertIsNone(request(self.server, "/").getheader("Set-Cookie"))

    def test_other_names_are_not_served(self):
        for tls in (None, any_certificate()):
            for path in ("/", "/ws", "/healthz", "/.well-known/chinwag"):
                for host in ("evil.example", f"evil.example:{self.server.port}", "localhost",
                             f"localhost.:{self.server.port}", f"127.0.0.1:{self.server.port + 1}"):
                    self.assertEqual(request(self.server, path, host, tls).status, 421,
                                     (path, host))

    def upgrade(self, **headers):
        return request(self.server, "/ws", Upgrade="websocket", Connection="Upgrade",
                       **{"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                          "Sec-WebSocket-Version": "13",
                          "Sec-WebSocket-Protocol": "chinwag.1", **headers}).status

    def test_origins(self):
        for origin in ("https://evil.example", "null", f"http://localhost:{self.server.port + 1}",
                       f"http://localhost.evil.example:{self.server.port}"):
            self.assertEqual(self.upgrade(Origin=origin), 403, origin)

    def test_a_frame_that_claims_too_much_is_closed(self):
        peer = WebSocket(self.server, False, patience=PATIENCE)
        peer.socket.sendall(b"\x82\xff" + struct.pack(">Q", 1 << 63) + bytes(4))
        self.assertIsNone(peer.recv())
        peer.close()

    def test_frames_without_a_mask_are_closed(self):
        peer = WebSocket(self.server, False, patience=PATIENCE)
        peer.socket.sendall(b"\x82\x01\xc0")
        self.assertIsNone(peer.recv())
        peer.close()

    def test_a_new_certificate_is_taken_and_a_bad_one_is_not(self):
        first = shown_fingerprint(self.server)
        certificate(self.server.home)
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_log("the certificate was read again")
        second = shown_fingerprint(self.server)
        self.assertNotEqual(first, second)
        with open(self.server.settings["tls_key"], "w") as file:
            file.write("rubbish")
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_log("the certificate in use stays: ")
        self.assertEqual(shown_fingerprint(self.server), second)


class Public(unittest.TestCase):
    """A listener that other machines can reach."""

    def start(self, *attributes, **settings):
        server = Server(password_cost="interactive", registration="open", **settings)
        self.addCleanup(server.__exit__, None)
        server.attributes = "".join(" " + attribute for attribute in attributes)
        return server.start_public()

    def test_what_is_printed_is_what_is_served(self):
        server = self.start(public_name="localhost")
        key = server.process.stdout.readline().decode().split()
        fingerprint = server.process.stdout.readline().decode().split()
        self.assertEqual(key[:2], ["public", "key"])
        known = json.loads(request(server, "/.well-known/chinwag").content)
        self.assertEqual(known["curve_key"], key[2])
        self.assertEqual(known["tls_fingerprint"], fingerprint[-1])
        self.assertEqual(fingerprint[-1], shown_fingerprint(server))
        pin = server.process.stdout.readline().decode()  # as `chinwag --accept-key` takes it
        self.assertEqual(pin, f"certificate key (SHA-256) {shown_pin(server)}\n")
        for name in ("curve.key", "tls-key.pem"):
            mode = os.stat(os.path.join(server.data, name)).st_mode & 0o777
            self.assertEqual(mode, 0o600, name)

    def test_nothing_unencrypted_is_understood(self):
        server = self.start(public_name="localhost")
        null = Raw(server)
        null.send(Raw.GREETING + Raw.ready())
        null.request("request", "register", "mallory", PASSWORD)
        self.assertEqual(null.recv_until_closed()[:17], Raw.GREETING[:12] + b"CURVE")
        null.close()
        for path in ("/", "/ws", "/join", "/healthz"):
            answer = request(server, path)
            self.assertEqual((answer.status, answer.getheader("Location")),
                             (308, f"https://localhost{path}"))
        alice = ByTransport(server, "curve").register("alice")
        alice.request("login", "mallory", PASSWORD, code=514)
        alice.close()
        self.assertEqual(server.stop(), 0)

    def test_an_address_has_a_share_of_handshakes(self):
        """Five times as many as a second has: some of them find it used up."""
        server = self.start(public_name="localhost")
        for _ in range(1000):
            with socket.create_connection((server.address, server.port), PATIENCE) as one:
                one.sendall(b"\xff")
        alice = ByTransport(server, "curve").register("alice")  # libzmq tries again
        alice.close()
        self.assertEqual(server.stop(), 0)
        self.assertIn("too many connections from this address in one second", server.log())

    def test_plaintext_is_allowed_where_it_is_said(self):
        server = self.start("plaintext", public_name="localhost")
        alice = ByTransport(server, "null").register("alice").login("alice")
        alice.close()
        bobby = ByTransport(server, "ws").register("bobby").login("bobby")
        bobby.close()

    def test_a_certificate_is_made_once(self):
        server = self.start(public_name="localhost")
        first = shown_fingerprint(server)
        server.stop()
        server.start_public()
        self.assertEqual(shown_fingerprint(server), first)

    def test_challenges(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        server = self.start(public_name="localhost", acme_webroot=folder)
        with open(os.path.join(folder, "token_1"), "w") as file:
            file.write("token_1.thumbprint")
        answer = request(server, "/.well-known/acme-challenge/token_1")
        self.assertEqual((answer.status, answer.content), (200, b"token_1.thumbprint"))
        os.remove(os.path.join(folder, "token_1"))
        for token in ("", "token_1", "..", "%2e%2e", "../curve.key"):
            answer = request(server, "/.well-known/acme-challenge/" + token)
            self.assertEqual(answer.status // 100, 4, token)

    def upgrade_behind_proxy(self, server, forwarded):
        lines = f"X-Forwarded-For: {forwarded}\r\n" if forwarded else ""
        connection = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
        connection.sendall(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chinwag.1\r\n" +
            lines.encode() + b"\r\n")
        return connection, connection.recv(4096)[9:12]  # the status, or b"" at the end

    def test_an_http_proxy_names_its_client(self):
        server = self.start("proxy", "plaintext", public_name="localhost", waiting_per_address=1)

        def upgrade(forwarded):
            return self.upgrade_behind_proxy(server, forwarded)

        first, status = upgrade("192.0.2.9, 192.0.2.1")
        self.assertEqual(status, b"101")
        other, status = upgrade("192.0.2.2")
        self.assertEqual(status, b"101")
        none, status = upgrade("")
        self.assertNotEqual(status, b"101")
        wrong, status = upgrade("nobody")
        while wrong.recv(4096):
            pass
        second, _ = upgrade("192.0.2.1")  # has one place with the first
        first.settimeout(PATIENCE)
        while first.recv(4096):
            pass
        for connection in (first, other, none, wrong, second):
            connection.close()
        self.assertEqual(server.stop(), 0)
        self.assertIn("the proxy's header names no address", server.log())

    def test_the_client_stands_behind_trusted_proxies(self):
        """What it has written itself stands further left, in a line of its own or not."""
        server = self.start("proxy", "plaintext", public_name="localhost", waiting_per_address=1,
                            trusted_proxy="192.0.2.0/24")
        first, _ = self.upgrade_behind_proxy(server, "198.51.100.1, 192.0.2.1")
        other, _ = self.upgrade_behind_proxy(server, "198.51.100.1, 198.51.100.2, 192.0.2.1")
        second, status = self.upgrade_behind_proxy(
            server, "127.0.0.1\r\nX-Forwarded-For: 198.51.100.1:80\r\nX-Forwarded-For: 192.0.2.2")
        self.assertEqual(status, b"101")
        self.assertTrue(ended(first), "the place of its address has gone to the second")
        other.settimeout(0)
        with self.assertRaises(BlockingIOError):
            other.recv(1)
        other.close()
        second.close()
        self.assertEqual(server.stop(), 0)

    def test_connections_without_an_address_leave_place_for_others(self):
        """The core knows none of them."""
        for attribute in ("proxy", "proxy=v2"):
            server = self.start(attribute, "plaintext", public_name="localhost", connections_max=16)
            silent = [socket.create_connection((server.address, server.port), PATIENCE)
                      for _ in range(16 + 64)]
            with socket.create_connection((server.address, server.port), PATIENCE) as one:
                one.sendall(b"" if attribute == "proxy" else
                            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1" + bytes(8))
                one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertEqual(one.recv(4096)[9:12], b"200")
            self.assertTrue(ended(silent[0]), "who has waited longest has made place")
            for connection in silent:
                connection.close()
            self.assertEqual(server.stop(), 0)
            self.assertIn("too many connections without a client's address", server.log())

    def test_a_client_behind_an_http_proxy_without_a_place_is_closed(self):
        server = self.start("proxy", "plaintext", public_name="localhost",
                            connections_per_address=1)
        first = WebSocket(server, False, patience=PATIENCE,
                          headers="X-Forwarded-For: 192.0.2.1\r\n")
        for action in ("register", "login"):  # who has logged in keeps the place
            first.send(harness.encode("request", action, "alice", PASSWORD))
            self.assertEqual(harness.decode(first.recv())[:3], ["response", action, 0])
        second, _ = self.upgrade_behind_proxy(server, "192.0.2.1")
        self.assertTrue(ended(second))
        first.close()
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    main()
