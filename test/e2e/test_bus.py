"""Several chinwagd on one PostgreSQL with a bus: NATS, which the tests start themselves. Run by
tools/with_postgres."""

import os
import signal
import subprocess
import tempfile

from harness import PASSWORD, PATIENCE, Peer, main
from nats import PROGRAM, Nats, Stranger
from test_nodes import Holding, WithNodes
from test_postgres import ask, url
from watched import Watched

FEATURES = "presence", "typing", "read", "profiles", "groups"


class WithBus(WithNodes):
    def nats(self, *options):
        nats = Nats(*options)
        self.addCleanup(nats.close)
        return nats

    def setUp(self):
        super().setUp()
        self.bus = self.nats()
        self.server.stop()
        self.server.settings["bus"] = self.bus.url()
        self.server.start()

    def second_node(self, **settings):
        """Both hear each other."""
        second = self.node(2, **{"bus": self.bus.url(), **settings}).start()
        second.wait_log("node 1 is heard")
        self.server.wait_log("node 2 is heard")
        return second

    def peer_of(self, server):
        """May be closed earlier."""
        peer = Peer(server)
        self.addCleanup(lambda: peer.socket.closed or peer.close())
        return peer

    def friends(self, second):
        """alice at the first node, bob at the second; each is a contact of the other."""
        alice = self.extended(self.server, "alice", *FEATURES)
        bob = self.extended(second, "bob", *FEATURES)
        self.assertEqual(self.do(alice, "add_contact", "bob"), 0)
        self.assertEqual(self.do(bob, "add_contact", "alice"), 0)
        return alice, bob

    def presence(self, peer, name, state):
        """The next update of presence is this one."""
        update = self.update(peer, "presence")
        self.assertEqual(update[2:4], [name, state])

    def stop_node(self, server):
        self.assertEqual(server.stop(), 0)


class Hearing(WithBus):
    def test_presence_crosses(self):
        second = self.second_node()
        alice, bob = self.friends(second)
        self.wait_state(alice, "bob", "online")
        self.wait_state(bob, "alice", "online")
        bob.send("request", "set_presence", "bob", bob.token, "away")
        self.presence(alice, "bob", "away")
        bob.send("request", "set_presence", "bob", bob.token, "online")
        self.presence(alice, "bob", "online")
        bob.close()
        self.presence(alice, "bob", "offline")

    def test_a_device_at_another_node_is_enough(self):
        """Carol goes offline at the same time, and has no other device: bob is still there then."""
        second = self.second_node()
        alice, bob = self.friends(second)
        here = self.extended(self.server, "bob", *FEATURES)
        carol = self.extended(second, "carol")
        self.assertEqual(self.do(alice, "add_contact", "carol"), 0)
        bob.close()
        self.wait_state(alice, "carol", "online")
        carol.close()
        self.presence(alice, "carol", "offline")
        self.assertEqual(self.state_of(alice, "bob"), "online")
        here.close()
        self.presence(alice, "bob", "offline")

    def test_who_was_there_before_a_node_came(self):
        alice = self.extended(self.server, "alice", *FEATURES)
        second = self.second_node()
        bob = self.extended(second, "bob", *FEATURES)
        self.assertEqual(self.do(bob, "add_contact", "alice"), 0)
        self.wait_state(bob, "alice", "online")
        alice.close()
        self.presence(bob, "alice", "offline")

    def test_a_group_is_told(self):
        second = self.second_node()
        alice = self.extended(self.server, "alice", *FEATURES)
        bob = self.extended(second, "bob", *FEATURES)
        self.group(alice, bob)
        self.wait_state(alice, "bob", "online", "members", "g")
        bob.send("request", "set_presence", "bob", bob.token, "away")
        self.presence(alice, "bob", "away")

    def test_who_is_blocked_is_not_told(self):
        second = self.second_node()
        alice, bob = self.friends(second)
        self.assertEqual(self.do(bob, "block", "alice"), 0)
        carol = self.extended(second, "carol")
        self.assertEqual(self.do(alice, "add_contact", "carol"), 0)
        self.wait_state(alice, "carol", "online")
        self.wait_state(alice, "bob", "offline")
        bob.send("request", "set_presence", "bob", bob.token, "away")
        bob.send("update", "typing", "bob", bob.token, "alice")
        carol.send("request", "set_presence", "carol", carol.token, "away")
        self.presence(alice, "carol", "away")

    def test_typing_and_receipts_cross(self):
        second = self.second_node()
        alice, bob = self.friends(second)
        bob.send("update", "typing", "bob", bob.token, "alice")
        self.assertEqual(self.update(alice, "typing")[2:4], ["bob", "alice"])
        self.group(alice, bob)
        alice.send("update", "typing", "alice", alice.token, "#g")
        self.assertEqual(self.update(bob, "typing")[2:4], ["alice", "#g"])
        self.wait_state(bob, "alice", "online")
        alice.send("request", "whisper", "alice", alice.token, "bob", "did you get it?")
        self.assertEqual(self.update(bob, "whisper")[3], "did you get it?")
        self.assertEqual(self.update(alice, "delivered")[2], "bob")

    def test_profiles_contacts_and_settings_cross(self):
        second = self.second_node()
        alice, bob = self.friends(second)
        self.wait_state(alice, "bob", "online")
        self.assertEqual(self.do(bob, "set_profile", "status", "at lunch"), 0)
        self.assertEqual(self.update(alice, "profile")[2:5], ["bob", "status", "at lunch"])
        self.group(alice, bob)
        self.assertEqual(self.do(alice, "set_slow_mode", "g", 30), 0)
        while (event := self.update(bob, "group_event"))[4] != "slow_mode":
            pass
        self.assertEqual(event[5]["limit"], 30)
        elsewhere = self.extended(self.server, "bob", *FEATURES)
        carol = self.extended(self.server, "carol")
        self.assertEqual(self.do(elsewhere, "add_contact", "carol"), 0)
        self.wait_state(bob, "carol", "online")
        carol.send("request", "set_presence", "carol", carol.token, "away")
        self.presence(bob, "carol", "away")

    def test_a_killed_node_takes_its_presence_away(self):
        second = self.second_node()
        alice, bob = self.friends(second)
        self.wait_state(alice, "bob", "online")
        second.kill()
        self.presence(alice, "bob", "offline")
        second.start()
        bob.wait_connected()
        self.extended(second, "bob", *FEATURES)
        self.presence(alice, "bob", "online")

    def test_the_bell_wakes_and_says_nothing(self):
        """Who listens at NATS sees that something is said, and not what."""
        second = self.second_node()
        stranger = Stranger(self.bus)
        self.addCleanup(stranger.close)
        alice, bob = self.friends(second)
        alice.send("request", "whisper", "alice", alice.token, "bob", "a secret of ours")
        self.assertEqual(self.update(bob, "whisper")[3], "a secret of ours")
        heard = stranger.flush()
        self.assertNotEqual(heard, [])
        for subject, body in heard:
            self.assertTrue(subject.startswith("chinwag."), subject)
            for word in b"secret", b"alice", b"bob":
                self.assertNotIn(word, body)
        self.assertEqual(self.dense(), 1)

    def test_an_ended_session_is_told_by_the_bell(self):
        """The second node hears no bell of PostgreSQL."""
        second = self.second_node()
        mallory = self.at(second, "mallory")
        elsewhere = self.extended(self.server, "mallory")
        self.assertEqual(
            self.do(elsewhere, "change_password", "correct horse", "another horse"), 0)
        mallory.wait_disconnected()


