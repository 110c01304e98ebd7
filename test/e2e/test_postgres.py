"""A chinwagd whose rows are in a PostgreSQL: it talks, ends and comes back, and PostgreSQL does. Run
by tools/with_postgres, which starts the PostgreSQL."""

import contextlib
import os
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from harness import PATIENCE, Peer, Server, main

FOLDER = os.environ["POSTGRES_FOLDER"]
BIN = os.environ["POSTGRES_BIN"]
UNAVAILABLE = 1029


def run(*command):
    """As the user that the PostgreSQL runs as."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    done = subprocess.run([*as_user, *command], cwd=FOLDER, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout.decode()}")
    return done.stdout.decode().strip()


SOCKET = ".s.PGSQL.5432"


def url(database, user="postgres", folder=FOLDER):
    return f"postgresql://{user}@/{database}?host={folder}"


def ask(database, sql):
    """Statements one after another; what the last one says."""
    return run(os.path.join(BIN, "psql"), "-Atq", "-v", "ON_ERROR_STOP=1", url(database), "-c", sql)


def control(*what):
    run(os.path.join(BIN, "pg_ctl"), "-D", os.path.join(FOLDER, "data"), "-w", "-t", "300",
        *what)


def stop_postgres(test, mode):
    control("stop", "-m", mode)
    test.addCleanup(start_postgres)


def start_postgres():
    """If it does not run already."""
    if os.path.exists(os.path.join(FOLDER, SOCKET)):
        return
    control("start", "-l", os.path.join(FOLDER, "log"), "-o",
            f"-k {FOLDER} -c listen_addresses= -c max_connections=40")


class Relay:
    """Between a server and PostgreSQL. `loses` is what is lost at the next COMMIT of what was
    written, and the connection with it: "request" before PostgreSQL gets it, "answer" when it has answered."""

    def __init__(self, behind=FOLDER):
        """`behind`: the folder of the PostgreSQL's socket."""
        self.folder = tempfile.mkdtemp(prefix="chinwag-relay-")
        self.behind = os.path.join(behind, SOCKET)
        self.listener = self.listen()
        self.loses = None
        threading.Thread(target=self.accept, daemon=True).start()

    def listen(self):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.join(self.folder, SOCKET))
        listener.listen()
        return listener

    def close(self):
        with contextlib.suppress(OSError):  # who has closed it already
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        shutil.rmtree(self.folder)

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        with (contextlib.suppress(ConnectionError), client,
              socket.socket(socket.AF_UNIX) as server):
            server.connect(self.behind)
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is client and self.loses_all(data):
                        return
                    if source is client and self.loses and self.commits(data):
                        self.lose(server, data)
                        return
                    self.pass_on(server if source is client else client, data)

    @staticmethod
    def commits(data):
        return b"end_batch" in data and b"COMMIT\0" in data

    def pass_on(self, to, data):
        to.sendall(data)

    def loses_all(self, data):
        """Does a connection on which this comes from the client end?"""
        return False

    def lose(self, server, data):
        if self.loses == "answer":
            server.sendall(data)
            answer = b""
            while b"Z\0\0\0\5I" not in answer:  # idle again
                answer += server.recv(65536)
        self.loses = None


class WithDatabase(unittest.TestCase):
    def setUp(self):
        self.database = "d" + self.id().rsplit(".", 1)[1][:50]
        ask("postgres", f"CREATE DATABASE {self.database}")
        self.server = self.other(store=url(self.database))

    def other(self, **settings):
        server = Server(**settings)
        self.addCleanup(server.__exit__, None)
        return server

    def peer(self, name):
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        return peer.login(name)

    def people(self):
        """alice and bob, who are connected."""
        newcomer = Peer(self.server).register("alice").register("bob")
        newcomer.close()
        return self.peer("alice"), self.peer("bob")

    def count(self, where="true"):
        return int(ask(self.database, f"SELECT count(*) FROM chinwag.messages WHERE {where}"))


