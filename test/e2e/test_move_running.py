"""A community moves from SQLite to PostgreSQL while its server runs, by chinwagctl migrate: who is
there goes on reading, what is to be written waits for the end, and no client notices. Run by
tools/with_postgres, which starts the PostgreSQL."""

import concurrent.futures
import os
import signal
import threading
import unittest

import control
from harness import PATIENCE, Peer, main
from test_disk import strace_works
from test_move import TALK, Leaving, WithFolder
from test_postgres import Relay, ask, url

AWAY = 1029


class Waiting(Relay):
    """What comes with these words waits until `goes_on` is set."""

    def __init__(self, words):
        self.words, self.came, self.goes_on = words, threading.Event(), threading.Event()
        super().__init__()

    def loses_all(self, data):
        if self.words in data:
            self.came.set()
            self.goes_on.wait()
        return False

    def close(self):
        self.goes_on.set()
        super().close()


class Lost(Leaving):
    """PostgreSQL is lost, and the server that runs is not."""

    def __init__(self, words, skip):
        self.words, self.what, self.skip = words, "request", skip
        Relay.__init__(self)

    @staticmethod
    def commits(data):
        return True

    def lose(self, server, data):
        self.gone()


class Running(WithFolder):
    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.talk()
        self.last = self.do(self.bob, "history", "alice", {"limit": 1})[0]["list"][0]["seq"]
        self.speaker, self.hearer = self.in_call("alice"), self.in_call("bob")
        self.threads = concurrent.futures.ThreadPoolExecutor()
        self.addCleanup(self.threads.shutdown)

    def in_call(self, name):
        peer = Peer(self.server).login(name)
        self.addCleanup(peer.close)
        self.do(peer, "join_call", "cooks")
        return peer

    def store_is(self, target):
        self.server.settings["store"] = target
        self.server.write_config()

    def migrate_by(self, relay):
        """chinwagctl migrate, under way."""
        self.addCleanup(relay.close)
        self.store_is(url(self.database, folder=relay.folder))
        return self.threads.submit(control.run, self.server.data, "migrate")

    def migrate_until(self, words):
        relay = Waiting(words)
        command = self.migrate_by(relay)
        self.assertTrue(relay.came.wait(3 * PATIENCE))
        return relay, command

    def code(self, peer, action, *arguments):
        peer.send("request", action, peer.name, peer.token, *arguments)
        while (message := peer.recv())[:2] != ["response", action]:
            pass
        return message[2]

    @staticmethod
    def code_of_attach(peer, before):
        peer.send("request", "attach", before.name, before.token, {"since": 2 ** 62})
        while (message := peer.recv())[:2] != ["response", "attach"]:
            pass
        return message[2]

    def only_reads(self):
        """What bob and alice may do, and may not; and who speaks is heard."""
        self.speaker.send("update", "call_data", "alice", self.speaker.token, "cooks", [1, 2, 3])
        while (message := self.hearer.recv())[:2] != ["update", "call_data"]:
            pass
        self.assertEqual(message[2:], ["alice", [1, 2, 3]])
        self.assertEqual(len(self.do(self.bob, "search", "ladle 59", {})[0]["list"]), 11)
        self.assertEqual(self.do(self.bob, "fetch_file", self.file, 0)[2], b"the recipe")
        self.assertEqual(self.do(self.bob, "history", "alice", {"limit": 1})[0]["list"][0]["seq"], self.last)
        self.assertEqual(self.code(self.alice, "whisper", "bob", "waits", {"n": 5000}), AWAY)
        self.assertEqual(self.code(self.bob, "mark_read", "alice", 9), AWAY)
        self.assertEqual(self.code(self.alice, "create_group", "bakers"), AWAY)
        newcomer = Peer(self.server)
        self.addCleanup(newcomer.close)
        newcomer.send("request", "register", "carol", "correct horse")
        self.assertEqual(newcomer.recv()[2], AWAY)
        self.assertEqual(self.code_of_attach(newcomer, self.bob), 0)  # whose connection was lost
        self.bob, newcomer.name, newcomer.token = newcomer, "bob", self.bob.token
        self.assertEqual(self.do(self.bob, "fetch_file", self.file, 0)[2], b"the recipe")

    def test_who_is_there_reads_on_and_is_told_nothing(self):
        """Nobody writes before all is there: both sides have the same rows."""
        relay, command = self.migrate_until(b"at = 'messages'")
        self.only_reads()
        self.assertIn("under way already", self.refused_by_control("migrate"))
        self.assertIn("on its way to PostgreSQL", self.refused_by_control("backup", self.server.home + "/b"))
        # The next program cannot take over: what has moved can be looked at before anybody uses it.
        self.server.settings["nonsense"] = "1"
        self.server.write_config()
        relay.goes_on.set()
        code, out, words = command.result(3 * PATIENCE)
        self.assertEqual(code, 1)
        self.assertIn(f"messages: {TALK + 3} in 2 conversations, each the same on both sides\n", out)
        self.assertTrue(out.endswith("\nall is there\n"), out)
        self.assertIn("cannot start anew with it", words)
        self.assertIn("no upgrade: ", self.server.log())
        self.only_reads()
        self.server.settings.pop("nonsense")
        self.server.stop()
        self.looks = self.count_looks()
        self.assert_moved()
        self.store_is(self.target)
        self.server.start()
        self.on_postgres()

    def test_the_same_process_is_a_server_on_postgres(self):
        process = self.server.process.pid
        self.store_is(self.target)
        code, out, words = control.run(self.server.data, "migrate")
        self.assertEqual((code, words), (0, ""))
        self.server.wait_log("upgraded: this is chinwagd")
        self.on_postgres()
        self.assertEqual(self.server.process.pid, process)
        self.assertIsNone(self.server.process.poll())
        self.assertIn("in a PostgreSQL already", self.refused_by_control("migrate"))

    def refused_by_control(self, *words, server=None):
        code, out, err = control.run((server or self.server).data, *words)
        self.assertEqual((code, out), (1, ""))
        return err

    def on_postgres(self):
        """alice and bob are back, with their sessions, and what waited is stored once."""
        for peer in (self.alice, self.bob):
            peer.wait_connected()
            self.assertEqual(self.code_of_attach(peer, peer), 0)
        stored = self.do(self.alice, "whisper", "bob", "waits", {"n": 5000})[-1]
        self.assertEqual(self.do(self.alice, "whisper", "bob", "waits", {"n": 5000})[-1]["id"], stored["id"])
        self.assertEqual(ask(self.database, "SELECT count(*) FROM chinwag.messages"), str(stored["id"]))

    def test_postgres_is_lost_in_the_middle(self):
        """The server goes on reading, and the same command goes on where the first one ended."""
        code, out, words = self.migrate_by(Lost(b"at = 'messages'", skip=1)).result(3 * PATIENCE)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("PostgreSQL", words)
        self.assertIn("only reads until the same command has gone on", words)
        self.assertEqual(ask(self.database, "SELECT count(*) FROM chinwag.messages"), "256")
        self.only_reads()
        self.store_is(self.target)
        code, out, words = control.run(self.server.data, "migrate")
        self.assertEqual((code, words), (0, ""))
        self.assertNotIn("begins anew", out)
        self.assertTrue(out.endswith("\nall is there\nthe server starts anew with it\n"), out)
        self.server.wait_log("upgraded: this is chinwagd")
        self.on_postgres()

    def test_postgres_is_lost_at_the_very_end(self):
        """What is here is forbidden already, and the same command ends the move."""
        code, _, words = self.migrate_by(Lost(b"DROP TABLE IF EXISTS arrival", skip=0)).result(3 * PATIENCE)
        self.assertEqual(code, 1)
        self.assertIn("PostgreSQL", words)
        self.only_reads()
        self.server.settings["nonsense"] = "1"
        self.store_is(self.target)
        self.assertIn("nonsense", self.refused_by_control("migrate"))
        self.server.settings.pop("nonsense")
        self.store_is(self.target)
        self.assertEqual(control.run(self.server.data, "migrate"),
                         (0, "all is there\nthe server starts anew with it\n", ""))
        self.server.wait_log("upgraded: this is chinwagd")
        self.on_postgres()

    def test_a_server_that_ends_at_the_very_end(self):
        """chinwagd --migrate does what is left."""
        self.migrate_by(Lost(b"DROP TABLE IF EXISTS arrival", skip=0)).result(3 * PATIENCE)
        self.server.stop()
        self.server.process.stdout.close()
        self.server.settings["store"] = self.target
        self.assertIn("chinwagd --migrate", self.server.refusal()[2])
        del self.server.settings["store"]
        self.assertIn("are in a PostgreSQL: set `store`", self.server.refusal()[2])
        self.assertIn("all is there", self.migrate())
        self.server.start()
        self.on_postgres()

    @unittest.skipUnless(strace_works(), "strace may not trace here")
    def test_a_server_that_may_not_call_chown(self):
        """As its unit has it, where it does not run as root."""
        self.server.stop()
        options = os.environ.get("ASAN_OPTIONS", "")
        os.environ["ASAN_OPTIONS"] = options + ":detect_leaks=0"
        self.addCleanup(os.environ.__setitem__, "ASAN_OPTIONS", options)
        self.server.wrap = ["strace", "-D", "-f", "-qq", "-o", "/dev/null",
                            "-e", "trace=?chown,fchown,fchownat,geteuid",
                            "-e", "inject=?chown,fchown,fchownat:error=EPERM",
                            "-e", "inject=geteuid:retval=1000"]
        self.server.start()
        self.store_is(self.target)
        code, _, words = control.run(self.server.data, "migrate")
        self.assertEqual((code, words), (0, ""))

    def test_no_upgrade_to_a_database_that_has_not_moved(self):
        """`store` is set, and the package is upgraded before it has been used."""
        self.store_is(self.target)
        self.server.process.send_signal(signal.SIGUSR2)
        self.server.wait_log("no upgrade: ")
        self.assertIn("move it by chinwagctl migrate", self.server.log())
        self.do(self.alice, "whisper", "bob", "this is stored")

    def test_a_server_that_is_started_again_writes_and_begins_anew(self):
        for end in (signal.SIGKILL, signal.SIGTERM):
            relay, command = self.migrate_until(b"at = 'messages'")
            self.server.process.send_signal(end)
            self.server.process.wait(PATIENCE)
            code, _, words = command.result(3 * PATIENCE)
            self.assertNotEqual(code, 0)
            if end == signal.SIGTERM:
                self.assertIn("Start the server without `store`, and it is as before", words)
            relay.goes_on.set()
            del self.server.settings["store"]
            self.server.start()
            self.alice.wait_connected()
            self.alice = self.extended("alice")
            self.do(self.alice, "whisper", "bob", "since then")
        self.store_is(self.target)
        code, out, words = control.run(self.server.data, "migrate")
        self.assertEqual((code, words), (0, ""))
        self.assertIn("it begins anew", out)
        self.server.wait_log("upgraded: this is chinwagd")
        self.bob = self.extended("bob")
        self.on_postgres()

    def test_what_cannot_begin_leaves_the_server_as_it_is(self):
        self.assertIn("Set `store` in chinwag.conf", self.refused_by_control("migrate"))
        self.store_is(url("nobody"))
        self.assertIn('database "nobody" does not exist', self.refused_by_control("migrate"))
        other = self.other(store=self.target).start()
        self.store_is(self.target)
        self.assertIn("Another server uses the database", self.refused_by_control("migrate"))
        self.assertIn("in a PostgreSQL already", self.refused_by_control("migrate", server=other))
        Peer(other).register("carol").close()
        other.stop()
        self.assertIn("it has a community already", self.refused_by_control("migrate"))
        self.server.settings["nonsense"] = "1"
        self.server.write_config()
        self.assertIn("nonsense", self.refused_by_control("migrate"))
        self.do(self.alice, "whisper", "bob", "this is stored")


if __name__ == "__main__":
    main()
