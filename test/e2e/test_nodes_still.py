"""Of several chinwagd on one PostgreSQL one stands still, or somebody holds what all wait for. Run by
tools/with_postgres."""

import os
import signal
import subprocess
import threading

import control
from harness import PATIENCE, main
from test_nodes import Holding, WithNodes
from test_postgres import BIN, UNAVAILABLE, Relay, ask, url


class Stalling(Relay):
    """Holds a connection in the middle of a statement with these words, until `open` is set; with
    `whole` before what it has sent together with them."""

    def __init__(self, words, whole=False):
        self.words, self.whole = words, whole
        self.stalled, self.open = threading.Event(), threading.Event()
        super().__init__()

    def pass_on(self, to, data):
        if self.words in data and not self.stalled.is_set():
            first = 0 if self.whole else data.index(self.words)
            to.sendall(data[:first])
            self.stalled.set()
            self.open.wait()
            data = data[first:]
        to.sendall(data)

    def close(self):
        self.open.set()
        super().close()


class Still(WithNodes):
    def test_who_stood_still_writes_nothing_later(self):
        """Another server has its number meanwhile."""
        second = self.node(2).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        self.group(alice, bob)
        self.assertEqual(self.flood(bob, ["before"]), [0])
        second.process.send_signal(signal.SIGSTOP)
        self.addCleanup(second.process.send_signal, signal.SIGCONT)
        for i in range(20):
            bob.send("request", "msg_group", "bob", bob.token, "g", f"late {i}")
        self.assertEqual(self.flood(alice, ["meanwhile"]), [0])
        successor = self.node(2)
        self.wait_for("SELECT lease < clock_timestamp() FROM chinwag.node_leases WHERE id = 2")
        successor.start()
        second.process.send_signal(signal.SIGCONT)
        self.assertGreater(second.process.wait(PATIENCE), 0)
        second.wait_log("Another server has taken over the database")
        self.at(successor, "carol").ask("whisper", "bob", "after")
        self.assertEqual(self.count("convert_from(body, 'UTF8') LIKE 'late%'"), 0)
        self.assertEqual(self.dense(), 3)

    def test_who_commits_is_not_ended(self):
        """Its lease is over, but it has the row that a commit has, and may wait for a standby at any
        moment. (A person's connection plays the server that had the number.)"""
        second = self.node(2).start()
        self.assertEqual(second.stop(), 0)
        as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        holder = subprocess.Popen([*as_user, os.path.join(BIN, "psql"), "-q", url(self.database)],
                                  cwd="/", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.kill)  # it sleeps when the test fails
        self.addCleanup(holder.stdin.close)
        sleeping = (f"datname = '{self.database}' AND query LIKE '%commits now%' AND pid <>"
                    " pg_backend_pid()")
        holder.stdin.write(b"SELECT pg_advisory_lock(4851283918 + 1000 + 2); BEGIN; UPDATE chinwag.nodes"
                           b" SET last_batch = last_batch WHERE id = 2;\n"
                           b"SELECT pg_sleep(600) AS \"commits now\";\n")
        holder.stdin.flush()
        self.wait_for(f"SELECT count(*) = 1 FROM pg_stat_activity WHERE {sleeping}")
        status, _, log = second.refusal()
        self.assertGreater(status, 0, log)
        self.assertIn("A batch of node 2 waits for a standby", log)
        # It has the row no more.
        self.wait_for(f"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {sleeping}")
        holder.stdin.write(b"ROLLBACK;\n")
        holder.stdin.flush()
        second.start()
        self.at(second, "carol").ask("whisper", "bob", "after")
        self.assertEqual(self.dense(), 1)

    def test_who_stands_still_in_a_transaction_stops_the_others_for_seconds(self):
        """It has the lock that all wait for, and is stopped: PostgreSQL undoes its transaction."""
        relay = Stalling(b"undone", whole=True)
        self.addCleanup(relay.close)
        second = self.node(2, store=url(self.database, folder=relay.folder)).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        # What the rules ask for the first time would come between BEGIN and the text.
        self.assertEqual(self.do(bob, "whisper", "alice", "before"), 0)
        bob.send("request", "whisper", "bob", bob.token, "alice", "undone")
        self.assertTrue(relay.stalled.wait(PATIENCE))
        second.process.send_signal(signal.SIGSTOP)
        self.addCleanup(second.process.send_signal, signal.SIGCONT)
        self.assertEqual(self.do(alice, "whisper", "bob", "waited"), 0)
        self.assertEqual(self.count(), 2)
        relay.open.set()
        second.process.send_signal(signal.SIGCONT)
        while (answer := bob.recv())[0] != "response":
            pass
        self.assertEqual(answer[2], UNAVAILABLE)
        self.assertEqual(self.do(bob, "whisper", "alice", "again"), 0)
        self.assertEqual(self.dense(), 3)

    def test_who_stands_still_in_a_statement_stops_the_others_for_seconds(self):
        """PostgreSQL waits for the rest of it without a bound; the others end that."""
        relay = Stalling(b"half of it")
        self.addCleanup(relay.close)
        second = self.node(2, store=url(self.database, folder=relay.folder)).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        bob.send("request", "whisper", "bob", bob.token, "alice", "half of it")
        self.assertTrue(relay.stalled.wait(PATIENCE))
        alice.ask("whisper", "bob", "goes on")
        self.assertEqual(self.count(), 1)
        relay.open.set()
        while (answer := bob.recv())[0] != "response":
            pass
        self.assertEqual(answer[2], UNAVAILABLE)
        self.assertEqual(self.do(bob, "whisper", "alice", "again"), 0)
        self.assertEqual(self.dense(), 2)

    def test_what_waits_for_a_lock_is_refused_after_a_while(self):
        """Of somebody who is no server, whom nobody ends."""
        alice, bob = self.at(self.server, "alice"), self.at(self.server, "bob")
        as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        holder = subprocess.Popen([*as_user, os.path.join(BIN, "psql"), "-q", url(self.database)],
                                  cwd="/", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.stdin.close)
        holder.stdin.write(b"BEGIN; SELECT 1 FROM chinwag.log FOR UPDATE;\n")
        holder.stdin.flush()
        self.wait_for("SELECT count(*) >= 1 FROM pg_locks WHERE mode = 'RowShareLock' AND relation ="
                      " 'chinwag.log'::regclass AND granted")
        files = os.listdir(os.path.join(self.server.data, "blobs"))
        for peer in alice, bob, alice:
            peer.ask("whisper", "bob", "refused", code=UNAVAILABLE)
        alice.send("request", "whisper", "alice", alice.token, "bob", "under way")
        bob.ask("voice_msg", "alice", 1, 8000, [1000, -1000] * 30000, code=UNAVAILABLE)
        while alice.recv()[:1] != ["response"]:
            pass
        self.assertEqual(os.listdir(os.path.join(self.server.data, "blobs")), files)
        holder.stdin.write(b"ROLLBACK;\n")
        holder.stdin.flush()
        while control.ask(self.server, "status")[0]["store_waits_s"] != 0:
            pass  # nobody need write anything for it
        alice.ask("whisper", "bob", "accepted")
        self.assertEqual(self.dense(), 1)
        self.assertEqual(self.server.stop(), 0)


