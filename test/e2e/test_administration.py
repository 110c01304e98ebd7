"""Administration by chinwagctl and by administrators' clients: what one does, the other sees; it
survives a restart; the audit log tells of changed, removed and reordered rows."""

import os
import re
import sqlite3
import unittest

from control import Administered, ask, run
from harness import PASSWORD, Peer, Server, main


class Administration(Administered, unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.peers = []
        self.addCleanup(lambda: [peer.close() for peer in self.peers])

    def user(self, name):
        Peer(self.server).register(name).close()
        return self.login(name)

    def login(self, name):
        self.peers.append(Peer(self.server))
        self.peers[-1].send("request", "login", name, PASSWORD, {})
        answer = self.peers[-1].recv()
        self.peers[-1].name, self.peers[-1].token = name, answer[4] if answer[2] == 0 else None
        self.peers[-1].answer = answer
        return self.peers[-1]

    def test_the_first_administrator(self):
        """Nobody but the operator names one."""
        alice = self.user("alice")
        self.user("bob")
        ask(self.server, "user", "role", "bob", "admin")
        users = {user["name"]: user["role"] for user in ask(self.server, "user", "list")}
        self.assertEqual(users["bob"], "admin")
        bob = self.login("bob")
        self.assertEqual(bob.answer[-1]["admin"], 1)
        self.assertEqual(self.request(bob, "users", "alice")[1]["list"][0]["name"], "alice")
        self.assertEqual(self.refused("user", "role", "bob", "boss"),
                         "chinwagctl: `role` is admin or user\n")
        self.assertEqual(self.refused("user", "role", "nobody", "admin"),
                         "chinwagctl: there is no such user\n")
        self.assertIsNotNone(alice.token)

    def test_what_is_not_done_to_administrators(self):
        """Each act has its own words."""
        self.user("alice")
        self.user("bob")
        ask(self.server, "user", "role", "alice", "admin")
        for words, *act in (("accounts of administrators are not deleted: take that away first "
                             "(`chinwagctl user role`)", "user", "delete", "alice", "messages"),
                            ("administrators are not banned: take that away first "
                             "(`chinwagctl user role`)", "ban", "add", "@alice"),
                            ("this server has no other administrator: name one first", "user",
                             "role", "alice", "user")):
            self.assertEqual(self.refused(*act), f"chinwagctl: {words}\n")
        ask(self.server, "user", "rename", "alice", "alicia")
        ask(self.server, "user", "logout", "alicia")
        ask(self.server, "user", "role", "bob", "admin")
        ask(self.server, "user", "role", "alicia", "user")
        ask(self.server, "user", "delete", "alicia", "messages")

    def test_bans_survive_a_restart(self):
        self.user("alice")
        self.user("bob")
        ask(self.server, "ban", "add", "@bob", "--for", "7d", "--reason", "spam")
        ask(self.server, "ban", "add", self.server.address)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        bans = ask(self.server, "ban", "list")
        self.assertEqual([ban.get("name", ban.get("network")) for ban in bans],
                         ["bob", self.server.address + "/32"])
        self.assertEqual(bans[0]["until"] - bans[0]["created"], 7 * 24 * 3600 * 1000)
        ask(self.server, "ban", "remove", self.server.address)
        answer = self.login("bob").answer
        self.assertEqual((answer[2], answer[3]["rule"], answer[3]["why"]),
                         (1027, "banned_from_server_until", "spam"))
        ask(self.server, "ban", "remove", "@bob")
        self.assertEqual(self.login("bob").answer[2], 0)

    def test_who_is_banned_is_shut_out_at_once(self):
        self.user("alice") # administers this server, since nobody else can come
        bob = self.user("bob")
        ask(self.server, "ban", "add", "@bob")
        self.assertEqual(bob.recv(), ["update", "session_ended", "bob", "banned"])
        other = Peer(self.server)
        self.peers.append(other)
        other.send("request", "attach", "bob", bob.token, {})
        self.assertEqual(other.recv()[2], 512)

    def test_too_many_networks(self):
        self.user("alice")
        ask(self.server, "user", "role", "alice", "admin")
        alice = self.login("alice")
        for number in range(1000):
            self.assertEqual(self.request(alice, "ban_from_server",
                                          f"198.18.{number // 250}.{number % 250}", 0, ""), [0])
        code, keys = self.request(alice, "ban_from_server", "198.51.100.1", 0, "", {})
        self.assertEqual((code, keys["rule"], keys["limit"]), (1027, "too_many_bans", 1000))
        self.assertEqual(len(ask(self.server, "ban", "list")), 1000)

    def test_words_of_the_operator(self):
        """People and groups may be written as in chinwag, and refusals name chinwagctl's commands."""
        bob = self.user("bob")
        ask(self.server, "user", "logout", "@bob")
        self.assertEqual(bob.recv()[:3], ["update", "session_ended", "bob"])
        for words, advice in ((("get", "xyz"), "`chinwagctl get` lists"),
                              (("ban", "remove", "@bob"), "`chinwagctl ban list` lists"),
                              (("invitation", "end", "4"), "`chinwagctl invitation list`")):
            status, _, err = run(self.server.data, *words)
            self.assertEqual(status, 1)
            self.assertIn(advice, err)
        out = run(self.server.data, "get", "registration")[1]
        self.assertEqual(out.split()[:4], ["NAME", "VALUE", "SET", "MEANING"])

    def test_a_reset_link_has_the_public_name(self):
        with Server(public_name="chat.example.org") as server:
            peer = Peer(server)
            self.peers.append(peer)
            peer.send("request", "register", "bob", PASSWORD)
            self.assertEqual(peer.recv()[2], 0)
            status, out, _ = run(server.data, "user", "reset", "bob")
            self.assertEqual(status, 0)
            page = r"https://chat\.example\.org/#/reset/[0-9A-Za-z_][0-9A-Za-z_-]{42}"
            self.assertTrue(re.search(rf"^  chinwag reset-password '{page}'$", out, re.M), out)
            self.assertTrue(re.search(rf"^  {page}$", out, re.M), out)

    def test_a_password_by_a_link(self):
        self.user("alice")
        bob = self.user("bob")
        link, = ask(self.server, "user", "reset", "bob")
        self.assertEqual(bob.recv(), ["update", "session_ended", "bob", "reset"])
        self.assertEqual(self.login("bob").answer[2], 515)
        peer = Peer(self.server)
        self.peers.append(peer)
        peer.send("request", "set_password", link["link"], "another horse", {})
        self.assertEqual(peer.recv(), ["response", "set_password", 0, "bob"])
        peer.send("request", "set_password", link["link"], "a third horse", {})
        self.assertEqual(peer.recv()[3]["rule"], "reset_link_not_good")
        peer.send("request", "login", "bob", "another horse", {})
        self.assertEqual(peer.recv()[2], 0)
        with open(os.path.join(self.server.data, "chinwag.db"), "rb") as database, \
                open(os.path.join(self.server.data, "chinwag.db-wal"), "rb") as log:
            self.assertNotIn(link["link"].encode(), database.read() + log.read())

    def test_another_name_and_none(self):
        self.user("alice")
        self.user("bob")
        ask(self.server, "user", "rename", "bob", "robert")
        self.assertEqual(self.login("robert").answer[2], 0)
        self.assertEqual(self.login("bob").answer[2], 514)
        ask(self.server, "user", "delete", "robert", "messages")
        self.assertEqual(self.login("robert").answer[2], 514)
        self.assertEqual([user["name"] for user in ask(self.server, "user", "list")], ["alice"])
        self.assertEqual([act["kind"] for act in ask(self.server, "audit", "list")],
                         ["rename_user", "remove_user"])

    def test_reports(self):
        self.user("alice")
        bob, carol = self.user("bob"), self.user("carol")
        for number in range(51):
            self.assertEqual(self.request(bob, "whisper", "carol", f"buy {number}", {})[0], 0)
        for number in range(1, 51):
            self.assertEqual(self.request(carol, "report", "bob", number, "spam"), [0])
        code, keys = self.request(carol, "report", "bob", 51, "spam", {})
        self.assertEqual((code, keys["rule"], keys["limit"]), (1027, "too_many_reports", 50))
        reports = ask(self.server, "report", "list")
        self.assertEqual((len(reports), reports[0]["content"], reports[0]["by"]),
                         (50, "buy 0", "carol"))
        ask(self.server, "report", "resolve", str(reports[0]["id"]))
        self.assertEqual(len(ask(self.server, "report", "list")), 49)
        self.assertIn("no such report", self.refused("report", "resolve", "1"))

    # --- the audit log ------------------------------------------------------------------------

    def fill_log(self):
        self.user("bob")
        for number in range(5):
            ask(self.server, "ban", "add", f"192.0.2.{number}")
        head = ask(self.server, "audit", "verify")[0]["head"]
        self.assertRegex(head, r"\A5:[0-9a-f]{64}\Z")
        self.assertEqual(self.server.stop(), 0)
        return head

    def change(self, *statements):
        database = sqlite3.connect(os.path.join(self.server.data, "chinwag.db"))
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()
        self.server.start()

    def test_a_changed_entry_is_found(self):
        self.fill_log()
        self.change("UPDATE audit SET actor_id = 1 WHERE number = 3")
        self.assertIn("entry 3 was changed", self.refused("audit", "verify"))

    def test_a_removed_entry_is_found(self):
        self.fill_log()
        self.change("DELETE FROM audit WHERE number = 2")
        self.assertIn("entry 2 was changed, removed", self.refused("audit", "verify"))

    def test_reordered_entries_are_found(self):
        self.fill_log()
        self.change("UPDATE audit SET number = -2 WHERE number = 2",
                    "UPDATE audit SET number = 2 WHERE number = 4",
                    "UPDATE audit SET number = 4 WHERE number = -2")
        self.assertIn("entry 2 was changed, removed or moved", self.refused("audit", "verify"))

    def test_removed_last_entries_are_found_by_what_was_noted(self):
        head = self.fill_log()
        self.change("DELETE FROM audit WHERE number > 3")
        self.assertEqual(ask(self.server, "audit", "verify")[0]["head"][:2], "3:")
        self.assertIn("entry 4", self.refused("audit", "verify", "--head", head))
        self.assertIn("`head` is empty, or", self.refused("audit", "verify", "--head", "5"))

    def test_the_log_is_noted_each_100_entries(self):
        self.user("bob")
        for number in range(100):
            ask(self.server, "ban", "add", f"192.0.2.{number}")
        head = ask(self.server, "audit", "verify")[0]["head"]
        self.server.wait_log("audit log: the last entry is 100:")
        self.assertIn(f"audit log: the last entry is {head}", self.server.log())

    def test_the_log_names_who_did_what(self):
        self.user("carol")
        self.user("alice")
        self.user("bob")
        ask(self.server, "user", "role", "alice", "admin")
        alice = self.login("alice")
        self.assertEqual(self.request(alice, "end_sessions", "bob"), [0])
        first, second = ask(self.server, "audit", "list")
        self.assertEqual((first["kind"], first["name"], "by" in first),
                         ("set_admin", "alice", False))
        self.assertEqual((second["kind"], second["name"], second["by"]),
                         ("end_sessions", "bob", "alice"))
        code, out, _ = run(self.server.data, "audit", "list")
        self.assertEqual(code, 0)
        self.assertTrue(re.match(r"ID +TIME +BY +KIND +NAME +DETAIL\n1 ", out), out)


if __name__ == "__main__":
    main()