class Talking(WithDatabase):
    def test_they_talk_and_it_is_killed(self):
        self.server.start()
        alice, bob = self.people()
        alice.ask("whisper", "bob", "one")
        bob.expect("update", "whisper", "alice", "one")
        self.assertEqual(ask(self.database, "SELECT body FROM chinwag.messages"), r"\x6f6e65")
        self.server.kill()
        self.server.start()
        alice.wait_connected()
        alice = self.peer("alice")
        alice.ask("whisper", "bob", "two")
        bob = self.peer("bob")
        bob.expect("update", "whisper", "alice", "one")
        bob.expect("update", "whisper", "alice", "two")
        self.assertEqual(self.count(), 2)
        self.assertEqual(self.server.stop(), 0)

    def test_nothing_of_it_is_in_the_folder(self):
        self.server.start()
        self.people()
        self.assertEqual(sorted(set(os.listdir(self.server.data)) & {"chinwag.db", "blobs",
                                                                     "community"}),
                         ["blobs", "community"])


class Outages(WithDatabase):
    def say(self, peer, text):
        peer.send("request", "whisper", peer.name, peer.token, peer.name, text)
        while (answer := peer.recv())[0] != "response":
            pass
        return answer[2]

    def say_until(self, peer, code, text):
        """Says it again until it ends so; how often that was."""
        deadline = time.monotonic() + 4 * PATIENCE
        said = 1
        while (got := self.say(peer, text)) != code:
            self.assertIn(got, (0, UNAVAILABLE))
            self.assertLess(time.monotonic(), deadline, f"still {got}")
            said += 1
        return said

    def test_postgres_is_away_and_comes_back(self):
        self.server.start()
        alice, _ = self.people()
        self.assertEqual(self.say(alice, "before"), 0)
        stop_postgres(self, "fast")
        self.assertEqual(self.say(alice, "meanwhile"), UNAVAILABLE)
        self.assertEqual(self.say(alice, "meanwhile"), UNAVAILABLE)
        self.server.wait_log("PostgreSQL is out of reach: PostgreSQL says: connection to server on"
                             " socket")
        start_postgres()
        self.say_until(alice, 0, "after")
        self.assertEqual(self.count(), 2)
        self.assertEqual(ask(self.database, "SELECT max(id), max(seq) FROM chinwag.messages"), "2|2")
        self.assertIsNone(self.server.process.poll())
        self.assertEqual(self.server.stop(), 0)

    def test_a_restart_between_two_messages_is_not_seen(self):
        self.server.start()
        alice, _ = self.people()
        for mode in "fast", "immediate":
            self.assertEqual(self.say(alice, "before"), 0)
            stop_postgres(self, mode)
            start_postgres()
            self.assertEqual(self.say(alice, "after"), 0)
        self.assertEqual(self.count(), 4)

    def test_what_was_acknowledged_is_there_once(self):
        """PostgreSQL is killed while messages come."""
        self.server.start()
        alice, _ = self.people()
        acknowledged = []
        for i in range(5):
            for j in range(40):
                alice.send("request", "whisper", alice.name, alice.token, alice.name, f"{i} {j}")
            stop_postgres(self, "immediate")
            start_postgres()
            for j in range(40):
                while (answer := alice.recv())[0] != "response":
                    pass
                self.assertIn(answer[2], (0, UNAVAILABLE))
                if answer[2] == 0:
                    acknowledged.append(f"{i} {j}")
        stored = ask(self.database, "SELECT convert_from(body, 'UTF8') FROM chinwag.messages ORDER BY"
                                    " id").split("\n")
        self.assertEqual([text for text in stored if text], acknowledged)
        seqs = ask(self.database, "SELECT count(*), max(seq), max(id) FROM chinwag.messages")
        self.assertEqual(seqs, "|".join([str(len(acknowledged))] * 3))


class LostCommits(WithDatabase):
    def setUp(self):
        super().setUp()
        self.relay = Relay()
        self.addCleanup(self.relay.close)
        self.server.settings["store"] = url(self.database, folder=self.relay.folder)
        self.server.start()
        self.alice, _ = self.people()
        self.alice.ask("whisper", "alice", "first")

    def bodies(self):
        return ask(self.database, "SELECT convert_from(body, 'UTF8') FROM chinwag.messages ORDER BY"
                                  " id").split()

    def test_what_was_committed_is_acknowledged(self):
        self.relay.loses = "answer"
        self.alice.ask("whisper", "alice", "second")
        self.assertIsNone(self.relay.loses)
        self.assertEqual(self.bodies(), ["first", "second"])
        self.alice.ask("whisper", "alice", "third")
        self.assertEqual(self.bodies(), ["first", "second", "third"])

    def test_what_was_not_is_refused(self):
        self.relay.loses = "request"
        self.alice.ask("whisper", "alice", "second", code=UNAVAILABLE)
        self.assertIsNone(self.relay.loses)
        self.alice.ask("whisper", "alice", "third")
        self.assertEqual(self.bodies(), ["first", "third"])
        self.assertEqual(ask(self.database, "SELECT max(id) FROM chinwag.messages"), "2")


