"""A community moves from SQLite to PostgreSQL by chinwagd --migrate: no client notices, whatever is
killed in the middle, and what cannot be is refused. Run by tools/with_postgres, which starts the
PostgreSQL."""

import hashlib
import os
import socket
import sqlite3
import time

from harness import PATIENCE, Peer, main
from test_postgres import FOLDER, SOCKET, Relay, WithDatabase, ask, url

TALK = 600  # more than two slices
OWN_TABLES = "version", "counters", "nodes", "node_leases", "call_leases", "log", "news", "search"


class Deadly(Relay):
    """Kills the server when a statement with these words comes: `request`, before PostgreSQL gets it;
    `answer`, when it is committed there."""

    def __init__(self, server, words, what, skip=0):
        super().__init__()
        self.server, self.words, self.what, self.skip = server, words, what, skip

    @staticmethod
    def commits(data):
        return b"COMMIT\0" in data  # a move has no batches

    def loses_all(self, data):
        if self.words in data:
            self.loses = None if self.skip else self.what
            self.skip -= 1
        return False

    def lose(self, server, data):
        super().lose(server, data)
        while self.server.process is None:
            time.sleep(0.001)  # it is just being started
        self.server.process.kill()


class Leaving(Deadly):
    """PostgreSQL is lost for the server when these words come, and nobody is there any more."""

    def lose(self, server, data):
        self.gone()

    def gone(self):
        self.loses = None
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(os.path.join(self.folder, SOCKET))


class WithFolder(WithDatabase):
    def setUp(self):
        super().setUp()
        self.server = self.other()
        self.target = url(self.database)

    def extended(self, name):
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        return peer.login_extended(name)

    def do(self, peer, action, *arguments):
        """The answer behind the head, past what else comes."""
        peer.send("request", action, peer.name, peer.token, *arguments)
        while (message := peer.recv())[:2] != ["response", action]:
            pass
        self.assertEqual(message[2], 0, message)
        return message[3:]

    def upload(self, peer, data):
        file, generation = self.do(peer, "upload", "soup.bin", len(data))[:2]
        self.do(peer, "upload_chunk", file, generation, 0, data)
        self.do(peer, "end_upload", file, generation, hashlib.sha256(data).digest())
        return file

    def talk(self):
        """alice and bob, who have used what there is."""
        self.server.start()
        newcomer = Peer(self.server).register("alice").register("bob")
        newcomer.close()
        alice, bob = self.extended("alice"), self.extended("bob")
        for i in range(TALK):
            alice.send("request", "whisper", "alice", alice.token, "bob", f"ladle {i}", {"n": i + 1})
        self.do(alice, "create_group", "cooks")
        self.do(bob, "join_group", "cooks")
        self.do(bob, "msg_group", "cooks", "soup for all")
        self.file = self.upload(alice, b"the recipe")
        self.do(alice, "whisper", "bob", "the recipe", {"file": self.file})
        self.do(alice, "voice_msg", "bob", 1, 8000, [1000, -1000] * 30000)
        self.do(bob, "mark_read", "alice", 7)
        self.do(bob, "react", "alice", 1, "\N{THUMBS UP SIGN}")
        return alice, bob

    def db(self):
        db = sqlite3.connect(os.path.join(self.server.data, "chinwag.db"))
        self.addCleanup(db.close)
        return db

    def count_looks(self):
        db = self.db()
        count = db.execute("SELECT count(*) FROM looks").fetchone()[0]
        db.close()
        return count

    def add_vectors(self):
        """Numbers and bytes at their bounds, and keys that are no text."""
        db = self.db()
        for i, number in enumerate((-2 ** 63, -1, 0, 1, 2 ** 63 - 1)):
            db.execute("INSERT INTO retired VALUES(?, ?)", (number, 2 ** 62 + i))
            db.execute("INSERT INTO thumbnails VALUES(?, CAST(? AS TEXT), ?)",
                       (2 ** 60 + i, bytes(range(256)), bytes(range(i))))
        for i in range(700):
            db.execute("INSERT INTO looks VALUES(1, CAST(? AS TEXT), ?)",
                       (bytes((0xff, i & 0xff, 0, 0x27, i >> 8)), i - 350))
        db.commit()
        db.close()

    def rows(self):
        """Of both sides, sorted, by table."""
        db = self.db()
        tables = ask(self.database, "SELECT relname FROM pg_class WHERE relnamespace ="
                                    " 'chinwag'::regnamespace AND relkind = 'r'").split()
        here, there = {}, {}
        for table in sorted(set(tables) - set(OWN_TABLES)):
            columns = db.execute(f"SELECT name, type FROM pragma_table_info('{table}')").fetchall()
            numbers = {name: kind == "INTEGER" for name, kind in columns}
            ours = ", ".join(f'"{name}"' if number else f'hex("{name}")'
                             for name, number in numbers.items())
            theirs = ", ".join(f'"{name}"' if number else
                               f"""upper(encode(coalesce("{name}", ''), 'hex'))"""
                               for name, number in numbers.items())
            here[table] = sorted("|".join("" if value is None else str(value) for value in row)
                                 for row in db.execute(f'SELECT {ours} FROM "{table}"'))
            lines = ask(self.database, f'SELECT {theirs} FROM chinwag."{table}"')
            there[table] = sorted(lines.split("\n")) if lines else []
        db.close()
        return here, there

    def migrate(self):
        self.server.settings["store"] = self.target
        status, output, words = self.server.ask_program("--migrate")
        self.assertEqual((status, words), (0, ""))
        self.assertIn("all is there", output)
        return output

    def killed(self, words, what, skip=0):
        """Migrates, until these come."""
        self.assertEqual(self.migrate_by(Deadly(self.server, words, what, skip)), -9)

    def migrate_by(self, relay):
        self.addCleanup(relay.close)
        self.server.process.stdout.close()
        self.server.process = None
        self.server.settings["store"] = url(self.database, folder=relay.folder)
        self.server.spawn("--migrate")
        status = self.server.process.wait(PATIENCE)
        self.server.process.stdout.close()
        return status

    def refused(self, mentions, because=""):
        status, output, words = self.server.ask_program("--migrate")
        self.assertGreater(status, 0)
        self.assertIn(mentions, words)
        self.assertIn(because, words)
        self.assertNotIn("all is there", output)

    def assert_moved(self):
        here, there = self.rows()
        for progress in here, there:  # search_to: words are looked for anew
            progress["progress"] = [row.split("|")[:2] + row.split("|")[3:]
                                    for row in progress["progress"]]
        self.assertEqual(here.keys(), there.keys())
        for table in here:
            self.assertEqual(here[table], there[table], table)
        self.assertEqual(len(here["looks"]), self.looks)
        db = self.db()
        for name, last in db.execute("SELECT name, seq FROM sqlite_sequence WHERE name <> 'eras'"):
            counted = ask(self.database, f"SELECT last FROM chinwag.counters WHERE name = '{name}'")
            self.assertEqual(int(counted), last, name)
        db.close()


