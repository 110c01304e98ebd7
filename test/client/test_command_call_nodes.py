"""A call of commands at several servers on one PostgreSQL, with NATS between them: who hears whom,
also when the server that decides about joins is killed. Run by tools/with_postgres, which starts
the PostgreSQL; the NATS is the test's own."""

import os
import signal
import socket
import sys
import threading
import time

from command import DONE, REFUSED, Server, main
from harness import Peer
from nats import PROGRAM, Nats
from test_postgres import ask, url
from voices import ALONE, RATE, Voices, hears, share, tone


class Nodes(Voices):
    bus = True

    def make_server(self):
        self.database = "d" + self.id().rsplit(".", 1)[1][:50]
        ask("postgres", f"CREATE DATABASE {self.database}")
        self.settings = {"store": url(self.database)}
        if self.bus:
            nats = Nats()
            self.addCleanup(nats.close)
            self.settings["bus"] = nats.url()
        return Server(**self.settings)

    def node(self, number):
        server = Server(node=number, **self.settings)
        self.addCleanup(server.__exit__, None)
        os.mkdir(server.data, 0o700)
        os.symlink(os.path.join(self.server.data, "blobs"), os.path.join(server.data, "blobs"))
        return server.start()

    def log_in(self, server, *names):
        for name in names:
            self.done("login", name, **self.at(server))

    def heard_of_each_other(self, *servers):
        for server in servers:
            server.wait_count("is heard", len(servers) - 1)

    @staticmethod
    def at(server):
        return {"CHINWAG_SERVER": f"{server.address}:{server.port}"}

    def say_at(self, server, name, hertz):
        """Joins there, says a second of a tone, and leaves: three times, since some of it may come
        too late to be played on a busy machine."""
        path = self.write_wav(f"{name}.wav", 1, RATE, tone(hertz, 1))
        for _ in range(3):
            code, _, err = self.run_command("--as", name, "call", "cooks", *ALONE, "--wav", path,
                                            **self.at(server))
            self.assertEqual(code, DONE, err)