class Faults(WithDatabase):
    """What befalls PostgreSQL while a server runs: words, and nothing is lost."""

    def say(self, peer, text):
        peer.send("request", "whisper", peer.name, peer.token, peer.name, text)
        while (answer := peer.recv())[0] != "response":
            pass
        return answer[2]

    def say_until(self, peer, text):
        deadline = time.monotonic() + 4 * PATIENCE
        while (code := self.say(peer, text)) != 0:
            self.assertEqual(code, UNAVAILABLE)
            self.assertLess(time.monotonic(), deadline)

    def texts(self):
        return ask(self.database, "SELECT convert_from(body, 'UTF8') FROM chinwag.messages ORDER BY id").split()

    def test_its_disk_is_full(self):
        """A disk of its own has the database: what writes is refused, reading goes on."""
        small = tempfile.mkdtemp(prefix="chinwag-small-", dir=os.path.dirname(FOLDER))
        self.addCleanup(os.rmdir, small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m,mode=777", "none", small],
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no disk of a chosen size can be made here (mount, as root)")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        place = os.path.join(small, "place")
        run("mkdir", place)
        ask("postgres", f"CREATE TABLESPACE small LOCATION '{place}'")
        self.addCleanup(ask, "postgres", "DROP TABLESPACE small")
        ask("postgres", f"ALTER DATABASE {self.database} SET TABLESPACE small")
        self.addCleanup(ask, "postgres", f"DROP DATABASE {self.database}")
        self.server.start()
        self.addCleanup(self.server.stop)
        alice, _ = self.people()
        self.assertEqual(self.say(alice, "before"), 0)
        filler = os.path.join(small, "filler")
        with open(filler, "wb") as file, contextlib.suppress(OSError):
            while file.write(bytes(65536)):
                file.flush()
        count = 0
        while (code := self.say(alice, "x" * 4000)) == 0:  # pages that were there have room, too
            count += 1
        self.assertEqual(code, UNAVAILABLE)
        self.assertEqual(self.say(alice, "y" * 4000), UNAVAILABLE)
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        peer.request("attach", "alice", alice.token, answer=["alice"])  # is read
        peer.name, peer.token = alice.name, alice.token
        os.unlink(filler)
        self.say_until(peer, "after")
        stored = self.texts()
        self.assertEqual((stored[0], stored[-1], len(stored)), ("before", "after", count + 2))
        self.assertEqual(ask(self.database, "SELECT max(id), max(seq) FROM chinwag.messages"),
                         f"{count + 2}|{count + 2}")

    def test_it_becomes_read_only(self):
        self.server.start()
        alice, _ = self.people()
        self.assertEqual(self.say(alice, "before"), 0)
        self.addCleanup(ask, "postgres", "ALTER SYSTEM RESET default_transaction_read_only;")
        ask("postgres", "ALTER SYSTEM SET default_transaction_read_only = on")
        ask("postgres", "SELECT pg_reload_conf()")
        deadline = time.monotonic() + 4 * PATIENCE
        accepted = 1
        while (code := self.say(alice, "meanwhile")) == 0:  # until each process has read it
            accepted += 1
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(code, UNAVAILABLE)
        self.assertEqual(self.say(alice, "meanwhile"), UNAVAILABLE)
        ask("postgres", "ALTER SYSTEM RESET default_transaction_read_only")
        ask("postgres", "SELECT pg_reload_conf()")
        self.say_until(alice, "after")
        self.assertEqual(len(self.texts()), accepted + 1)
        self.assertEqual(self.server.stop(), 0)

    def test_a_right_is_taken_away(self):
        """It says which, ends, and nothing was acknowledged that is not there."""
        ask(self.database, "CREATE ROLE owner LOGIN; CREATE ROLE keeper LOGIN;"
                           f" GRANT CREATE ON DATABASE {self.database} TO owner")
        self.server.settings["store"] = url(self.database, "owner")
        self.server.start()
        alice, _ = self.people()
        self.assertEqual(self.say(alice, "before"), 0)
        ask(self.database, "ALTER TABLE chinwag.messages OWNER TO keeper")
        alice.send("request", "whisper", alice.name, alice.token, alice.name, "after")
        self.assertGreater(self.server.process.wait(PATIENCE), 0)
        self.server.wait_log("permission denied for table messages")
        self.assertEqual(self.texts(), ["before"])


class Standbys(WithDatabase):
    def set_standbys(self, names):
        ask("postgres", f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        ask("postgres", "SELECT pg_reload_conf()")

    def test_a_wait_that_is_cancelled_is_not_acknowledged(self):
        self.server.start()
        alice, _ = self.people()
        self.addCleanup(self.set_standbys, "")
        self.set_standbys("nobody")
        alice.send("request", "whisper", alice.name, alice.token, alice.name, "unsure")
        waiting = ("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                   f" AND datname = '{self.database}'")
        deadline = time.monotonic() + 4 * PATIENCE
        while ask("postgres", waiting) != "t":
            self.assertLess(time.monotonic(), deadline, "nothing waits for the standby")
        self.assertGreater(self.server.process.wait(PATIENCE), 0)
        self.server.wait_log("PostgreSQL warned while it committed: canceling wait")
        self.assertEqual(self.count(), 1)  # which nobody was told


class Refusals(WithDatabase):
    def refused(self, mentions, server=None):
        server = server or self.server
        before = len(server.log()) if os.path.exists(server.log_path) else 0
        status, output, log = server.refusal()
        log = log[before:]
        self.assertGreater(status, 0, log)
        self.assertEqual(output, "")
        self.assertIn(mentions, log)
        self.assertLessEqual(log.count("\n"), 2)

    def test_wrong_urls(self):
        self.refused("must be postgresql://", self.other(store="mysql://localhost/x"))
        self.refused("PostgreSQL says: ", self.other(store=f"postgresql://x@/x?host={FOLDER}/no"))
        self.refused('database "nobody" does not exist', self.other(store=url("nobody")))
        self.refused("PostgreSQL says: ", self.other(store="postgresql://[nonsense"))

    def test_of_a_newer_version(self):
        self.server.start()
        self.server.stop()
        ask(self.database, "UPDATE chinwag.version SET version = version + 1, level = level + 1")
        self.refused("newer (schema")
        ask(self.database, "UPDATE chinwag.version SET version = version - 1, level = level - 1")
        self.server.start()

    def test_of_another_community(self):
        self.server.start()
        self.people()
        self.server.stop()
        folder = self.other(store=url(self.database))
        self.refused("has not the files of the database", folder)
        with open(os.path.join(folder.data, "community"), "w") as file:
            file.write("00000000-0000-4000-8000-000000000000")
        self.refused("another community", folder)

    def test_a_folder_with_sqlite(self):
        sqlite = self.other()
        sqlite.start()
        sqlite.stop()
        self.refused("a database of SQLite",
                     self.other(store=url(self.database), data=sqlite.data))

    def test_of_another_program(self):
        ask(self.database, "CREATE SCHEMA chinwag; CREATE TABLE chinwag.things(x integer)")
        self.refused("belongs to another program")

    def test_without_rights(self):
        ask(self.database, "CREATE ROLE nobody_at_all LOGIN")
        self.refused("permission denied for database",
                     self.other(store=url(self.database, "nobody_at_all")))

    def test_without_rights_to_the_tables(self):
        """Another role has made them."""
        self.server.start()
        self.server.stop()
        ask(self.database, "CREATE ROLE stranger LOGIN")
        self.refused("permission denied for schema chinwag",
                     self.other(store=url(self.database, "stranger"), data=self.server.data))
        self.server.start()

    def test_read_only(self):
        ask("postgres", f"ALTER DATABASE {self.database} SET default_transaction_read_only = on")
        self.refused("can only be read")

    def test_what_forgets_commits(self):
        ask("postgres", f"ALTER DATABASE {self.database} SET synchronous_commit = off")
        self.refused("turn on synchronous_commit")
        told = url(self.database) + "&options=-c%20synchronous_commit%3Doff"
        self.other(store=told).start()

    def test_two_servers(self):
        self.server.start()
        second = self.other(store=url(self.database))
        self.refused("Another server uses the database", second)
        self.server.stop()
        second.start()

    def test_tools_for_sqlite(self):
        for option in "--check", "--verify":
            status, _, words = self.server.ask_program(option)
            self.assertGreater(status, 0)
            self.assertIn("tools of its own", words)


if __name__ == "__main__":
    main()