class Moving(WithFolder):
    def test_no_client_notices(self):
        alice, bob = self.talk()
        found = self.do(bob, "search", "ladle 59", {})
        self.assertEqual(len(found[0]["list"]), 11)  # it, and 590 to 599
        last = self.do(alice, "whisper", "bob", "read")[-1]["id"]
        bob.socket.disconnect(self.server.endpoint)
        retried = self.do(alice, "whisper", "bob", "missed", {"n": 9999})[-1]
        self.server.stop()
        self.add_vectors()
        self.looks = self.count_looks()
        output = self.migrate()
        self.assertIn(f"messages: {TALK + 5} in 2 conversations, each the same", output)
        self.assert_moved()

        del self.server.settings["store"]
        self.server.process.stdout.close()
        self.assertIn("are in a PostgreSQL: set `store`", self.server.refusal()[2])
        marker = os.path.join(self.server.data, "community")
        os.rename(marker, marker + ".away")
        self.assertIn("has moved to a PostgreSQL", self.server.refusal()[2])
        os.rename(marker + ".away", marker)
        self.server.settings["store"] = self.target
        self.server.start()
        again = Peer(self.server)
        self.addCleanup(again.close)
        again.name, again.token = "bob", bob.token
        again.send("request", "attach", "bob", bob.token,
                   {"since": last, "db": bob.server_map["db"], "era": bob.server_map["era"]})
        self.assertEqual(again.recv()[:4], ["response", "attach", 0, "bob"])
        self.assertEqual(again.recv()[3], "missed")
        alice.wait_connected()
        alice.send("request", "attach", "alice", alice.token, {"since": retried["id"]})
        self.assertEqual(alice.recv()[:4], ["response", "attach", 0, "alice"])
        self.assertEqual(self.do(alice, "whisper", "bob", "missed", {"n": 9999})[-1]["id"],
                         retried["id"])
        following = self.do(alice, "whisper", "bob", "live", {"n": 10000})[-1]
        self.assertEqual((following["id"], following["seq"]),
                         (retried["id"] + 1, retried["seq"] + 1))
        self.assertEqual(again.recv()[3], "live")
        self.assertEqual(self.do(again, "search", "ladle 59", {}), found)
        self.assertEqual(self.do(again, "fetch_file", self.file, 0)[2], b"the recipe")

    def test_killed_in_the_middle(self):
        self.talk()
        self.server.stop()
        self.looks = self.count_looks()
        self.killed(b"at = 'messages'", "request", skip=1)
        self.assertEqual(self.count(), 256)
        self.server.settings["store"] = self.target
        self.assertIn("a database of SQLite", self.server.refusal()[2])
        other = self.other(store=self.target)
        self.assertIn("is on its way into the database", other.refusal()[2])
        self.killed(b"at = 'messages'", "answer", skip=1)
        self.assertEqual(self.count(), TALK + 3)  # the second attempt went on behind the first one
        self.killed(b"finished = true", "answer")
        self.migrate()
        self.assert_moved()
        self.assertIn("all is there", self.migrate())  # there is nothing left to do
        self.server.start()
        self.assertEqual(len(self.do(self.extended("bob"), "search", "ladle", {})[0]["list"]), 50)

    def test_postgres_is_lost_in_the_middle(self):
        self.talk()
        self.server.stop()
        self.looks = self.count_looks()
        before = len(self.server.log())
        relay = Leaving(self.server, b"at = 'messages'", "request", skip=1)
        self.assertGreater(self.migrate_by(relay), 0)
        self.assertIn("PostgreSQL", self.server.log()[before:])
        self.assertEqual(self.count(), 256)
        self.assertNotIn("it begins anew", self.migrate())
        self.assert_moved()

    def test_what_was_used_since_begins_anew(self):
        alice, _ = self.talk()
        self.server.stop()
        self.killed(b"at = 'messages'", "answer")
        del self.server.settings["store"]
        self.server.start()
        alice.wait_connected()
        self.do(self.extended("alice"), "whisper", "bob", "since then")
        self.server.stop()
        self.looks = self.count_looks()
        self.assertIn("it begins anew", self.migrate())
        self.assert_moved()

    def test_a_message_that_differs(self):
        self.talk()
        self.server.stop()
        self.killed(b"finished = true", "request")
        ask(self.database, r"UPDATE chinwag.messages SET body = '\x78' WHERE id = 9")
        self.server.settings["store"] = self.target
        self.refused("differs", because="conversation ")
        del self.server.settings["store"]
        self.server.start()  # nothing has moved


