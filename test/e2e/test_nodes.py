"""Several chinwagd on one PostgreSQL. Run by tools/with_postgres, which starts the PostgreSQL.

The reader at the end sees 10,000 commits, or as many as COMMITS says."""

import os
import shutil
import threading
import time
from functools import partial

from harness import PATIENCE, Peer, at_once, main
from test_postgres import Relay, WithDatabase, ask, url

COMMITS = int(os.environ.get("COMMITS", "10000"))
BELLS = "application_name = 'chinwagd bell'"


class Deaf(Relay):
    """A server behind it hears no bell: nobody listens for it."""

    def loses_all(self, data):
        return b"LISTEN" in data


class Holding(Relay):
    """Nothing passes to PostgreSQL while `open` is not set."""

    def __init__(self):
        self.open = threading.Event()
        self.open.set()
        super().__init__()

    def loses_all(self, data):
        self.open.wait()
        return False

    def close(self):
        self.open.set()
        super().close()


class WithNodes(WithDatabase):
    """`self.server` is the first node; the others have folders of their own with its files."""

    people = "alice", "bob", "carol", "mallory"

    def setUp(self):
        super().setUp()
        self.server.start()
        newcomer = Peer(self.server)
        for name in self.people:
            newcomer.register(name)
        newcomer.close()

    def node(self, number, **settings):
        server = self.other(**{"store": url(self.database), "node": number, **settings})
        os.mkdir(server.data, 0o700)
        os.symlink(os.path.join(self.server.data, "blobs"), os.path.join(server.data, "blobs"))
        return server

    def peer_of(self, server):
        peer = Peer(server)
        self.addCleanup(peer.close)
        return peer

    def at(self, server, name):
        return self.peer_of(server).login(name)

    def extended(self, server, name, *features):
        return self.peer_of(server).login_extended(name, features=features)

    def do(self, peer, action, *arguments):
        """Asks, passes over what else comes, and returns the code."""
        peer.send("request", action, peer.name, peer.token, *arguments)
        while (message := peer.recv())[:2] != ["response", action]:
            pass
        return message[2]

    def group(self, *peers):
        self.assertEqual(self.do(peers[0], "create_group", "g"), 0)
        for peer in peers[1:]:
            self.assertEqual(self.do(peer, "join_group", "g"), 0)

    def flood(self, peer, texts):
        """All of them at once, into the group; then their answers are waited for."""
        for text in texts:
            peer.send("request", "msg_group", peer.name, peer.token, "g", text)
        return self.read(peer, answers=len(texts))[1]

    def read(self, peer, texts=0, answers=0):
        """Until so many have come: texts of others in the group, and codes of answers."""
        heard, codes = [], []
        while len(heard) < texts or len(codes) < answers:
            message = peer.recv()
            if message[:2] == ["update", "msg_group"]:
                heard.append(message[4])
            elif message[:2] == ["response", "msg_group"]:
                codes.append(message[2])
        return heard, codes

    def update(self, peer, action):
        """The next update of this kind."""
        while (message := peer.recv())[:2] != ["update", action]:
            pass
        return message

    def state_of(self, peer, name, *asked):
        """What the list of contacts says, or another one of people."""
        action, *arguments = asked or ["contacts"]
        peer.send("request", action, peer.name, peer.token, *arguments)
        while (answer := peer.recv())[:2] != ["response", action]:
            pass
        return {entry["name"]: entry["state"] for entry in answer[-1]["list"]}[name]

    def wait_state(self, peer, name, state, *asked):
        deadline = time.monotonic() + 4 * PATIENCE
        while self.state_of(peer, name, *asked) != state:
            self.assertLess(time.monotonic(), deadline, f"{name} is not {state}")
            time.sleep(0.05)

    def wait_for(self, sql):
        deadline = time.monotonic() + 4 * PATIENCE
        while ask(self.database, sql) != "t":
            self.assertLess(time.monotonic(), deadline, sql)

    def dense(self):
        """All ids and numbers are there once; how many."""
        count, ids, holes = ask(
            self.database,
            "SELECT count(*), coalesce(max(id), 0), (SELECT count(*) FROM (SELECT max(seq) AS last,"
            " count(DISTINCT seq) AS n FROM chinwag.messages GROUP BY CASE WHEN mailbox & 1 = 1 THEN"
            " mailbox ELSE least(mailbox >> 1, sender_id) << 32 | greatest(mailbox >> 1, sender_id) END)"
            " AS each WHERE last <> n) FROM chinwag.messages").split("|")
        self.assertEqual((count, holes), (ids, "0"))
        return int(count)


