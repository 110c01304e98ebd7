"""Push messages, from what somebody writes to what a browser reads: with a push service of the test's
own over HTTPS, and a program of node that opens them.

PATH OF CHINWAGD, the folder of test/node."""

import base64
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from harness import PATIENCE, Peer, Server, main
from push_service import Browser, PushService, unbase64url

LONG = PATIENCE * 3


class Pushing(unittest.TestCase):
    """A server with a push service, alice, and bob with a browser."""
    settings = {}

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.service = self.enterContext(PushService(self.folder))
        self.browser = self.enterContext(Browser(NODE))
        os.environ["SSL_CERT_FILE"] = self.service.certificate + ".crt"
        self.addCleanup(os.environ.pop, "SSL_CERT_FILE")
        self.server = self.enterContext(Server(**{"push_hosts": "localhost", "push_private": "yes",
                                                  "public_name": "chat.example.org",
                                                  "sessions_per_user": 1000, **self.settings}))
        self.alice = self.person("alice")
        self.bob = self.person("bob")
        self.addCleanup(self.end)

    def end(self):
        if self.server.process.poll() is None:
            self.assertEqual(self.server.stop(), 0, self.server.log())

    def person(self, name):
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        peer.register(name)
        return peer.login_extended(name)

    def ask(self, peer, action, *data):
        """The answer without its head: code and data."""
        peer.send("request", action, peer.name, peer.token, *data)
        while (message := peer.recv())[0] == "update":
            pass
        self.assertEqual(message[:2], ["response", action])
        return message[2:]

    def subscribe(self, peer, path, with_text=1, service=None):
        answer = self.ask(peer, "subscribe_push", (service or self.service).url(path),
                          self.browser.p256dh, self.browser.auth, with_text)
        self.assertEqual(answer[0], 0, answer)
        return answer[1]

    def goes(self, peer):
        """The device is not connected any more, but its session is there."""
        self.assertEqual(self.ask(peer, "set_presence", "away"), [0])

    def whisper(self, text, to="bob"):
        self.assertEqual(self.ask(self.alice, "whisper", to, text)[0], 0)

    def posted(self, service=None):
        """Path, headers and what the browser reads of the next POST."""
        path, headers, body = (service or self.service).posts.get(timeout=LONG)
        return path, headers, self.browser.open(body)

    def person_again(self, name):
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        return peer.login_extended(name)

    @contextlib.contextmanager
    def database(self):
        """Of the server, which has ended."""
        with contextlib.closing(
                sqlite3.connect(os.path.join(self.server.data, "chinwag.db"))) as database:
            with database:
                yield database