class Refusals(WithFolder):
    def setUp(self):
        super().setUp()
        self.server.start()
        self.server.stop()
        self.server.settings["store"] = self.target

    def test_wrong_urls(self):
        self.server.settings["store"] = url("nobody")
        self.refused('database "nobody" does not exist')
        self.server.settings["store"] = f"postgresql://x@/x?host={FOLDER}/no"
        self.refused("PostgreSQL says: ")
        del self.server.settings["store"]
        self.refused("set `store` to the URL")

    def test_a_database_that_is_not_empty(self):
        other = self.other(store=self.target).start()
        Peer(other).register("carol").close()
        other.stop()
        self.refused("it has a community already")

    def test_a_part_of_another_community(self):
        self.killed(b"at = ", "answer")
        self.server = self.other(store=self.target)
        del self.server.settings["store"]
        self.server.start()
        self.server.stop()
        self.server.settings["store"] = self.target
        self.refused("a part of another community")

    def test_a_server_that_runs_on_either_side(self):
        del self.server.settings["store"]
        self.server.start()
        self.server.settings["store"] = self.target
        self.refused("Another server uses the data folder")
        self.server.stop()
        self.other(store=self.target).start()
        self.refused("Another server uses the database")

    def test_a_server_that_was_killed(self):
        del self.server.settings["store"]
        self.server.start()
        Peer(self.server).register("carol").close()
        self.server.kill()
        self.server.settings["store"] = self.target
        self.refused("of a server that was killed")

    def test_a_file_of_another_version(self):
        version = self.set_version(1)
        self.refused("of another version of the server")
        self.set_version(version + 1000)
        self.refused("of another version of the server")
        self.set_version(version)
        self.migrate()

    def set_version(self, number):
        """Of the tables; the one before."""
        db = self.db()
        before = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute(f"PRAGMA user_version = {number}")
        db.close()
        return before

    def test_what_differs(self):
        """A row that something else has written."""
        self.killed(b"at = 'identity'", "answer")
        ask(self.database, "INSERT INTO chinwag.blocks VALUES(1, 2)")
        self.server.settings["store"] = self.target
        self.refused("blocks 1 differs")
        ask(self.database, "DROP SCHEMA chinwag CASCADE")
        self.migrate()


if __name__ == "__main__":
    main()