class Talking(WithNodes):
    def test_what_is_said_at_one_is_heard_at_the_other(self):
        second = self.node(2).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        alice.ask("whisper", "bob", "one")
        bob.expect("update", "whisper", "alice", "one")
        bob.ask("whisper", "alice", "two")
        alice.expect("update", "whisper", "bob", "two")
        self.assertEqual(self.dense(), 2)
        self.assertEqual(second.stop(), 0)
        self.assertEqual(self.server.stop(), 0)

    def test_everybody_reads_in_the_same_order(self):
        second = self.node(2).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        readers = self.at(self.server, "carol"), self.at(second, "mallory")
        self.group(alice, bob, *readers)
        said = {peer: [f"{peer.name} {i}" for i in range(100)] for peer in (alice, bob)}
        at_once(*(partial(self.flood, peer, texts) for peer, texts in said.items()))
        heard = [self.read(reader, texts=200)[0] for reader in readers]
        self.assertEqual(heard[0], heard[1])
        for peer, texts in said.items():
            self.assertEqual([text for text in heard[0] if text.startswith(peer.name)], texts)
        self.assertEqual(self.dense(), 200)

    def test_edits_reactions_and_markers_cross(self):
        second = self.node(2).start()
        features = "edits", "reactions", "read"
        alice = self.extended(self.server, "alice", *features)
        bob = self.extended(second, "bob", *features)
        alice.send("request", "whisper", "alice", alice.token, "bob", "one")
        self.assertEqual(self.update(bob, "whisper")[3], "one")
        bob.send("request", "mark_read", "bob", bob.token, "alice", 1)
        self.assertEqual(self.update(alice, "mark_read")[2:5], ["bob", "alice", 1])
        bob.send("request", "react", "bob", bob.token, "alice", 1, "\N{THUMBS UP SIGN}")
        self.assertEqual(self.update(alice, "react")[2:5], ["bob", "alice", 1])
        alice.send("request", "edit", "alice", alice.token, "bob", 1, "two")
        self.assertIn("two", self.update(bob, "edit"))

    def test_who_asks_whether_it_has_committed_hears_it_once(self):
        """What it has told the others is not theirs, whatever became of the connection."""
        relay = Relay()
        self.addCleanup(relay.close)
        second = self.node(2, store=url(self.database, folder=relay.folder)).start()
        alice, bob = (self.extended(second, name, "reactions") for name in ("alice", "bob"))
        self.assertEqual(self.do(alice, "whisper", "bob", "one"), 0)
        self.update(bob, "whisper")
        relay.loses = "answer"
        self.assertEqual(self.do(bob, "react", "alice", 1, "\N{THUMBS UP SIGN}"), 0)
        self.assertIsNone(relay.loses)
        self.update(alice, "react")
        self.assertEqual(self.do(bob, "whisper", "alice", "two"), 0)
        self.assertEqual(alice.recv()[:2], ["update", "whisper"])

    def test_topics_and_pins_cross(self):
        second = self.node(2).start()
        alice = self.extended(self.server, "alice", "groups")
        bob = self.extended(second, "bob", "groups")
        self.group(alice, bob)
        self.assertEqual(self.do(alice, "set_topic", "g", "soup"), 0)
        self.assertEqual(self.update(bob, "group_event")[2:5], ["g", "alice", "topic"])
        self.flood(alice, ["one"])
        self.assertEqual(self.do(alice, "pin", "g", 1), 0)
        self.assertIn("pinned", self.update(bob, "group_event"))

    def test_recordings_are_in_the_shared_folder(self):
        second = self.node(2).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        samples = [1000, -1000] * 30000
        alice.ask("voice_msg", "bob", 1, 8000, samples)
        self.assertEqual(bob.recv()[:2], ["update", "voice_msg"])
        files = set(os.listdir(os.path.join(second.data, "blobs")))
        self.assertEqual(len(files - {"community", "node.1", "node.2"}), 1)

    def test_devices_at_several_nodes(self):
        second = self.node(2).start()
        alice = self.at(self.server, "alice")
        here, there = self.at(self.server, "bob"), self.at(second, "bob")
        alice.ask("whisper", "bob", "both")
        for device in here, there:
            device.expect("update", "whisper", "alice", "both")

    def test_a_session_moves(self):
        second = self.node(2).start()
        bob = self.extended(self.server, "bob")
        moved = self.peer_of(second)
        moved.send("request", "attach", "bob", bob.token, {"features": []})
        self.assertEqual(moved.recv()[:4], ["response", "attach", 0, "bob"])
        self.assertEqual(self.update(bob, "session_moved")[2], "bob")
        self.at(self.server, "alice").ask("whisper", "bob", "there")
        self.assertEqual(self.update(moved, "whisper")[3], "there")

    def test_a_late_save_of_the_first_sets_nothing_back(self):
        relay = Holding()
        self.addCleanup(relay.close)
        second = self.node(2, store=url(self.database, folder=relay.folder)).start()
        alice, carol = self.at(self.server, "alice"), self.at(second, "carol")
        bob = self.extended(second, "bob", "received", "edits")
        alice.ask("whisper", "bob", "one")
        self.update(bob, "whisper")
        relay.open.clear()
        bob.send("request", "received", "bob", bob.token, 1)
        moved = self.peer_of(self.server)
        moved.send("request", "attach", "bob", bob.token, {"features": ["received", "reactions"]})
        self.assertEqual(moved.recv()[:3], ["response", "attach", 0])
        alice.ask("whisper", "bob", "two")
        while self.update(moved, "whisper")[3] != "two":
            pass
        moved.name, moved.token = "bob", bob.token
        self.assertEqual(self.do(moved, "received", 2), 0)
        saved = "SELECT cursor, features FROM chinwag.sessions WHERE extended = 1"
        before = ask(self.database, saved)
        self.assertEqual(before.split("|")[0], "2")
        relay.open.set()
        while self.do(carol, "whisper", "alice", "behind it") != 0:
            pass
        self.assertEqual(ask(self.database, saved), before)

    def test_a_retry_at_the_other_is_not_stored_again(self):
        second = self.node(2).start()
        alice = self.extended(self.server, "alice")
        alice.send("request", "whisper", "alice", alice.token, "bob", "once", {"n": 1})
        answer = alice.recv()  # which shall have been lost
        moved = self.peer_of(second)
        moved.send("request", "attach", "alice", alice.token, {"features": []})
        moved.recv()
        moved.send("request", "whisper", "alice", alice.token, "bob", "once", {"n": 1})
        again = moved.recv()
        self.assertEqual(again[:3], ["response", "whisper", 0])
        for key in "id", "seq":
            self.assertEqual(again[-1][key], answer[-1][key])
        self.assertEqual(self.dense(), 1)


