"""/metrics of a real server: what is counted, and who is not told."""

import socket
import tempfile
import time
import unittest

from harness import PASSWORD, PATIENCE, Peer, Raw, decode, encode, main
from transports import WebSocket, certificate
from watched import Watched


class Metrics(unittest.TestCase):
    def setUp(self):
        self.peers = []
        self.server = self.enterContext(Watched(**self.settings()))
        self.addCleanup(self.end)

    def settings(self):
        return certificate(self.enterContext(tempfile.TemporaryDirectory()))

    def end(self):
        for peer in self.peers:
            peer.close()
        self.assertEqual(self.server.stop(), 0, self.server.log())

    def peer(self, **how):
        self.peers.append(Peer(self.server, **how))
        return self.peers[-1]

    def connections(self, metrics):
        return {transport: metrics["chinwag_connections", transport]
                for transport in ("opening", "zmtp", "zmtp_tls", "curve", "ws", "wss")}

    def test_connections_by_transport(self):
        none = dict.fromkeys(("opening", "zmtp", "zmtp_tls", "curve", "ws", "wss"), 0)
        # Reading them opens a connection, too.
        self.assertEqual(self.connections(self.server.metrics()), none | {"opening": 1})
        # They log in: who does not is closed after 10 s, and the machine may be slow.
        for name, transport in (("alice", "null"), ("bobby", "null"), ("carol", "curve")):
            self.peer(transport=transport).register(name).login(name)
        for tls in (False, True, True):
            self.peers.append(WebSocket(self.server, tls))
            self.peers[-1].send(encode("request", "login", "alice", PASSWORD))
            self.assertEqual(decode(self.peers[-1].recv())[:3], ["response", "login", 0])
        wanted = {"opening": 1, "zmtp": 2, "zmtp_tls": 0, "curve": 1, "ws": 1, "wss": 2}
        found = self.server.wait_metrics(lambda metrics: self.connections(metrics) == wanted)
        self.assertGreaterEqual(found["chinwag_connections_accepted_total", None], 8)
        self.wait_opening()
        while self.peers:
            self.peers.pop().close()
        self.server.wait_metrics(lambda metrics: self.connections(metrics) == none | {"opening": 1})

    def wait_opening(self):
        """A connection that says nothing is there for 10 s, beside the one that reads this."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.create_connection((self.server.address, self.server.port), PATIENCE):
                if self.server.metrics()["chinwag_connections", "opening"] == 2:
                    return
        self.fail("it was not counted")

    def test_what_people_do(self):
        alice, bobby = self.peer(), self.peer()
        alice.register("alice").login("alice")
        bobby.register("bobby").login("bobby")
        self.peer().request("register", "alice", PASSWORD, code=513)
        self.peer().request("login", "alice", "wrong password", code=515)
        alice.ask("whisper", "bobby", "not in metrics")
        bobby.expect("update", "whisper", "alice", "not in metrics")
        for peer, action in ((alice, "create_group"), (bobby, "join_group")):
            peer.ask(action, "cooks")
        alice.ask("msg_group", "cooks", "neither here")
        bobby.expect("update", "msg_group", "cooks", "alice", "neither here")
        alice.ask("msg_group", "gardeners", "nor here", code=768)
        for peer in (alice, bobby):
            peer.ask("join_call", "cooks", answer=("cooks",))
        for group in ("cooks", "cooks", "gardeners"):
            alice.send("update", "call_data", "alice", alice.token, group, [1, 2, 3])
        for _ in range(2):
            bobby.expect("update", "call_data", "alice", [1, 2, 3])
        alice.nothing_waits()
        metrics = self.server.metrics()
        for name, value, number in (
                ("chinwag_sessions", None, 2), ("chinwag_messages_total", "text", 2),
                ("chinwag_messages_total", "voice", 0), ("chinwag_deliveries_total", None, 2),
                ("chinwag_logins_total", "accepted", 2), ("chinwag_logins_total", "refused", 1),
                ("chinwag_registrations_total", "accepted", 2),
                ("chinwag_registrations_total", "refused", 1),
                ("chinwag_refusals_total", "513", 1), ("chinwag_refusals_total", "515", 1),
                ("chinwag_refusals_total", "768", 1), ("chinwag_refusals_total", "1024", 1),
                ("chinwag_calls", None, 1), ("chinwag_frames_forwarded_total", None, 2),
                ("chinwag_frames_dropped_total", "refused", 1),
                ("chinwag_frames_dropped_total", "late", 0),
                ("chinwag_requests_total", None, 14),
                ("chinwag_backup_age_seconds", None, float("inf"))):
            self.assertEqual(metrics.get((name, value)), number, (name, value))
        for name, value in (("chinwag_commit_seconds_bucket", "+Inf"), ("chinwag_store_bytes", None),
                            ("chinwag_wal_bytes", None), ("chinwag_disk_free_bytes", None),
                            ("chinwag_received_bytes_total", None),
                            ("chinwag_sent_bytes_total", None),
                            ("process_resident_memory_bytes", None),
                            ("process_start_time_seconds", None)):
            self.assertGreater(metrics[name, value], 0, (name, value))
        self.assertEqual(metrics["chinwag_commit_seconds_count", None],
                         metrics["chinwag_commit_seconds_bucket", "+Inf"])

    def test_it_tells_no_name_and_no_text(self):
        alice = self.peer().register("alice").login("alice")
        alice.ask("whisper", "alice", "a secret of mine")
        text = self.server.get("/metrics").text
        for secret in ("alice", "secret", alice.token, PASSWORD, "127."):
            self.assertNotIn(secret, text)

    def test_a_queue_is_charged(self):
        """Somebody does not read: what waits for them is in the gauge."""
        alice = self.peer().register("alice").login("alice")
        deaf = Raw(self.server, receive_buffer=4096)
        self.addCleanup(deaf.close)
        deaf.handshake()
        deaf.request("request", "register", "deaf", PASSWORD)
        deaf.recv()
        deaf.request("request", "login", "deaf", PASSWORD)
        deaf.recv()

        def held(metrics, account):
            return metrics["chinwag_queue_bytes", account]

        for _ in range(4000):
            alice.ask("whisper", "deaf", "x" * 2000)
            metrics = self.server.metrics()
            if held(metrics, "largest_user") >= 100000:
                break
        self.assertGreaterEqual(held(metrics, "largest_user"), 100000)
        self.assertGreaterEqual(held(metrics, "users"), held(metrics, "largest_user"))
        self.assertGreaterEqual(held(metrics, "addresses"), held(metrics, "largest_address"))
        self.assertGreaterEqual(held(metrics, "largest_address"), held(metrics, "largest_user"))
        self.assertLess(held(metrics, "largest_user"),
                        metrics["chinwag_queue_limit_bytes", "user"])

    def test_users_are_elsewhere(self):
        """Nothing but HTTP is spoken at that listener, and nothing but two paths is there."""
        for path, status in (("/metrics", 200), ("/healthz", 200), ("/", 404), ("/ws", 404),
                             ("/index.html", 404), ("/.well-known/chinwag", 404), ("/f/1", 404)):
            self.assertEqual(self.server.get(path).status, status, path)
        self.assertEqual(self.server.get("/metrics", method="HEAD").text, "")
        self.assertEqual(self.server.get("/hook/x", method="POST").status, 405)
        self.assertEqual(self.server.get("/metrics", Host="evil.example").status, 421)
        for first in (Raw.GREETING, b"\x16\x03\x01\x00\x05hello", b"\x00"):
            with socket.create_connection(("127.0.0.1", self.server.metrics_port),
                                          PATIENCE) as connection:
                connection.sendall(first)
                got = b""
                try:
                    while piece := connection.recv(100):
                        got += piece
                except ConnectionError:
                    pass
                self.assertEqual(got, b"")

    def test_users_are_not_told(self):
        answer = self.server.get("/metrics", self.server.port,
                                 Host=f"localhost:{self.server.port}")
        self.assertEqual(answer.status, 404)
        self.assertNotIn("chinwag_", answer.text)

    def test_listeners_that_make_no_sense(self):
        self.server.stop()
        for listen, words in (
                ("127.0.0.1:0 metrics plaintext", "a listener for metrics has no other attribute"),
                ("127.0.0.1:0 metrics metrics", "once"),
                ("127.0.0.1:0 metrics", "users need a listener, too")):
            status, output, log = self.server.refusal("--listen", listen)
            self.server.process.stdout.close()
            self.assertEqual((status, output), (78, ""), listen)
            self.assertIn(words, log)
        self.server.start()


if __name__ == "__main__":
    main()
