"""A server whose wall clock is wrong, while it runs and when it starts. The clock is a
library that is preloaded; no test waits for one."""

import os
import sqlite3
import sys
import tempfile
import unittest

from harness import Peer, Server, main

DAY = 24 * 3600
YEAR = 365 * DAY
TEXTS = 50


class Clock:
    def __init__(self):
        self.path = tempfile.mkstemp(prefix="chinwag-clock-")[1]
        self.set(0)

    def set(self, seconds):
        """By so much it is wrong. In one step: it is read at any moment."""
        with open(self.path + ".new", "w") as file:
            file.write(f"{seconds * 1000}\n")
        os.rename(self.path + ".new", self.path)

    @property
    def wrap(self):
        return ["env", f"LD_PRELOAD={os.path.abspath(LIBRARY)}", f"WALL_CLOCK={self.path}"]


class Clocks(unittest.TestCase):
    def setUp(self):
        self.clock = Clock()
        self.addCleanup(os.remove, self.clock.path)

    def serve(self, **settings):
        server = Server(wrap=self.clock.wrap, **settings)
        server.__enter__()
        self.addCleanup(server.__exit__, None)
        return server

    def peer(self, server):
        peer = Peer(server)
        self.addCleanup(peer.close)
        return peer

    def map_of(self, peer, action, *arguments):
        peer.send("request", action, peer.name, peer.token, *arguments, {})
        answer = peer.recv()
        while answer[0] == "update":
            answer = peer.recv()
        self.assertEqual(answer[:3], ["response", action, 0], answer)
        return answer[-1]

    def time_of(self, peer, *message):
        return self.map_of(peer, "whisper", *message)["time"]

    def idle(self, peer):
        """Requests one by one: between two of them the store had its idle moment."""
        for _ in range(20):
            peer.nothing_waits()
            self.map_of(peer, "history", "bob")

    def texts(self, server):
        """Of the database, by another program."""
        server.stop()
        database = sqlite3.connect(server.database())
        (count,) = database.execute("SELECT count(*) FROM messages").fetchone()
        database.close()
        server.start()
        return count

    def again(self, server, name, token, code=0):
        """Attaches with what an earlier login gave."""
        peer = self.peer(server)
        peer.send("request", "attach", name, token, {})
        self.assertEqual(peer.recv()[2], code)
        peer.name, peer.token = name, token
        return peer

    def talk(self, server):
        alice = self.peer(server).register("alice").login_extended("alice")
        self.peer(server).register("bob")
        self.times = [self.time_of(alice, "bob", f"precious {i}") for i in range(TEXTS)]
        return alice

    def test_two_years_ahead_for_a_moment(self):
        server = self.serve(keep_days=30)
        alice = self.talk(server)
        for wrong in (2 * YEAR, -DAY, 31 * DAY, -60 * YEAR):
            self.clock.set(wrong)
            time = self.time_of(alice, "bob", "while the clock is wrong")
            self.assertGreaterEqual(time, self.times[-1])
            self.assertLess(time - self.times[-1], DAY * 1000)
            self.times.append(time)
            self.idle(alice)
        self.clock.set(0)
        self.time_of(alice, "bob", "right again")
        self.idle(alice)
        self.assertEqual(self.texts(server), TEXTS + 5)
        self.assertNotIn("deleted", server.log())

    def start_with(self, server, wrong):
        server.stop()
        self.clock.set(wrong)
        server.start()

    def test_two_years_ahead_at_a_start(self):
        server = self.serve(keep_days=30)
        alice = self.talk(server)
        bob = self.peer(server).login("bob")
        self.start_with(server, 2 * YEAR)
        alice = self.again(server, alice.name, alice.token)
        self.assertGreater(self.time_of(alice, "bob", "x"), self.times[-1] + YEAR * 1000)
        self.idle(alice)
        bob2 = self.peer(server).login_extended("bob")  # removes what has expired
        self.again(server, bob.name, bob.token)
        self.assertEqual(len(self.map_of(bob2, "sessions")["list"]), 2)
        self.start_with(server, 0)
        self.again(server, alice.name, alice.token)
        self.again(server, bob.name, bob.token)
        self.assertEqual(self.texts(server), TEXTS + 1)

    def test_1970_at_a_start(self):
        server = self.serve(keep_days=30)
        alice = self.talk(server)
        self.assertNotIn("the clock of this machine", server.log())
        self.start_with(server, -self.times[-1] // 1000)
        server.wait_log("days behind what is stored: set it (timedatectl)")
        alice = self.again(server, alice.name, alice.token)
        time = self.time_of(alice, "bob", "x")  # as the date was kept
        self.assertGreater(time, self.times[0] - DAY * 1000)
        bob = self.peer(server).login_extended("bob")
        self.start_with(server, 0)
        alice = self.again(server, alice.name, alice.token)
        self.again(server, bob.name, bob.token)  # not idle since 1970
        self.idle(alice)
        self.assertEqual(self.texts(server), TEXTS + 1)

    def test_last_seen_never_goes_back(self):
        server = self.serve()
        alice = self.peer(server).register("alice").login_extended("alice")
        bob = self.peer(server).register("bob").login_extended("bob")
        self.map_of(alice, "add_contact", "bob")
        seen = []
        for wrong in (0, -YEAR, -60 * YEAR, 0):
            self.start_with(server, wrong)
            bob = self.again(server, bob.name, bob.token)
            alice = self.again(server, alice.name, alice.token)
            for session in self.map_of(alice, "sessions")["list"]:
                self.assertGreaterEqual(session["seen"], session["created"])
            server.stop()
            database = sqlite3.connect(server.database())
            seen.append(database.execute(
                "SELECT min(seen_ms) FROM sessions UNION ALL "
                "SELECT seen_ms FROM users WHERE name = 'bob'").fetchall())
            database.close()
            server.start()
        self.assertEqual(seen, sorted(seen))
        self.assertGreater(seen[0][0][0], 0)

    def test_what_is_old_is_deleted_and_logged(self):
        """With a clock that is right: rows that are made older."""
        server = self.serve(keep_days=30)
        alice = self.talk(server)
        server.stop()
        database = sqlite3.connect(server.database())
        database.execute(f"UPDATE messages SET time_ms = time_ms - {40 * DAY * 1000}, sum = NULL"
                         f" WHERE id <= {TEXTS - 10}")
        database.execute(f"UPDATE messages SET time_ms = time_ms + {9 * YEAR * 1000}, sum = NULL"
                         " WHERE id = 3")  # from the future: it stops nothing
        database.commit()
        database.close()
        server.start()
        alice = self.again(server, alice.name, alice.token)
        self.idle(alice)
        self.assertEqual(self.texts(server), 10)
        self.assertIn(f"{TEXTS - 10} messages were deleted for their age", server.log())


if __name__ == "__main__":
    LIBRARY = sys.argv.pop(2)
    main()
