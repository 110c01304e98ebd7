#!/usr/bin/python3
"""One login is one session: commands stand beside the listen and the call that have it."""

import json
import os
import socket
import subprocess
import sys
import unittest

from command import DONE, REFUSED, Commands, main


class PartsTest(Commands):
    def devices(self, name):
        out = self.done("--as", name, "device", "list", "--json")
        return [json.loads(line) for line in out.splitlines()]

    def texts(self, listen, count):
        texts = []
        while len(texts) < count:
            line = json.loads(listen.out())
            if "content" in line:  # else who comes to the call
                texts.append(line)
        return texts

    def test_one_login_is_one_device_that_names_its_host(self):
        self.register("alice")
        devices = self.devices("alice")
        self.assertEqual(len(devices), 1)
        version = self.done("--version").split()[1]
        host = "".join(c if " " <= c < "\x7f" else "?" for c in socket.gethostname())[:40]
        self.assertEqual(devices[0]["client"], f"chinwag {version} on {host}")
        self.assertIn("current", devices[0])
        self.done("login", "alice")  # ends what it replaces
        self.assertEqual(len(self.devices("alice")), 1)

    def test_thirty_sends_at_once_beside_a_listen_and_a_call(self):
        self.register("bob", "alice")
        self.done("--as", "alice", "group", "create", "cooks")
        self.done("--as", "bob", "group", "join", "cooks")
        with self.listen("bob") as bob, self.listen("alice") as listen, \
                self.start("--as", "alice", "call", "--raw", "cooks", stdin=subprocess.PIPE) as call:
            call.err_until("in the call of #cooks")
            sends = [self.start("--as", "alice", "send", "@bob", "the same text")
                     for _ in range(30)]
            for send in sends:
                with send:
                    self.assertEqual(send.end(), (DONE, "", ""))
            heard = self.texts(bob, 30)
            self.assertEqual({m["content"] for m in heard}, {"the same text"})
            self.assertEqual(len({m["id"] for m in heard}), 30)
            copies = self.texts(listen, 30)
            self.assertEqual({m["id"] for m in copies}, {m["id"] for m in heard})
            members = self.done("--as", "bob", "group", "members", "cooks", "--json")
            in_call = [m["name"] for m in map(json.loads, members.splitlines()) if m.get("in_call")]
            self.assertEqual(in_call, ["alice"])
            self.assertIsNone(call.process.poll())
            call.process.stdin.close()
            call.process.stdin = None
            self.assertEqual(call.end()[0], DONE)
            self.done("--as", "bob", "send", "@alice", "still there?")
            self.assertEqual(self.texts(listen, 1)[0]["content"], "still there?")

    def test_commands_swallow_nothing_and_show_nobody(self):
        self.register("alice", "bob")
        self.done("--as", "alice", "contact", "add", "bob")
        self.done("--as", "bob", "contact", "add", "alice")
        with self.start("--as", "alice", "listen", "--json", "--events") as events:
            events.err_until("listening as alice")
            self.done("--as", "alice", "send", "@bob", "one")
            self.assertEqual(json.loads(events.out())["content"], "one")
            self.done("--as", "bob", "chats")
            self.done("--as", "bob", "send", "@alice", "two")
            self.assertEqual(json.loads(events.out())["content"], "two")  # and nothing before
        self.assertEqual([m["content"] for m in self.messages("bob", 1)], ["one"])
        self.assertEqual(json.loads(self.done("--as", "bob", "contact", "list", "--json"))["name"],
                         "alice")

    def test_a_listen_hears_of_a_logout_and_of_a_removed_device(self):
        self.register("alice")
        for end in ("logout", "remove"):
            with self.listen("alice") as listen:
                if end == "logout":
                    self.done("--as", "alice", "logout")
                else:
                    there = self.path("elsewhere")
                    self.done("login", "alice", XDG_STATE_HOME=there)
                    out = self.done("device", "list", "--json", XDG_STATE_HOME=there)
                    other = [d for d in map(json.loads, out.splitlines()) if "current" not in d]
                    self.assertEqual(len(other), 1)
                    self.done("device", "remove", str(other[0]["session"]), XDG_STATE_HOME=there)
                code, _, err = listen.end()
                self.assertEqual(code, REFUSED)
                self.assertIn("alice was logged out here", err)
                self.assertIn("chinwag login alice", err)
            self.run_command("login", "alice")

    def test_away_survives_a_reconnect(self):
        self.register("alice", "bob")
        self.done("--as", "bob", "contact", "add", "alice")

        def state():
            return json.loads(self.done("--as", "bob", "contact", "list", "--json"))["state"]

        with self.start("--as", "alice", "listen", "--away") as listen, \
                self.start("--as", "bob", "listen", "--json", "--events") as events:
            listen.err_until("listening as alice")
            events.err_until("listening as bob")
            while state() != "away":
                pass
            self.server.stop()
            self.server.start()
            listen.err_until("connected again")
            events.err_until("connected again")
            while state() != "away":
                pass


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
