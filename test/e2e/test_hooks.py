"""Bots and hooks, with curl as the program that posts: what is answered is on the disk, the message is
shown as the bot's, wrong secrets and floods are refused, and no secret stands in a file or a line of
the log."""

import json
import os
import subprocess
import unittest

from harness import Peer, Server, main

DISK = "the answer comes after the message is on the disk"


class Hooks(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.alice = self.peer("alice")
        self.bot = self.ask(self.alice, "create_bot", "deploys")[1]
        self.ask(self.alice, "create_group", "ops")
        self.assertEqual(self.ask(self.alice, "add_bot", "ops", "deploys"), [0])
        _, self.secret, about = self.ask(self.alice, "create_hook", "ops", "deploys")
        self.hook = about["id"]
        self.url = f"http://{self.server.address}:{self.server.port}/hook/{self.secret}"

    def peer(self, name):
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        peer.register(name)
        peer.login_extended(name)
        return peer

    def ask(self, peer, action, *data):
        """The answer without its head: code and data."""
        peer.send("request", action, peer.name, peer.token, *data)
        while (message := peer.recv())[0] == "update":
            pass
        self.assertEqual(message[:2], ["response", action])
        return message[2:]

    def curl(self, *arguments, url=None):
        """Status, headers and JSON of the answer, or its text."""
        done = subprocess.run(
            ["curl", "-s", "-i", "--noproxy", "*", "-H", "Host: localhost:%d" % self.server.port,
             *arguments, url or self.url],
            stdout=subprocess.PIPE, timeout=20, check=True)
        head, _, body = done.stdout.decode().partition("\r\n\r\n")
        if head.startswith("HTTP/1.1 100"):
            head, _, body = body.partition("\r\n\r\n")
        lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        self.assertNotIn("access-control-allow-origin", headers)
        self.assertNotIn("set-cookie", headers)
        if headers.get("content-type") == "application/json":
            body = json.loads(body)
        return int(lines[0].split()[1]), headers, body

    def post(self, text, *arguments, key="content", url=None):
        return self.curl(*arguments, "-d", json.dumps({key: text, "username": "alice"}), url=url)

    def history(self):
        entries = self.ask(self.alice, "history", "#ops")[1]["list"]
        return [(entry["seq"], entry["sender"], entry["content"]) for entry in entries]

    def test_what_is_posted(self):
        status, _, answer = self.post("build 7 is green")
        self.assertEqual((status, answer["seq"]), (200, 1))
        base = self.url.rpartition("/")[0]
        bearer = "Authorization: Bearer " + self.secret
        status, _, answer = self.post("\u00e9\n<@here>", "-H", bearer, key="text", url=base)
        self.assertEqual((status, answer["seq"]), (200, 2))
        self.assertEqual(self.post("x" * 3000, "-H", "Expect: 100-continue")[0], 200)
        self.server.kill()
        self.server.start()
        self.alice = Peer(self.server)
        self.addCleanup(self.alice.close)
        self.alice.login_extended("alice")
        self.assertEqual(self.history(), [(1, "deploys", "build 7 is green"),
                                          (2, "deploys", "\u00e9\n<@here>"),
                                          (3, "deploys", "x" * 3000)], DISK)

    def test_what_is_refused(self):
        self.assertEqual(self.post("x", url=self.url + "x")[0], 404)
        self.assertEqual(self.post("x", url=self.url.rpartition("/")[0])[0], 404)
        for body in ("nonsense", "[]", "{}", '{"content": 7}', '{"content": "a", "content": "b"}',
                     '{"content": "\\u0000"}', "[" * 9000, '{"content": "\\ud800"}'):
            self.assertEqual(self.curl("-d", body)[0], 400, body)
        self.assertEqual(self.post("x" * 5000)[2]["rule"], "text_too_long")
        self.assertEqual(self.post("x" * 16384)[0], 413)
        self.assertEqual(self.post("x", "-H", "Origin: https://evil.example")[0], 403)
        self.assertEqual(self.post("x", "-H", "Origin: null")[0], 403)
        self.assertEqual(self.post("x", "-H", "Transfer-Encoding: chunked")[0], 411)
        self.assertEqual(self.curl("-X", "GET")[0], 404)
        self.assertEqual(self.curl("-X", "OPTIONS")[0], 405)
        self.ask(self.alice, "mute", "ops", "deploys", 60)
        status, _, answer = self.post("x")
        self.assertEqual((status, answer["rule"]), (403, "hook_muted"))
        self.ask(self.alice, "mute", "ops", "deploys", 0)
        self.ask(self.alice, "remove_hook", self.hook)
        self.assertEqual(self.post("x")[0], 404)
        self.assertEqual(self.history(), [])

    def test_a_plain_client_as_the_bot(self):
        bot = Peer(self.server)
        self.addCleanup(bot.close)
        bot.login("deploys", password=self.bot)
        bot.send("request", "create_group", "deploys", bot.token, "mine")
        bot.expect("response", "create_group", 1027)
        self.ask(self.alice, "msg_group", "ops", "restart, please")
        bot.expect("update", "msg_group", "ops", "alice", "restart, please")
        bot.send("request", "msg_group", "deploys", bot.token, "ops", "done")
        bot.expect("response", "msg_group", 0)
        self.assertEqual(self.history()[1], (2, "deploys", "done"))

    def test_a_flood(self):
        """By one connection, so that it is faster than the rate."""
        done = subprocess.run(
            ["curl", "-s", "-i", "--noproxy", "*", "-H", "Host: localhost:%d" % self.server.port,
             "-d", '{"text": "x"}', *[self.url] * 60], stdout=subprocess.PIPE, timeout=20, check=True)
        refused = done.stdout.count(b"HTTP/1.1 429 Too Many Requests")
        self.assertGreater(refused, 0)
        self.assertEqual(done.stdout.count(b"Retry-After: 1\r\n"), refused)
        self.assertEqual(done.stdout.count(b'"rule":"hook_rate"'), refused)
        self.assertEqual(len(self.history()), 60 - refused)

    def test_secrets_stand_nowhere(self):
        self.post("x")
        self.post("x", url=self.url + "x")
        renewed = self.ask(self.alice, "renew_bot", "deploys")[1]
        self.server.stop()
        secrets = [s.encode() for s in (self.secret, self.bot, renewed)]
        for folder, _, files in os.walk(self.server.home):
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
                for secret in secrets:
                    self.assertNotIn(secret, data, name)


if __name__ == "__main__":
    main()