class PushTest(Pushing):
    def test_from_message_to_browser(self):
        session = self.subscribe(self.bob, "bob?x=1")
        self.goes(self.bob)
        self.whisper("soup is ready\n\"now\" \U0001f372")
        path, headers, body = self.service.posts.get(timeout=LONG)
        said = self.browser.open(body)
        number = said.pop("new")
        self.assertEqual(path, "/bob?x=1")
        self.assertEqual(said, {"session": session, "from": "alice",
                                "text": "soup is ready\n\"now\" \U0001f372"})
        self.assertEqual(len(body), 16 + 4 + 1 + 65 + 2048 + 16)
        wanted = {"TTL": "86400", "Urgency": "high", "Content-Encoding": "aes128gcm",
                  "Content-Type": "application/octet-stream", "Host": f"localhost:{self.service.port}"}
        self.assertEqual({name: headers[name] for name in wanted}, wanted)
        self.assertRegex(headers["Topic"], r"\A[\w-]{16}\Z")
        self.check_signature(headers["Authorization"])
        # Another message of the conversation replaces it; one of a group has another number.
        self.whisper("it gets cold")
        _, again, said = self.posted()
        self.assertEqual((again["Topic"], said["new"]), (headers["Topic"], number))
        self.assertEqual(self.ask(self.alice, "create_group", "cooks"), [0])
        self.assertEqual(self.ask(self.bob, "join_group", "cooks")[0], 0)
        self.ask(self.alice, "msg_group", "cooks", "nobody is told of this")
        self.ask(self.alice, "msg_group", "cooks", "@bob come")
        _, other, said = self.posted()
        self.assertEqual((said["group"], said["text"]), ("cooks", "@bob come"))
        self.assertNotEqual((other["Topic"], said["new"]), (headers["Topic"], number))
        self.assertTrue(self.service.posts.empty())

    def check_signature(self, authorization):
        """By the key that the browser was told, as openssl sees it."""
        token, key = authorization.removeprefix("vapid t=").split(", k=")
        self.assertEqual(self.ask(self.alice, "push_key")[:2], [0, key])
        head, claims, signature = token.split(".")
        self.assertEqual(json.loads(unbase64url(head)), {"typ": "JWT", "alg": "ES256"})
        claims_ = json.loads(unbase64url(claims))
        self.assertEqual((claims_["aud"], claims_["sub"]),
                         (f"https://localhost:{self.service.port}", "https://chat.example.org"))
        spki = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
        plain = unbase64url(signature)
        numbers = b""
        for part in plain[:32], plain[32:]:
            part = part.lstrip(b"\0") or b"\0"
            part = b"\0" * (part[0] >> 7) + part
            numbers += b"\x02" + bytes([len(part)]) + part
        files = {"key": b"-----BEGIN PUBLIC KEY-----\n" +
                        base64.b64encode(spki + unbase64url(key)) + b"\n-----END PUBLIC KEY-----\n",
                 "signature": b"\x30" + bytes([len(numbers)]) + numbers,
                 "signed": f"{head}.{claims}".encode()}
        for name, data in files.items():
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(data)
        subprocess.run(["openssl", "dgst", "-sha256", "-verify", "key", "-signature", "signature",
                        "signed"], cwd=self.folder, check=True, capture_output=True)

    def test_without_the_text(self):
        self.subscribe(self.bob, "bob", with_text=0)
        self.goes(self.bob)
        self.whisper("a secret")
        _, _, said = self.posted()
        self.assertEqual(list(said), ["new"])
        self.assertIsInstance(said["new"], int)

    def test_the_key_and_the_subscription_outlive_the_server(self):
        self.subscribe(self.bob, "bob")
        _, key = self.ask(self.alice, "push_key")[:2]
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.alice = self.person_again("alice")
        self.assertEqual(self.ask(self.alice, "push_key")[1], key)
        self.whisper("are you there?")  # bob is not, although the server never saw him go
        self.assertEqual(self.posted()[2]["text"], "are you there?")
        # Nothing of it is left when the session has ended.
        bob = self.person_again("bob")
        sessions = self.ask(bob, "sessions")[1]["list"]
        for each in sessions:
            self.ask(bob, "revoke_session", each["session"])
        self.server.stop()
        with self.database() as database:
            self.assertEqual(database.execute("SELECT * FROM pushes").fetchall(), [])

    def test_a_subscription_that_is_gone_ends(self):
        self.service.answers = {"/gone": [410], "/unknown": [404], "/no": [403]}
        phone, desk, other = (self.person_again("bob") for _ in range(3))
        self.subscribe(phone, "gone")
        self.subscribe(desk, "unknown")
        self.subscribe(other, "no")
        for peer in (self.bob, phone, desk, other):
            self.goes(peer)
        self.whisper("one")
        self.assertEqual(sorted(self.posted()[0] for _ in range(3)), ["/gone", "/no", "/unknown"])
        self.server.wait_log(f"localhost:{self.service.port} refuses a push message (it answered 403)")
        while True:  # until the server has heard of it
            self.whisper("again")
            paths = [self.service.posts.get(timeout=LONG)[0]]
            while not self.service.posts.empty():
                paths.append(self.service.posts.get()[0])
            if paths == ["/no"]:
                break

    def test_it_tries_again(self):
        self.service.answers = {"/bob": [503, (429, {"Retry-After": "1"}), b"no HTTP\r\n\r\n"]}
        self.subscribe(self.bob, "bob")
        self.goes(self.bob)
        self.whisper("one")
        for _ in range(4):
            self.assertEqual(self.posted()[2]["text"], "one")
        self.server.wait_log("takes no push messages (it answered 503); trying again")
        self.whisper("two")
        self.assertEqual(self.posted()[2]["text"], "two")

    def test_one_service_does_not_wait_for_another(self):
        silent = self.enterContext(PushService(self.folder, "silent"))
        with open(self.service.certificate + ".crt", "ab") as roots, \
                open(silent.certificate + ".crt", "rb") as more:
            roots.write(more.read())
        silent.answers = {"/bob": [None] * 1000}
        carol = self.person("carol")
        self.subscribe(self.bob, "bob", service=silent)
        self.subscribe(carol, "carol")
        self.goes(self.bob)
        self.goes(carol)
        for text in "one", "two", "three":
            self.whisper(text)  # bob's wait
            self.whisper(text, to="carol")
            self.assertEqual(self.posted()[2]["text"], text)
        self.assertEqual(self.posted(silent)[2]["text"], "one")
        # Of what waited for bob only the newest is left.
        silent.answers = {}
        texts = [self.posted(silent)[2]["text"]]
        while texts[-1] != "three":
            texts.append(self.posted(silent)[2]["text"])
        self.assertNotIn("two", texts)

    def test_where_it_does_not_go(self):
        """Neither another host, nor without TLS, nor where an answer leads."""
        for url in "http://localhost:1/", "https://127.0.0.1:1/", "https://localhost.example/", "x":
            answer = self.ask(self.bob, "subscribe_push", url, self.browser.p256dh,
                              self.browser.auth, 1)
            self.assertEqual((answer[0], answer[1]["rule"]), (1023, "push_endpoint"), url)
        elsewhere = self.enterContext(PushService(self.folder, "elsewhere"))
        self.service.answers = {"/bob": [(307, {"Location": elsewhere.url("stolen")})]}
        self.subscribe(self.bob, "bob")
        self.goes(self.bob)
        self.whisper("one")
        self.posted()
        self.server.wait_log("refuses a push message (it answered 307)")
        self.assertNotIn("/bob", self.server.log())  # who has the URL can send to the browser
        self.whisper("two")
        self.posted()
        self.assertTrue(elsewhere.posts.empty())

    def test_a_huge_answer(self):
        huge = b"HTTP/1.1 201 Created\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 1000000
        self.service.answers = {"/bob": [huge]}
        self.subscribe(self.bob, "bob")
        self.goes(self.bob)
        for text in "one", "two":
            self.whisper(text)
            self.assertEqual(self.posted()[2]["text"], text)

    def test_keys_that_are_no_point_end_the_subscription(self):
        answer = self.ask(self.bob, "subscribe_push", self.service.url("bob"), b"\x04" + b"\1" * 64,
                          self.browser.auth, 1)
        self.assertEqual(answer[0], 0)
        carol = self.person("carol")
        self.subscribe(carol, "carol")
        self.goes(self.bob)
        self.goes(carol)
        self.whisper("one")
        self.whisper("one", to="carol")
        self.assertEqual(self.posted()[0], "/carol")
        self.assertTrue(self.service.posts.empty())

    def test_a_server_that_stops_does_not_wait(self):
        self.service.answers = {"/bob": [None] * 100}
        self.subscribe(self.bob, "bob")
        self.goes(self.bob)
        self.whisper("one")
        self.service.posts.get(timeout=LONG)
        self.assertEqual(self.server.stop(), 0, self.server.log())


