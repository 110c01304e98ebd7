"""What administrators announce, set and take in hand while the server runs: by chinwagctl and by
requests, seen by others, and there after a restart."""

import os
import unittest

from control import Administered, ask
from harness import PASSWORD, Peer, Server, main


class Oversight(Administered, unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())

    def user(self, name, register=True, features=("announcements", "groups")):
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        if register:
            peer.register(name)
        peer.send("request", "login", name, PASSWORD, {"features": list(features)})
        peer.name, peer.answer = name, peer.recv()
        peer.token = peer.answer[4]
        return peer

    def setting(self, name):
        entry, = ask(self.server, "get", name)
        return entry["content"], entry.get("kind")

    def test_an_announcement_stands_until_its_end(self):
        alice = self.user("alice")  # administers this server, since nobody else can come
        number, = ask(self.server, "announce", "Down on Sunday.", "--for", "3d")
        self.assertEqual(number, {"announcement": 1})
        told = alice.recv()
        self.assertEqual(told[:5], ["update", "announce", 1, "", "Down on Sunday."])
        self.assertEqual(told[5]["until"] - told[5]["time"], 3 * 24 * 3600 * 1000)
        self.assertEqual(self.request(alice, "announce", "Welcome.", 0), [0, 2])
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        bob = self.user("bob")
        standing = bob.answer[5]["announcements"]
        self.assertEqual([(e["id"], e.get("sender"), e["content"]) for e in standing],
                         [(1, None, "Down on Sunday."), (2, "alice", "Welcome.")])
        self.assertEqual(standing[0]["time"], told[5]["time"])
        self.assertEqual(ask(self.server, "announcement", "list"), standing)
        ask(self.server, "announcement", "end", "1")
        self.assertEqual(bob.recv(), ["update", "end_announcement", 1])
        self.assertEqual(self.refused("announcement", "end", "1"),
                         "chinwagctl: there is no such announcement, or not any more: "
                         "`chinwagctl announcement list` lists them\n")
        self.assertEqual([e["id"] for e in ask(self.server, "announcement", "list")], [2])

    def test_a_setting_holds_at_once_and_after_a_restart(self):
        self.user("alice")
        self.assertEqual(self.setting("registration"), ("auto", None))
        ask(self.server, "set", "registration", "closed")
        eve = Peer(self.server)
        self.addCleanup(eve.close)
        eve.send("request", "register", "eve", PASSWORD)
        self.assertEqual(eve.recv()[2], 1027)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.setting("registration"), ("closed", "set"))
        ask(self.server, "set", "registration")
        self.assertEqual(self.setting("registration"), ("auto", None))
        self.user("bob")
        acts = [(row["kind"], row["detail"]) for row in ask(self.server, "audit", "list")]
        self.assertEqual(acts, [("set_setting", "registration = closed"),
                                ("set_setting", "registration = ")])

    def test_by_request(self):
        alice = self.user("alice")
        code, answer = self.request(alice, "server_settings", "texts_per_s")
        self.assertEqual((code, answer["list"][0]["name"]), (0, "texts_per_s"))
        self.assertEqual(self.request(alice, "set_setting", "texts_per_s", "7"), [0])
        self.assertEqual(self.setting("texts_per_s"), ("7", "set"))
        code, answer = self.request(alice, "server_status")
        status = {entry["name"]: entry.get("count", entry.get("content"))
                  for entry in answer["list"]}
        self.assertEqual((code, status["sessions"]), (0, 1))
        self.assertEqual(set(status), set(ask(self.server, "status")[0]))

    def test_the_log_follows_at_once(self):
        alice = self.user("alice")
        self.assertEqual(self.request(alice, "groups")[0], 0)
        ask(self.server, "set", "log_level", "debug")
        self.assertEqual(self.request(alice, "contacts")[0], 0)
        self.server.wait_count("request answered: contacts", 1)
        ask(self.server, "set", "log_level", "error")
        self.assertEqual(self.request(alice, "sessions")[0], 0)
        self.assertEqual(self.server.stop(), 0)
        self.assertNotIn("request answered: groups", self.server.log())
        self.assertNotIn("request answered: sessions", self.server.log())

    def test_settings_that_are_not_good(self):
        path = os.path.join(self.server.data, "set.conf")
        for words, sentence in (
                (("registration", "sometimes"), "the setting stays as it was: registration must be "
                                                "one of auto, open, closed, invited"),
                (("quota_mib", "-1"), "the setting stays as it was: quota_mib must be a number from 0 "
                                      "to 1000000000"),
                (("data", "/tmp"), "`setting` is no setting that can change while the server runs: "
                                   "`chinwagctl get` lists them"),
                (("tls_key", "/etc/passwd"), "`setting` is no setting that can change while the "
                                             "server runs: `chinwagctl get` lists them")):
            self.assertEqual(self.refused("set", *words), f"chinwagctl: {sentence}\n")
        self.assertFalse(os.path.exists(path))
        self.assertEqual(ask(self.server, "audit", "list"), [])

    def test_a_file_of_settings_that_is_not_good(self):
        """The server does not start with more allowed than was set, and says where."""
        path = os.path.join(self.server.data, "set.conf")
        ask(self.server, "set", "registration", "closed")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(self.server.stop(), 0)
        with open(path, "a") as file:
            file.write("listen = 0.0.0.0:1\n")
        code, _, log = self.server.refusal()
        self.assertEqual(code, 1)
        self.assertIn("/set.conf: listen belongs into the config file", log)

    def test_a_group_is_closed(self):
        alice, bob = self.user("alice"), self.user("bob")
        self.assertEqual(self.request(bob, "create_group", "cooks")[0], 0)
        self.assertEqual(self.request(bob, "msg_group", "cooks", "soup")[0], 0)
        ask(self.server, "group", "close", "cooks")
        self.assertEqual(bob.recv()[:5], ["update", "group_event", "cooks", "", "closed"])
        self.assertEqual(ask(self.server, "group", "list"), [])
        self.assertEqual(self.refused("group", "close", "cooks"),
                         "chinwagctl: there is no such group\n")
        self.assertEqual(self.request(alice, "create_group", "cooks")[0], 0)
        code, answer = self.request(alice, "history", "#cooks")
        self.assertEqual((code, answer["list"]), (0, []))

    def test_a_group_whose_owner_is_banned_gets_another(self):
        self.user("alice")
        bob = self.user("bob")
        self.assertEqual(self.request(bob, "create_group", "cooks")[0], 0)
        self.assertEqual(self.refused("group", "take", "cooks", "alice"),
                         "chinwagctl: this group has an owner who was here in the last 30 days and "
                         "may come: close it, or ask the owner\n")
        ask(self.server, "ban", "add", "@bob")
        self.assertEqual(ask(self.server, "group", "list")[0].get("banned"), True)
        ask(self.server, "group", "take", "cooks", "alice")
        group, = ask(self.server, "group", "list")
        self.assertEqual((group["by"], group["members"], group.get("banned")), ("alice", 2, None))


if __name__ == "__main__":
    main()