class Going(WithBus):
    """NATS is not there, or not any more."""

    def test_it_is_killed_and_comes_back(self):
        second = self.second_node()
        alice, bob = self.friends(second)
        self.bus.kill()
        self.server.wait_log("there is no connection to NATS")
        second.wait_log("there is no connection to NATS")
        for i in range(3):
            self.assertEqual(self.do(alice, "whisper", "bob", str(i)), 0)
            self.assertEqual(self.update(bob, "whisper")[3], str(i))
        self.bus.start()
        self.server.wait_count("connected to NATS", 2)
        second.wait_count("connected to NATS", 2)
        self.wait_state(alice, "bob", "online")
        self.assertEqual(self.do(alice, "whisper", "bob", "again"), 0)
        self.assertEqual(self.update(bob, "whisper")[3], "again")
        bob.close()
        self.presence(alice, "bob", "offline")
        self.stop_node(second)
        self.stop_node(self.server)

    def test_a_contact_that_was_added_meanwhile(self):
        """It is told by the database, so that presence is as it would be."""
        second = self.second_node()
        bob = self.extended(second, "bob", *FEATURES)
        elsewhere = self.extended(self.server, "bob", *FEATURES)
        carol = self.extended(self.server, "carol")
        self.bus.kill()
        self.server.wait_log("there is no connection to NATS")
        second.wait_log("there is no connection to NATS")
        self.assertEqual(self.do(elsewhere, "add_contact", "carol"), 0)
        self.bus.start()
        self.server.wait_count("connected to NATS", 2)
        second.wait_count("connected to NATS", 2)
        self.wait_state(bob, "carol", "online")
        carol.send("request", "set_presence", "carol", carol.token, "away")
        self.presence(bob, "carol", "away")

    def test_it_stands_still(self):
        second = self.second_node()
        alice, bob = self.friends(second)
        self.bus.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.bus.process.send_signal, signal.SIGCONT)
        for i in range(3):
            self.assertEqual(self.do(alice, "whisper", "bob", str(i)), 0)
            self.assertEqual(self.update(bob, "whisper")[3], str(i))
        second.wait_log("there is no connection to NATS")
        self.bus.process.send_signal(signal.SIGCONT)
        second.wait_count("connected to NATS", 2)
        self.wait_state(alice, "bob", "online")

    def test_it_comes_later(self):
        self.bus.kill()
        second = self.node(2, bus=self.bus.url()).start()
        second.wait_log("there is no connection to NATS")
        alice, bob = self.friends(second)
        self.bus.start()
        second.wait_log("node 1 is heard")
        self.wait_state(alice, "bob", "online")


