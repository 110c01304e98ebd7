"""What an operator sees of a live server: chinwagctl top and traffic, and the log in each format, with
levels and the numbers of requests; never a text, a password or a token."""

import json
import re
import select
import subprocess
import threading
import unittest

from control import ask, program, run
from harness import PASSWORD, PATIENCE, Peer, Server, main

SECRETS = ("a secret of mine", PASSWORD, "not my password")


class Told(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.server = self.enterContext(Server(**self.settings))
        self.peers = []
        self.addCleanup(self.end)

    def end(self):
        for peer in self.peers:
            peer.close()
        self.assertEqual(self.server.stop(), 0, self.server.log())

    def user(self, name):
        self.peers.append(Peer(self.server).register(name).login(name))
        return self.peers[-1]

    def assert_no_secret(self, text, *peers):
        for secret in [*SECRETS, *(peer.token for peer in peers)]:
            self.assertNotIn(secret, text)

    def traffic(self, *words):
        """A `chinwagctl traffic` under way, and its lines."""
        process = subprocess.Popen([program(), "--data", self.server.data, "traffic", *words],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)

        # Who waits for a line that does not come gets none.
        patience = threading.Timer(PATIENCE * 3, process.kill)
        patience.start()

        def end():
            patience.cancel()
            process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()

        self.addCleanup(end)
        return process


class Top(Told):
    def test_a_round(self):
        alice = self.user("alice")
        lines = ask(self.server, "top", "--every", "1", "--rounds", "1")
        self.assertEqual(lines[0]["connections"], 1)
        self.assertEqual(lines[0]["sessions"], 1)
        self.assertEqual([line["user"] for line in lines[1:]], ["alice"])
        self.assertEqual(lines[1]["transport"], "zmtp")
        self.assertRegex(lines[1]["connection"], r"^\d+\.\d+$")
        self.assertEqual(lines[1]["address"], "127.0.0.1")
        status, out, err = run(self.server.data, "top", "--every", "1", "--rounds", "1")
        self.assertEqual((status, err), (0, ""))
        summary, heading, row = out.splitlines()
        self.assertRegex(summary, r"^1 connections, 1 sessions, 0 calls; a second: \d+ requests, ")
        self.assertEqual(heading.split(), ["CONNECTION", "USER", "ADDRESS", "TRANSPORT",
                                           "HELD_BYTES", "QUEUED_BYTES", "SILENT_S"])
        self.assertEqual(row.split()[1], "alice")
        self.assert_no_secret(out, alice)

    def test_wrong_numbers(self):
        for words, sentence in (
                (("top", "--every", "0"), "--every is a number from 1 to 3600, not '0'"),
                (("top", "--rounds", "x"), "--rounds is a number from 1 to 1000000, not 'x'"),
                (("traffic", "nobody", "--lines", "-1"),
                 "--lines is a number from 1 to 1000000000, not '-1'"),
                (("traffic", "nobody"), "there is no connection of 'nobody': 'chinwagctl top' "
                                        "shows them, and whose they are"),
                (("traffic", "4711.1"), "there is no connection of '4711.1': 'chinwagctl top' "
                                        "shows them, and whose they are")):
            status, out, err = run(self.server.data, *words)
            self.assertEqual((out, err), ("", f"chinwagctl: {sentence}\n"))
            self.assertNotEqual(status, 0)

    def test_who_goes_ends_it(self):
        """A command without an end costs nothing once its program has gone."""
        endless = self.traffic_of_top()
        self.assertTrue(endless.stdout.readline())
        endless.kill()
        endless.wait()
        self.assertEqual(ask(self.server, "status")[0]["sessions"], 0)

    def traffic_of_top(self):
        process = subprocess.Popen([program(), "--data", self.server.data, "top", "--every", "1"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        return process


class Traffic(Told):
    def test_of_a_user(self):
        alice, bobby = self.user("alice"), self.user("bobby")
        trace = self.traffic("alice", "--json")
        seen = self.until_seen(trace, alice)
        alice.ask("whisper", "bobby", "a secret of mine")
        bobby.expect("update", "whisper", "alice", "a secret of mine")
        bobby.ask("whisper", "alice", "a secret of mine")
        alice.expect("update", "whisper", "bobby", "a secret of mine")
        alice.request("login", "alice", "not my password", code=256)
        lines = self.lines_until(trace, lambda line: line.get("code") == 256)
        told = [(line["direction"], line["kind"], line["action"], line.get("code"))
                for line in lines if line["kind"] != "event"]
        self.assertEqual(told, [("in", "request", "whisper", None), ("out", "response", "whisper", 0),
                                ("out", "update", "whisper", None),
                                ("in", "request", "login", None), ("out", "response", "login", 256)])
        asked, answered = lines[0], next(line for line in lines if line["kind"] == "response")
        self.assertEqual(asked["request"], answered["request"])
        self.assertGreater(asked["bytes"], len("a secret of mine"))
        self.assertEqual({line["connection"] for line in lines}, {seen["connection"]})
        self.assert_no_secret(json.dumps(lines), alice, bobby)

    def until_seen(self, trace, peer):
        """Asks until the trace shows it, and reads what it has shown. The last line."""
        while not select.select([trace.stdout], [], [], 0.05)[0]:
            peer.nothing_waits()
            self.assertIsNone(trace.poll())
        peer.request("login", peer.name, PASSWORD, code=256)
        return self.lines_until(trace, lambda line: line.get("code") == 256)[-1]

    def lines_until(self, trace, last):
        lines = []
        while not lines or not last(lines[-1]):
            line = trace.stdout.readline()
            self.assertNotEqual(line, "", trace.stderr)
            lines.append(json.loads(line))
        return lines

    def test_of_a_connection_until_it_closes(self):
        alice = self.user("alice")
        number = ask(self.server, "top", "--every", "1", "--rounds", "1")[1]["connection"]
        trace = self.traffic(number, "--json")
        self.until_seen(trace, alice)
        self.peers.remove(alice)
        alice.close()
        self.assertEqual(self.lines_until(trace, lambda line: line["action"] == "closed")[-1]["kind"],
                         "event")
        self.assertEqual(trace.wait(PATIENCE), 0)

    def test_so_many_lines(self):
        alice = self.user("alice")
        trace = self.traffic("alice", "--lines", "3")
        while trace.poll() is None:
            alice.nothing_waits()
        lines = trace.stdout.read().splitlines()
        self.assertEqual(len(lines), 4)
        self.assertEqual(lines[0].split(), ["AT", "CONNECTION", "DIRECTION", "KIND", "ACTION",
                                            "CODE", "BYTES", "REQUEST"])
        self.assertEqual(trace.returncode, 0)


class Logs(Told):
    """Of the level debug: it has all others."""

    settings = {"log_level": "debug", "registration": "open"}

    def talk(self):
        alice = self.user("alice")
        alice.ask("whisper", "alice", "a secret of mine")
        stranger = Peer(self.server)
        self.peers.append(stranger)
        stranger.request("login", "alice", "not my password", code=515)
        stranger.request("a secret of mine", code=1024)
        self.assertEqual(self.server.stop(), 0)
        self.assert_no_secret(self.server.log(), alice)

    def test_plain(self):
        self.talk()
        lines = [line.partition(" chinwagd: ")[2] for line in self.server.log().splitlines()]
        host = "127.0.0.1"
        self.assertIn(f'{host}: login refused: wrong password: "alice"', lines)
        came = [line for line in lines if line.startswith(f"{host}: request came: whisper, bytes ")]
        self.assertEqual(len(came), 1)
        request = came[0].rsplit(" ", 1)[1]
        self.assertTrue(any(re.match(rf"{re.escape(host)}: request answered: whisper, code 0, "
                                     rf"connection \S+, request {request}$", line)
                            for line in lines))

    def check_fields(self, lines):
        """Each line as a map."""
        for line in lines:
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(line["level"], ("error", "warning", "info", "debug"))
        refused, = [line for line in lines if line["msg"] == "login refused: wrong password"]
        self.assertEqual((refused["level"], refused["host"], refused["user"]),
                         ("info", "127.0.0.1", "alice"))
        came, = [line for line in lines if line["msg"] == "request came" and
                 line["request"] == refused["request"]]
        answered, = [line for line in lines if line["msg"] == "request answered" and
                     line["request"] == refused["request"]]
        self.assertEqual((came["action"], answered["action"], answered["code"]),
                         ("login", "login", "515"))
        self.assertEqual(came["connection"], answered["connection"])
        self.assertEqual([line["action"] for line in lines if line["msg"] == "request came"],
                         ["register", "login", "whisper", "login", "unknown"])


class Logfmt(Logs):
    settings = {**Logs.settings, "log_format": "logfmt"}

    def test_plain(self):
        self.talk()
        lines = []
        for line in self.server.log().splitlines():
            words = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S+))(?: |$)', line)
            self.assertEqual(" ".join(f'{key}="{quoted}"' if f'{key}="' in line else f"{key}={word}"
                                      for key, quoted, word in words), line)
            lines.append({key: quoted or word for key, quoted, word in words})
        self.check_fields(lines)


class Json(Logs):
    settings = {**Logs.settings, "log_format": "json"}

    def test_plain(self):
        self.talk()
        self.check_fields([json.loads(line) for line in self.server.log().splitlines()])


class Levels(Told):
    settings = {"log_level": "warning"}

    def test_less_important_lines_are_left_out(self):
        stranger = Peer(self.server)
        self.peers.append(stranger)
        stranger.request("login", "nobody", "not my password", code=514)
        self.server.stop()
        self.assertEqual(self.server.log(), "")

    def test_words_that_are_no_level(self):
        self.server.stop()
        for key, words in (("log_level", "error, warning, info, debug"),
                           ("log_format", "plain, logfmt, json")):
            self.server.settings[key] = "loud"
            status, _, log = self.server.refusal()
            self.assertEqual(status, 78)
            self.assertIn(f"{key} must be one of {words}, not 'loud'", log)
            del self.server.settings[key]
            self.server.process.stdout.close()
        self.server.start()


if __name__ == "__main__":
    main()