class Revoking(WithNodes):
    """What one node takes away holds at the others before they deliver anything later: also when no
    bell rings."""

    def setUp(self):
        super().setUp()
        self.relay = Deaf()
        self.addCleanup(self.relay.close)
        self.second = self.node(2, store=url(self.database, folder=self.relay.folder)).start()
        self.alice = self.extended(self.server, "alice")
        self.bob = self.at(self.second, "bob")
        self.mallory = self.at(self.second, "mallory")
        self.group(self.alice, self.bob, self.mallory)

    def nothing_came(self, peer):
        """The answer to this comes behind all that was delivered before."""
        peer.send("request", "nonsense")
        while (message := peer.recv())[0] != "response":
            self.assertNotEqual(message[1], "msg_group", message)

    def test_none_of_a_thousand_reaches_the_kicked(self):
        self.flood(self.alice, ["before"])
        self.read(self.mallory, texts=1)
        self.assertEqual(self.do(self.alice, "kick", "g", "mallory"), 0)
        for i in range(10):
            self.flood(self.alice, [f"{i} {j}" for j in range(100)])
        self.read(self.bob, texts=1001)
        self.nothing_came(self.mallory)

    def test_nor_while_both_write(self):
        """Bob at the second node makes it deliver while the first one kicks."""
        def kick():
            self.flood(self.alice, [f"alice {i}" for i in range(50)])
            self.assertEqual(self.do(self.alice, "kick", "g", "mallory"), 0)
            self.flood(self.alice, [f"after {i}" for i in range(100)])

        at_once(kick, lambda: self.flood(self.bob, [f"bob {i}" for i in range(200)]))
        texts = []
        self.mallory.send("request", "nonsense")
        while (message := self.mallory.recv())[0] != "response":
            texts.append(message[-1])
        self.assertEqual([text for text in texts if str(text).startswith("after")], [])
        self.assertEqual(self.dense(), 350)

    def test_who_was_kicked_does_not_write(self):
        self.assertEqual(self.do(self.alice, "kick", "g", "mallory"), 0)
        self.assertNotEqual(self.do(self.mallory, "msg_group", "g", "still here?"), 0)
        self.assertEqual(self.dense(), 0)

    def test_a_block_holds_at_once(self):
        self.assertEqual(self.do(self.mallory, "whisper", "alice", "hello"), 0)
        self.assertEqual(self.do(self.alice, "block", "mallory"), 0)
        self.assertNotEqual(self.do(self.mallory, "whisper", "alice", "hello?"), 0)

    def test_an_ended_session_hears_nothing(self):
        elsewhere = self.extended(self.server, "mallory")
        self.assertEqual(
            self.do(elsewhere, "change_password", "correct horse", "another horse"), 0)
        self.assertEqual(self.do(self.alice, "whisper", "mallory", "for the new one"), 0)
        self.assertEqual(self.update(elsewhere, "whisper")[3], "for the new one")
        self.mallory.wait_disconnected()

    def test_who_joins_at_one_node_hears_at_the_other(self):
        carol = self.at(self.second, "carol")
        self.assertEqual(self.do(self.at(self.server, "carol"), "join_group", "g"), 0)
        self.flood(self.alice, ["welcome"])
        self.assertEqual(self.read(carol, texts=1)[0], ["welcome"])