class CutOff(WithBus):
    def test_who_alone_has_lost_postgres_ends(self):
        """Else it would not hear whom the others kick or ban; what it says goes on to all."""
        relay = Holding()
        self.addCleanup(relay.close)
        second = self.second_node(store=url(self.database, folder=relay.folder))
        carol = self.at(second, "carol")
        relay.open.clear()
        self.assertGreater(second.process.wait(8 * PATIENCE), 0)
        second.wait_log("PostgreSQL cannot be reached from here, and other servers reach it")
        carol.wait_connected()
        self.assertEqual(self.do(self.at(self.server, "alice"), "whisper", "carol", "goes on"), 0)


class Forging(WithBus):
    def other(self, **settings):
        server = Watched(**settings)
        self.addCleanup(server.__exit__, None)
        return server

    def test_anybody_may_publish(self):
        """Garbage, messages of another kind, and all that was ever said: nothing comes of it."""
        stranger = Stranger(self.bus)
        self.addCleanup(stranger.close)
        second = self.second_node()
        alice, bob = self.friends(second)
        self.wait_state(alice, "bob", "online")
        bob.send("request", "set_presence", "bob", bob.token, "away")
        self.presence(alice, "bob", "away")
        bob.send("request", "set_presence", "bob", bob.token, "online")
        self.presence(alice, "bob", "online")
        recorded = stranger.flush()
        self.assertGreater(len(recorded), 5)
        subjects = sorted({subject for subject, _ in recorded})
        for subject in subjects:
            for body in b"", b"\1", b"\1" * 64, os.urandom(200), os.urandom(200000):
                stranger.publish(subject, body)
        for _ in range(3):
            for subject, body in recorded:
                stranger.publish(subject, body)
                for other in subjects:
                    stranger.publish(other, body)
                    stranger.publish(other, body[:-1] + bytes([body[-1] ^ 1]))
        stranger.flush()
        carol = self.extended(second, "carol")
        self.assertEqual(self.do(alice, "add_contact", "carol"), 0)
        self.wait_state(alice, "carol", "online")
        carol.send("request", "set_presence", "carol", carol.token, "away")
        self.presence(alice, "carol", "away")
        self.assertEqual(self.state_of(alice, "bob"), "online")

    def test_messages_of_a_node_that_is_gone(self):
        """Its users do not come back with what was recorded."""
        stranger = Stranger(self.bus)
        self.addCleanup(stranger.close)
        second = self.second_node()
        alice, bob = self.friends(second)
        self.wait_state(alice, "bob", "online")
        self.stop_node(second)
        self.presence(alice, "bob", "offline")
        recorded = stranger.flush()
        self.server.stop()
        self.server.start()
        self.server.wait_count("connected to NATS", 2)
        alice.wait_connected()
        alice = self.extended(self.server, "alice", *FEATURES)
        for subject, body in recorded:
            stranger.publish(subject, body)
        # They are not counted, being of a node that is not known yet; what comes last is.
        heard = sorted({subject for subject, _ in recorded if not subject.endswith(".n2")})
        for subject in heard:
            stranger.publish(subject, b"the last one")
        self.server.wait_metrics(
            lambda found: found["chinwag_bus_dropped_total", "forged"] == len(heard))
        self.assertEqual(self.state_of(alice, "bob"), "offline")