class Speaking(Nodes):
    def test_people_at_two_servers_hear_each_other(self):
        self.cooks("bob")
        second = self.node(2)
        self.log_in(second, "bob")
        self.heard_of_each_other(self.server, second)
        with self.in_call("bob", "--out", self.path("bob.wav"), **self.at(second)) as bob:
            self.say_at(self.server, "alice", 700)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
        self.assertTrue(hears(self.heard("bob.wav")[0], 700))
        with self.in_call("alice", "--plain", "--out", self.path("alice.wav")) as alice:
            self.say_at(second, "bob", 1100)
            self.assertEqual(alice.end(signal.SIGINT)[0], DONE)
        samples, rate = self.heard("alice.wav")
        self.assertTrue(hears(samples, 1100, rate))

    def test_the_server_that_decides_is_killed(self):
        self.register("carol", "dora")
        self.cooks("bob", "carol", "dora")
        second, third = self.node(2), self.node(3)
        self.log_in(second, "bob", "dora")
        self.log_in(third, "carol")
        self.heard_of_each_other(self.server, second, third)
        long = self.write_wav("long.wav", 1, RATE, tone(500, 300))
        with self.in_call("alice", "--out", self.path("alice.wav")), \
                self.in_call("bob", "--wav", long, **self.at(second)) as bob, \
                self.in_call("carol", "--out", self.path("carol.wav"), **self.at(third)) as carol:
            holder = ask(self.database, "SELECT node, epoch FROM chinwag.call_leases").split("|")
            self.assertEqual(holder[0], "1")
            self.server.kill()
            # Who joins now needs another one to decide.
            self.say_at(second, "dora", 1100)
            node, epoch = ask(self.database,
                              "SELECT node, epoch FROM chinwag.call_leases").split("|")
            self.assertEqual(node, "2")
            self.assertGreater(int(epoch), int(holder[1]))
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
            self.assertEqual(carol.end(signal.SIGINT)[0], DONE)
        samples = self.heard("carol.wav")[0]
        self.assertTrue(hears(samples, 500), "carol did not hear bob")
        mixed = [x for x in range(0, len(samples) - RATE // 10, RATE // 20)
                 if has_both(samples[x:x + RATE // 10])]
        self.assertTrue(mixed, "carol did not hear dora, who came after the kill, beside bob")


def has_both(window):
    return share(window, 500, RATE) > 0.2 and share(window, 1100, RATE) > 0.2


class Gate:
    """One address for all servers, which leads to `to`: what a balancer is to the command. UDP does
    not pass."""

    def __init__(self, to):
        self.to = to
        self.both = set()  # the two sockets of each connection
        self.listener = socket.create_server((to.address, 0))
        self.address, self.port = self.listener.getsockname()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except ConnectionError:
                continue  # it is gone again
            except OSError:
                return
            try:
                server = socket.create_connection((self.to.address, self.to.port))
            except OSError:
                client.close()  # nobody is there
                continue
            self.both |= {client, server}
            for pair in (client, server), (server, client):
                threading.Thread(target=self.pass_on, args=pair, daemon=True).start()

    @staticmethod
    def pass_on(source, to):
        try:
            while data := source.recv(65536):
                to.sendall(data)
        except OSError:
            pass  # the other direction has ended, or both
        for end in source, to:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        """All connections end; who comes again comes to `to`."""
        for each in list(self.both):  # others come meanwhile
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
        for each in list(self.both):  # others come meanwhile
            each.close()


class RawPeers(Nodes):
    def at_node(self, server, name, *features):
        peer = Peer(server)
        self.addCleanup(peer.close)
        return peer.login_extended(name, features=features)

    def ask(self, peer, action, *arguments):
        peer.send("request", action, peer.name, peer.token, *arguments, {})
        return self.until(peer, "response", action)[2]

    def until(self, peer, *begin):
        """The next message that begins so."""
        while (message := peer.recv())[:len(begin)] != list(begin):
            pass
        return message


class Moving(RawPeers):
    """The command, in the middle of a call, comes to another server by itself. That it takes no more
    than 3 s is in test/trace/nodes/call_comes_back.nodes, in simulated time; here, where the machine
    may be busy, it is less than BACK_S."""

    BACK_S = 20

    def setUp(self):
        super().setUp()
        self.register("carol")
        self.second = self.node(2)
        self.heard_of_each_other(self.server, self.second)
        self.gate = Gate(self.server)
        self.addCleanup(self.gate.close)
        self.log_in(self.gate, "alice")
        self.cooks("bob", "carol")
        self.bob = self.at_node(self.second, "bob", "groups", "opus", "calls")
        self.events = []  # what bob is told of the call

    def until(self, peer, *begin):
        while True:
            message = peer.recv()
            if message[:2] == ["update", "group_event"] and peer is self.bob:
                self.events.append((message[3], message[4]))
            if message[:len(begin)] == list(begin):
                return message

    def alice_speaks(self):
        long = self.write_wav("long.wav", 1, RATE, tone(500, 300))
        alice = self.in_call("alice", "--wav", long, **self.at(self.gate))
        self.addCleanup(alice.__exit__)
        self.assertEqual(self.ask(self.bob, "join_call", "cooks"), 0)
        self.until(self.bob, "update", "call_data", "alice")
        return alice

    def sessions(self):
        return ask(self.database, "SELECT string_agg(s.id || encode(s.token_hash, 'hex'), ' ' ORDER BY s.id)"
                                  " FROM chinwag.sessions s JOIN chinwag.users u ON u.id = s.user_id"
                                  " WHERE u.key = 'alice'")

    def in_the_call(self, peer):
        """Who is, as the server of this one says it."""
        peer.send("request", "members", peer.name, peer.token, "cooks", {})
        entries = self.until(peer, "response", "members")[-1]["list"]
        return sorted(entry["name"] for entry in entries if entry.get("in_call"))

    def comes_back(self, alice, lost_s):
        """Bob hears her again, from where she is now: what came from the first server was before."""
        alice.err_until("connected again")
        self.in_the_call(self.bob)
        self.until(self.bob, "update", "call_data", "alice")
        self.assertLess(time.monotonic() - lost_s, self.BACK_S)

    def all_is_as_before(self, alice, sessions):
        self.assertEqual(self.in_the_call(self.bob), ["alice", "bob"])
        self.assertEqual(self.sessions(), sessions)
        self.assertEqual(alice.end(signal.SIGINT)[0], DONE)
        while ("alice", "call_left") not in self.events:
            self.until(self.bob, "update", "group_event")
        self.assertEqual([event for who, event in self.events if who == "alice"],
                         ["call_joined", "call_left"])
        self.assertEqual(self.in_the_call(self.bob), ["bob"])

    def test_its_server_is_killed(self):
        with self.alice_speaks() as alice:
            sessions = self.sessions()
            self.gate.to = self.second
            lost_s = time.monotonic()
            self.server.kill()
            self.comes_back(alice, lost_s)
            self.assertEqual(ask(self.database, "SELECT node FROM chinwag.call_leases"), "2")
            self.all_is_as_before(alice, sessions)

    def test_its_connection_leads_to_another_server(self):
        """The first one still has her seat, which nobody misses."""
        carol = self.at_node(self.server, "carol", "groups", "opus", "calls")
        with self.alice_speaks() as alice:
            self.assertEqual(self.ask(carol, "join_call", "cooks"), 0)
            sessions = self.sessions()
            self.gate.to = self.second
            lost_s = time.monotonic()
            self.gate.cut()
            self.comes_back(alice, lost_s)
            self.until(carol, "update", "call_data", "alice")
            self.assertEqual(self.in_the_call(carol), ["alice", "bob", "carol"])
            self.assertEqual(self.ask(carol, "leave_call"), 0)
            self.all_is_as_before(alice, sessions)


class Ringing(RawPeers):
    """By raw clients, since a person's device must be known to be there before one calls."""

    def test_a_call_of_two_rings_at_the_other_server(self):
        second = self.node(2)
        self.heard_of_each_other(self.server, second)
        alice = self.at_node(self.server, "alice", "calls", "presence")
        self.assertEqual(self.ask(alice, "add_contact", "bob"), 0)
        bob = self.at_node(second, "bob", "calls")
        self.until(alice, "update", "presence", "bob", "online")
        self.assertEqual(self.ask(alice, "join_call", "@bob"), 0)
        self.until(bob, "update", "ring", "alice", "bob", "ringing")
        self.assertEqual(self.ask(bob, "join_call", "@alice"), 0)
        self.until(alice, "update", "ring", "alice", "bob", "answered")
        self.assertEqual(self.ask(bob, "leave_call"), 0)
        self.until(alice, "update", "call_left", "@bob", "ended")
        self.assertEqual(self.ask(alice, "join_call", "@bob"), 0)
        self.until(bob, "update", "ring", "alice", "bob", "ringing")
        self.assertEqual(self.ask(bob, "refuse_call", "alice"), 0)
        self.until(alice, "update", "ring", "alice", "bob", "refused")


class Alone(Nodes):
    bus = False

    def test_without_a_bus_the_other_server_says_so(self):
        self.cooks("bob")
        second = self.node(2)
        self.log_in(second, "bob")
        with self.in_call("alice", "--out", self.path("alice.wav")):
            code, _, err = self.run_command("--as", "bob", "call", "cooks", *ALONE, "--out",
                                            self.path("bob.wav"), **self.at(second))
            self.assertEqual(code, REFUSED)
            self.assertIn("bus = nats://", err)


if __name__ == "__main__":
    if PROGRAM is None:
        print("no nats-server here (the package nats-server)")
        raise SystemExit(77)
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