class PrivateTest(Pushing):
    """Without push_private the server goes nowhere private, whatever the name of a service."""
    settings = {"push_private": "no"}

    def test_not_into_the_own_network(self):
        self.subscribe(self.bob, "bob")
        self.goes(self.bob)
        self.whisper("one")
        self.server.wait_log("refuses a push message (the address ")
        self.assertTrue(self.service.posts.empty())


class ManyTest(Pushing):
    def test_ten_thousand_subscriptions(self):
        """One message to all of them: each is told once, and others are answered meanwhile."""
        self.assertEqual(self.ask(self.alice, "create_group", "cooks"), [0])
        self.assertEqual(self.ask(self.bob, "join_group", "cooks")[0], 0)
        self.subscribe(self.bob, "bob")
        self.server.stop()
        count = 10000
        with self.database() as database:
            keys = self.browser.p256dh + self.browser.auth
            session, member, user = (row_of(database, table, where) for table, where in (
                ("sessions", "user_id = 2"), ("members", "user_id = 2"), ("users", "id = 2")))
            for i in range(count):
                insert(database, "users", user, id=1000 + i, name=f"u{i}", key=f"u{i}")
                insert(database, "members", member, user_id=1000 + i)
                insert(database, "sessions", session, id=1000 + i, user_id=1000 + i,
                       token_hash=i.to_bytes(32, "big"))
                database.execute("INSERT INTO pushes(session_id, user_id, endpoint, keys, with_text) "
                                 "VALUES(?, ?, ?, ?, 1)",
                                 (1000 + i, 1000 + i, self.service.url(f"u{i}"), keys))
        self.server.start()
        self.alice = self.person_again("alice")
        self.assertEqual(self.ask(self.alice, "msg_group", "cooks", "@here soup")[0], 0)
        self.assertEqual(self.ask(self.alice, "whisper", "bob", "meanwhile")[0], 0)
        told = set()
        while len(told) < 200:  # in the order of users, and all of them would take minutes
            told.add(self.service.posts.get(timeout=LONG)[0])
        self.assertEqual(self.ask(self.alice, "whisper", "bob", "still there?")[0], 0)
        self.assertEqual(self.server.stop(), 0, self.server.log())


def row_of(database, table, where):
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    return dict(zip(columns, database.execute(f"SELECT * FROM {table} WHERE {where}").fetchone()))


def insert(database, table, model, **other):
    row = {**model, **other}
    database.execute(f"INSERT INTO {table}({', '.join(row)}) VALUES({', '.join('?' * len(row))})",
                     list(row.values()))


if __name__ == "__main__":
    NODE = sys.argv.pop(2)
    main()