class Linking(WithBus):
    """A new device opens a link at another node than the one that made it."""

    def setUp(self):
        super().setUp()
        self.second = self.second_node()
        self.alice = self.extended(self.server, "alice")
        self.alice.send("request", "make_link", "alice", self.alice.token, PASSWORD)
        self.link = self.alice.recv()[3]

    def open(self, server):
        device = self.peer_of(server)
        device.send("request", "login_by_link", self.link, "123456", {"client": "phone"})
        return device

    def answer(self, device, action="login_by_link"):
        while (message := device.recv())[:2] != ["response", action]:
            pass
        return message

    def refused(self, device):
        answer = self.answer(device)
        self.assertEqual((answer[2], answer[3]["rule"]), (1027, "link_not_good"))

    def wait_opened(self):
        """By wrong digits, of which two are forgiven."""
        rule = "link_not_opened"
        while rule == "link_not_opened":
            self.alice.send("request", "confirm_link", "alice", self.alice.token, "654321")
            rule = self.answer(self.alice, "confirm_link")[3]["rule"]
        self.assertEqual(rule, "wrong_digits")

    def test_it_logs_in(self):
        device = self.open(self.second)
        self.wait_opened()
        self.refused(self.open(self.server))  # it is for one device
        self.assertEqual(self.do(self.alice, "confirm_link", "123456"), 0)
        answer = self.answer(device)
        self.assertEqual(answer[2:4], [0, "alice"])
        device.name, device.token = answer[3:5]
        self.assertEqual(self.do(device, "whisper", "bob", "from the phone"), 0)
        self.alice.send("request", "sessions", "alice", self.alice.token)
        sessions = self.answer(self.alice, "sessions")[3]["list"]
        self.assertIn("phone", [session.get("client") for session in sessions])
        self.refused(self.open(self.second))
        here = self.peer_of(self.server)
        here.send("request", "attach", "alice", device.token, {})
        self.assertEqual(self.answer(here, "attach")[2], 0)

    def test_it_ends_where_it_was_made(self):
        device = self.open(self.second)
        self.wait_opened()
        self.assertEqual(self.do(self.alice, "change_password", PASSWORD, "another horse"), 0)
        self.refused(device)


class AtStart(WithBus):
    def refused(self, words, **settings):
        server = self.node(2, **settings)
        status, _, log = server.refusal()
        self.assertGreater(status, 0, log)
        self.assertIn(words, log)

    def certificate(self, name):
        folder = tempfile.mkdtemp(prefix="chinwag-tls-")
        self.addCleanup(subprocess.run, ["rm", "-r", folder])
        key, pem = os.path.join(folder, "key"), os.path.join(folder, "pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=nats",
                        "-addext", f"subjectAltName={name}", "-keyout", key, "-out", pem],
                       check=True, stderr=subprocess.DEVNULL)
        return key, pem


class Starting(AtStart):
    def test_wrong_urls(self):
        self.refused("`bus` must begin with nats://", bus="http://localhost:4222")
        self.refused("nats://HOST:PORT", bus="nats://localhost:many")
        self.refused("behind '?'", bus="nats://localhost?tsl=on")
        self.refused("set `store`, too", bus="nats://localhost", store="")
        self.refused("`bus`: ca cannot be used",
                     bus="nats://localhost?tls=on&ca=/nonexistent/ca.pem")

    def test_credentials(self):
        guarded = self.nats("--user", "chinwag", "--pass", "secret")
        wrong = self.node(2, bus=guarded.url("chinwag:wrong@")).start()
        wrong.wait_log("Authorization")
        self.assertNotIn("chinwag:wrong", wrong.log())
        self.stop_node(wrong)
        right = self.node(2, bus=guarded.url("chinwag:secret@")).start()
        right.wait_log("connected to NATS")

    def test_tls(self):
        key, pem = self.certificate("IP:" + self.bus.address)
        secure = self.nats("--tls", "--tlscert", pem, "--tlskey", key)
        plain = self.node(2, bus=secure.url()).start()
        plain.wait_log("there is no connection to NATS")
        self.stop_node(plain)
        untrusted = self.node(2, bus=secure.url(parameters="?tls=on")).start()
        untrusted.wait_log("there is no connection to NATS")
        self.stop_node(untrusted)
        trusted = self.node(2, bus=secure.url(parameters=f"?tls=on&ca={pem}")).start()
        trusted.wait_log("connected to NATS")

    def test_tls_of_another_name(self):
        key, pem = self.certificate("DNS:other.example.org")
        secure = self.nats("--tls", "--tlscert", pem, "--tlskey", key)
        node = self.node(2, bus=secure.url(parameters=f"?tls=on&ca={pem}")).start()
        node.wait_log("there is no connection to NATS")
        self.assertNotIn("connected to NATS", node.log().replace("connection to", ""))

    def test_no_tls_there(self):
        node = self.node(2, bus=self.bus.url(parameters="?tls=on")).start()
        node.wait_log("there is no connection to NATS")

    def test_another_community_at_the_same_nats(self):
        second = self.second_node()
        ask("postgres", f"CREATE DATABASE {self.database}_other")
        other = self.other(store=url(self.database + "_other"), bus=self.bus.url(), node=3).start()
        other.wait_log("connected to NATS")
        alice, bob = self.friends(second)
        self.wait_state(alice, "bob", "online")
        self.assertNotIn("is heard", other.log())
        self.assertNotIn("node 3", self.server.log())


if __name__ == "__main__":
    if PROGRAM is None:
        print("no nats-server here (the package nats-server)")
        raise SystemExit(77)
    main()