class Away(WithNodes):
    """One server is cut off from PostgreSQL for too long."""

    def test_who_missed_a_new_era_ends(self):
        """Its clients would be told of eras that others do not know."""
        relay = Holding()
        self.addCleanup(relay.close)
        second = self.node(2, store=url(self.database, folder=relay.folder)).start()
        relay.open.clear()
        self.server.stop()
        ask(self.database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                           f" '{self.database}' AND pid <> pg_backend_pid();"
                           " UPDATE chinwag.node_leases SET lease = '-infinity'")
        self.server.start()
        relay.open.set()
        self.assertGreater(second.process.wait(8 * PATIENCE), 0)
        second.wait_log("another one has begun a new era")
        second.start()

    def test_who_missed_news_ends(self):
        """They are not kept for ever."""
        relay = Holding()
        self.addCleanup(relay.close)
        second = self.node(2, store=url(self.database, folder=relay.folder)).start()
        alice = self.extended(self.server, "alice")
        self.assertEqual(self.do(alice, "block", "bob"), 0)
        self.wait_for("SELECT count(*) = 1 FROM chinwag.news")
        self.at(second, "bob")  # it has looked
        relay.open.clear()
        self.assertEqual(self.do(alice, "unblock", "bob"), 0)
        ask(self.database, "DELETE FROM chinwag.news")
        relay.open.set()
        self.assertGreater(second.process.wait(8 * PATIENCE), 0)
        second.wait_log("has not heard of what the others on its database have done for too long")
        self.at(second.start(), "bob")


if __name__ == "__main__":
    main()
