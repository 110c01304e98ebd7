"""A PostgreSQL with a streaming standby: the primary is killed and the standby promoted, the standby
stands still, or lags behind. Run by tools/with_postgres."""

import os
import re
import signal
import threading
import time
import unittest

import control
from harness import PATIENCE, Peer, main
from standby import SILENCE, Pair
from test_postgres import UNAVAILABLE, ask
from watched import Watched

PEOPLE = "alice", "bob", "carol"


class WithPair(unittest.TestCase):
    synchronous = True

    def setUp(self):
        self.pair = Pair()
        self.database = "d" + self.id().rsplit(".", 1)[1][:50]
        self.pair.first.ask(f"CREATE DATABASE {self.database}")
        self.pair.begin(self.synchronous)
        self.addCleanup(self.pair.end)
        self.server = self.node(1)
        self.server.start()
        newcomer = Peer(self.server)
        for name in PEOPLE:
            newcomer.register(name)
        newcomer.close()

    def node(self, number):
        server = Watched(store=self.pair.url(self.database), node=number)
        self.addCleanup(server.__exit__, None)
        if number != 1:
            os.mkdir(server.data, 0o700)
            os.symlink(os.path.join(self.server.data, "blobs"), os.path.join(server.data, "blobs"))
        return server

    def peer(self, server, name):
        peer = Peer(server)
        self.addCleanup(peer.close)
        return peer.login_extended(name)

    def say(self, peer, to, text):
        peer.send("request", "whisper", peer.name, peer.token, to, text)
        return self.answer(peer)

    def answer(self, peer):
        while (message := peer.recv())[0] != "response":
            pass
        return message[2]

    def say_until(self, peer, to, text):
        """Again until it is accepted."""
        deadline = time.monotonic() + SILENCE
        while (code := self.say(peer, to, text)) != 0:
            self.assertEqual(code, UNAVAILABLE)
            self.assertLess(time.monotonic(), deadline)


class Writer(threading.Thread):
    """Whispers to another person as fast as the answers come, and keeps account."""

    def __init__(self, peer, to):
        super().__init__()
        self.peer, self.to = peer, to
        self.accepted, self.refused = [], []
        self.failure = None
        self.ending = threading.Event()

    def run(self):
        try:
            for i in range(1 << 30):
                if self.ending.is_set():
                    return
                self.say(f"{self.peer.name}{i}")
        except BaseException as error:
            self.failure = error

    def say(self, text):
        self.peer.send("request", "whisper", self.peer.name, self.peer.token, self.to, text)
        while (message := self.peer.recv())[0] != "response":
            pass
        assert message[2] in (0, UNAVAILABLE), message
        (self.accepted if message[2] == 0 else self.refused).append(text)

    def wait_for(self, count):
        """Until so many more were accepted."""
        count += len(self.accepted)
        deadline = time.monotonic() + SILENCE
        while len(self.accepted) < count:
            assert self.failure is None, self.failure
            assert time.monotonic() < deadline, f"{len(self.accepted)} of {count}"
            time.sleep(0.01)


class Promoted(WithPair):
    def test_what_was_acknowledged_is_at_the_standby(self):
        """Two nodes write while the primary is killed; the nodes go on at the other host."""
        second = self.node(2).start()
        nodes = self.server, second
        writers = [Writer(self.peer(node, name), "carol") for node, name in zip(nodes, PEOPLE)]
        readers = [self.peer(node, "carol") for node in nodes]
        for writer in writers:
            writer.start()
            self.addCleanup(writer.join)
            self.addCleanup(writer.ending.set)
        for writer in writers:
            writer.wait_for(100)
        self.pair.fail_over()
        for writer in writers:
            writer.wait_for(100)
        for writer in writers:
            writer.ending.set()
        for writer in writers:
            writer.join()
            self.assertIsNone(writer.failure)
        stored = self.pair.standby.ask(
            "SELECT convert_from(body, 'UTF8') FROM chinwag.messages ORDER BY id",
            self.database).split()
        accepted = {text for writer in writers for text in writer.accepted}
        self.assertEqual(len(set(stored)), len(stored), "something is there twice")
        self.assertEqual(accepted - set(stored), set(), "something is lost")
        self.assertEqual(set(stored) - accepted, set(), "what was refused is there")
        for reader in readers:  # nobody has read what is not there, or in another order
            self.assertEqual([self.read(reader) for _ in stored], stored)
        ids = self.pair.standby.ask("SELECT max(id), max(seq) >= 200 FROM chinwag.messages",
                                    self.database)
        self.assertEqual(ids, f"{len(stored)}|t")
        for node in nodes:
            self.assertEqual(node.stop(), 0, node.log())

    def read(self, reader):
        while (message := reader.recv())[:2] != ["update", "whisper"]:
            pass
        return message[3]