class Bells(WithNodes):
    def test_without_a_bell_it_is_heard_all_the_same(self):
        relay = Deaf()
        self.addCleanup(relay.close)
        second = self.node(2, store=url(self.database, folder=relay.folder)).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        for i in range(3):
            alice.ask("whisper", "bob", str(i))
            bob.expect("update", "whisper", "alice", str(i))
        self.assertEqual(
            ask(self.database, f"SELECT count(*) FROM pg_stat_activity WHERE {BELLS} AND datname ="
                               f" '{self.database}'"), "1")

    def test_a_bell_that_is_cut_comes_back(self):
        second = self.node(2).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        for i in range(3):
            ask(self.database, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {BELLS}")
            alice.ask("whisper", "bob", str(i))
            bob.expect("update", "whisper", "alice", str(i))
        self.wait_for(f"SELECT count(*) = 2 FROM pg_stat_activity WHERE {BELLS} AND datname ="
                      f" '{self.database}'")


class Dying(WithNodes):
    def test_one_is_killed_and_comes_back(self):
        second = self.node(2).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        self.group(alice, bob)
        acknowledged = 0
        for i in range(3):
            for j in range(50):
                bob.send("request", "msg_group", "bob", bob.token, "g", f"bob {i} {j}")
            acknowledged += self.flood(alice, [f"alice {i} {j}" for j in range(50)]).count(0)
            second.kill()
            acknowledged += self.flood(alice, [f"alone {i} {j}" for j in range(50)]).count(0)
            second.start()
            bob.wait_connected()
            bob = self.at(second, "bob")
        self.assertEqual(acknowledged, 300)
        self.assertGreaterEqual(self.dense(), 300)
        alice.ask("whisper", "bob", "still there?")
        while bob.recv() != ["update", "whisper", "alice", "still there?"]:
            pass


class Starting(WithNodes):
    def refused(self, server, words):
        status, _, log = server.refusal()
        self.assertGreater(status, 0, log)
        self.assertIn(words, log)

    def test_a_number_is_one_servers(self):
        self.refused(self.node(1), "as node 1")
        second = self.node(2).start()
        self.refused(self.node(2), "as node 2")
        second.kill()
        self.node(2).start()

    def test_without_the_files(self):
        self.refused(self.other(store=url(self.database), node=2), "put a link to the others' blobs")

    def test_with_a_copy_of_the_files(self):
        """Nobody would see there what is sent at the first one."""
        copy = self.node(2)
        os.unlink(os.path.join(copy.data, "blobs"))
        shutil.copytree(self.server.data, copy.data, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("control"))
        self.server.kill()
        self.server.start()
        self.refused(copy, "is not the one that server 1 uses")
        shutil.rmtree(os.path.join(copy.data, "blobs"))
        os.symlink(os.path.join(self.server.data, "blobs"), os.path.join(copy.data, "blobs"))
        copy.start()

    def test_all_belong_to_one_era(self):
        eras = ask(self.database, "SELECT count(*) FROM chinwag.eras")
        second = self.node(2).start()
        self.server.stop()
        self.server.start()
        self.assertEqual(ask(self.database, "SELECT count(*) FROM chinwag.eras"), eras)
        second.stop()
        self.server.stop()
        self.server.start()
        self.assertNotEqual(ask(self.database, "SELECT count(*) FROM chinwag.eras"), eras)

    def test_tables_are_changed_by_nobody_while_others_use_them(self):
        version = ask(self.database, "SELECT version FROM chinwag.version")
        ask(self.database, "UPDATE chinwag.version SET version = 2")  # the step behind it needs all
        self.refused(self.node(2), "stop them all first")
        ask(self.database, f"UPDATE chinwag.version SET version = {version}")
        self.node(2).start()

    def test_from_the_time_of_one_server(self):
        alice = self.at(self.server, "alice")
        alice.ask("whisper", "bob", "long ago")
        self.server.stop()
        ask(self.database,
            "SET search_path = chinwag; DROP TABLE log, news, node_leases, call_leases; DROP SEQUENCE"
            " call_epochs; ALTER TABLE nodes DROP knows, DROP process; ALTER TABLE version DROP level;"
            " DROP FUNCTION begin_batch; DROP FUNCTION end_batch; CREATE FUNCTION end_batch(bigint,"
            " bigint, bigint) RETURNS void LANGUAGE sql AS ''; UPDATE version SET version = 1")
        self.server.start()
        bob = self.at(self.node(2).start(), "bob")
        bob.expect("update", "whisper", "alice", "long ago")
        self.at(self.server, "alice").ask("whisper", "bob", "now")
        bob.expect("update", "whisper", "alice", "now")
        self.assertEqual(self.dense(), 2)


class Tailing(WithNodes):
    def test_a_reader_sees_no_holes(self):
        """Three nodes write; who reads by the id of the last message misses none."""
        servers = [self.server, self.node(2).start(), self.node(3).start()]
        peers = [self.at(server, name) for server, name in zip(servers, self.people)]
        self.group(*peers)
        written = threading.Event()

        def write(peer):
            for i in range(-(-COMMITS // len(peers))):
                self.assertEqual(self.flood(peer, [str(i)]), [0])

        def write_all():
            try:
                at_once(*(partial(write, peer) for peer in peers))
            finally:
                written.set()

        def follow():
            last, holes, ended = 0, 0, False
            while not ended:
                ended = written.is_set()  # then one more look
                ids = ask(self.database, f"SELECT id FROM chinwag.messages WHERE id > {last} ORDER BY id")
                for number in map(int, ids.split()):
                    holes += number != last + 1
                    last = number
            return last, holes

        last, holes = at_once(follow, write_all)[0]
        self.assertEqual(holes, 0)
        self.assertGreaterEqual(self.dense(), COMMITS)
        self.assertEqual(last, self.dense())


if __name__ == "__main__":
    main()