class Still(WithPair):
    def test_a_standby_that_stands_still_shows(self):
        """What waits for it is answered when it is back; what came behind is refused meanwhile."""
        alice, bob = self.peer(self.server, "alice"), self.peer(self.server, "bob")
        self.say_until(alice, "carol", "before")
        self.assertEqual(self.waits(), 0)
        self.pair.standby.signal(signal.SIGSTOP)
        self.addCleanup(self.go_on)
        alice.send("request", "whisper", "alice", alice.token, "carol", "waits")
        self.pair.first.wait_for("SELECT count(*) >= 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                                 f" AND datname = '{self.database}'")
        self.assertEqual(self.say(bob, "carol", "refused"), UNAVAILABLE)
        self.server.wait_metrics(lambda metrics: metrics["chinwag_store_waits_seconds", None] >= 5)
        self.assertGreaterEqual(control.ask(self.server, "status")[0]["store_waits_s"], 5)
        self.assertEqual(self.say(bob, "carol", "refused"), UNAVAILABLE)
        self.server.wait_log("The store has waited for PostgreSQL for")
        self.go_on()
        self.assertEqual(self.answer(alice), 0)
        self.say_until(bob, "carol", "after")
        self.server.wait_metrics(lambda metrics: metrics["chinwag_store_waits_seconds", None] == 0)
        self.assertEqual(ask(self.database, "SELECT convert_from(body, 'UTF8') FROM chinwag.messages"
                                            " ORDER BY id").split(), ["before", "waits", "after"])
        self.assertEqual(self.server.stop(), 0)

    def test_other_servers_refuse_behind_it(self):
        """Its transaction has the lock that they wait for."""
        second = self.node(2).start()
        alice, bob = self.peer(self.server, "alice"), self.peer(second, "bob")
        self.pair.standby.signal(signal.SIGSTOP)
        self.addCleanup(self.go_on)
        alice.send("request", "whisper", "alice", alice.token, "carol", "waits")
        self.pair.first.wait_for("SELECT count(*) >= 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                                 f" AND datname = '{self.database}'")
        self.assertEqual(self.say(bob, "carol", "refused"), UNAVAILABLE)
        second.wait_metrics(lambda metrics: metrics["chinwag_store_waits_seconds", None] >= 5)
        self.go_on()
        self.assertEqual(self.answer(alice), 0)
        self.say_until(bob, "carol", "after")
        self.assertEqual(ask(self.database, "SELECT count(*) FROM chinwag.messages"), "2")

    def test_leases_are_renewed_meanwhile(self):
        """A batch that waits has the server's row of `nodes`, but not its lease."""
        alice = self.peer(self.server, "alice")
        self.say_until(alice, "carol", "before")
        self.stop_in_a_commit(alice)
        lease = ask(self.database, "SELECT lease FROM chinwag.node_leases WHERE id = 1")
        self.pair.first.wait_for(f"SELECT clock_timestamp() > '{lease}'")
        self.assertEqual(self.pair.first.ask("SELECT lease > clock_timestamp() FROM chinwag.node_leases"
                                             " WHERE id = 1", self.database), "t")
        self.go_on()
        self.assertEqual(self.answer(alice), 0)

    def test_what_waits_is_seen_by_nobody_when_its_server_is_killed(self):
        """Who ended its connection in PostgreSQL would end the wait, and others would see it."""
        second = self.node(2).start()
        alice = self.peer(self.server, "alice")
        self.say_until(self.peer(second, "bob"), "carol", "before")
        self.stop_in_a_commit(alice)
        self.server.kill()
        lease = ask(self.database, "SELECT lease FROM chinwag.node_leases WHERE id = 1")
        self.pair.first.wait_for(f"SELECT clock_timestamp() > '{lease}'")
        status, _, log = self.server.refusal()
        self.assertGreater(status, 0)
        self.assertIn("A batch of node 1 waits for a standby", log)
        self.assertEqual(ask(self.database, "SELECT count(*) FROM chinwag.messages"), "1")
        self.go_on()
        self.pair.first.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        self.server.start()
        self.say_until(self.peer(self.server, "alice"), "carol", "after")
        self.assertEqual(ask(self.database, "SELECT convert_from(body, 'UTF8') FROM chinwag.messages"
                                            " ORDER BY id").split(), ["before", "waits", "after"])

    def test_what_is_set_later_does_not_weaken_it(self):
        """Code 0 is told of what the standby has, whatever becomes of postgresql.conf."""
        self.pair.first.ask("ALTER SYSTEM SET synchronous_commit = off")
        self.addCleanup(self.pair.first.ask, "SELECT pg_reload_conf()")
        self.addCleanup(self.pair.first.ask, "ALTER SYSTEM RESET synchronous_commit")
        self.pair.first.ask("SELECT pg_reload_conf()")
        self.pair.first.wait_for("SELECT setting = 'off' FROM pg_settings WHERE name ="
                                 " 'synchronous_commit'")
        self.waits_for_the_standby(self.server)

    def test_a_commit_that_waits_for_no_standby_is_not_taken_from_the_database(self):
        self.pair.first.ask(f"ALTER DATABASE {self.database} SET synchronous_commit = local")
        self.waits_for_the_standby(self.node(2).start())

    def waits_for_the_standby(self, server):
        alice = self.peer(server, "alice")
        self.say_until(alice, "carol", "before")
        self.stop_in_a_commit(alice)
        self.go_on()
        self.assertEqual(self.answer(alice), 0)

    def stop_in_a_commit(self, peer):
        self.pair.standby.signal(signal.SIGSTOP)
        self.addCleanup(self.go_on)
        peer.send("request", "whisper", peer.name, peer.token, "carol", "waits")
        self.pair.first.wait_for("SELECT count(*) >= 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                                 f" AND datname = '{self.database}'")

    def waits(self):
        return self.server.metrics()["chinwag_store_waits_seconds", None]

    def go_on(self):
        self.pair.standby.signal(signal.SIGCONT)


class Lagging(WithPair):
    """A standby that nobody waits for: what it has not got is lost, and the nodes say so."""

    synchronous = False

    def test_a_lost_batch_is_told(self):
        alice = self.peer(self.server, "alice")
        self.lose(lambda: self.say_until(alice, "bob", "lost"))
        self.assertGreater(self.server.process.wait(SILENCE), 0)
        self.server.wait_log("PostgreSQL has lost what it had committed")
        self.server.start()
        self.say_until(self.peer(self.server, "alice"), "bob", "anew")

    def test_what_another_has_written_is_told(self):
        """This node wrote nothing of what is lost, but it has told of it."""
        second = self.node(2).start()
        alice, bob = self.peer(self.server, "alice"), self.peer(second, "bob")

        def write():
            self.say_until(alice, "bob", "lost")
            while "lost" not in bob.recv():
                pass
        self.lose(write)
        for node in self.server, second:
            self.assertGreater(node.process.wait(SILENCE), 0)
            node.wait_log("PostgreSQL has lost what it had committed")

    def test_what_is_numbered_anew_is_told(self):
        """Nothing is missing when this node looks again, but it has told of something else."""
        second = self.node(2).start()
        alice, bob = self.peer(second, "alice"), self.peer(self.server, "bob")
        self.addCleanup(self.server.process.send_signal, signal.SIGCONT)

        def write():
            self.say_until(alice, "bob", "lost")
            while "lost" not in bob.recv():
                pass
            self.server.process.send_signal(signal.SIGSTOP)
        self.lose(write)
        self.assertGreater(second.process.wait(SILENCE), 0)
        alice = self.peer(second.start(), "alice")
        for text in "anew", "more":
            self.say_until(alice, "bob", text)
        self.server.process.send_signal(signal.SIGCONT)
        self.assertGreater(self.server.process.wait(SILENCE), 0)
        self.server.wait_log("PostgreSQL has lost what it had committed")

    def lose(self, write):
        self.say_until(self.peer(self.server, "carol"), "bob", "kept")
        self.pair.first.wait_for("SELECT bool_and(flush_lsn = pg_current_wal_flush_lsn()) FROM"
                                 " pg_stat_replication")
        receivers = [pid for pid in self.pair.standby.processes() if "walreceiver" in title(pid)]
        self.assertEqual(len(receivers), 1)
        os.kill(receivers[0], signal.SIGSTOP)
        write()
        self.pair.first.kill()
        os.kill(receivers[0], signal.SIGKILL)  # PostgreSQL starts anew without what it had not written
        self.pair.standby.wait_for("SELECT pg_is_in_recovery()")
        self.pair.standby.promote()


def title(pid):
    with open(f"/proc/{pid}/cmdline") as file:
        return re.sub(r"\0+", " ", file.read())


if __name__ == "__main__":
    main()
