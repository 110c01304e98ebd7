"""The server is upgraded while people use it: the next program takes over the listening sockets and
the calls, and nobody is refused, loses what was acknowledged, or hears of it. The upgraded program is
the same one: what has to be shown is that the way there loses nothing. `make bench-upgrade` measures
how long it takes."""

import errno
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import threading
import unittest

from curve_by_hand import ByHand
from harness import PATIENCE, Peer, Raw, Server, decode, encode, main
from test_reach import ByTransport
from test_service import ACTIVATE_BY_HAND, Manager
from transports import certificate, public_key
import zmq
from zmq.utils import z85
from zmq.utils.monitor import recv_monitor_message

TRANSPORTS = ("null", "curve", "ws", "wss")


def upgrade(server):
    """Until the next program listens; the process stays the same."""
    server.process.send_signal(signal.SIGUSR2)
    server.wait_line()


class Upgradable(Server):
    """Its program can be replaced, since it is a copy."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.settings.update(certificate(self.home))
        self.binary = shutil.copy(self.binary, os.path.join(self.home, "chinwagd"))

    def wait_line(self):
        line = self.process.stdout.readline().decode()
        if not line.startswith("listening "):
            raise AssertionError(f"not ready, but {line!r}: {self.log()}")

    def replace(self, text):
        """Another program in its place, as a package manager does it: by a new file."""
        with open(self.binary + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.binary + ".new", stat.S_IRWXU)
        os.replace(self.binary + ".new", self.binary)


class Talker(threading.Thread):
    """Sends numbered messages to its reader, one after another, each until it is acknowledged, as
    docs/protocol.md has it: after a lost connection it attaches, and sends the same number again."""

    def __init__(self, server, transport, to, stop):
        super().__init__(daemon=True)
        self.server, self.transport, self.to, self.stop = server, transport, to, stop
        self.acknowledged, self.attached, self.error = [], 0, None
        self.peer = ByTransport(server, transport).register(self.user())
        self.peer.login_extended(self.user())

    def user(self):
        return f"talker-{self.transport}"

    def run(self):
        try:
            number = 0
            while not self.stop.is_set():
                number += 1
                self.say(number)
                self.acknowledged.append(number)
        except Exception as error:  # shown by the test
            self.error = error
        finally:
            self.peer.close()

    def say(self, number):
        while True:
            try:
                self.peer.send("request", "whisper", self.peer.name, self.peer.token, self.to,
                               f"number {number}", {"n": number})
                answer = self.answer("whisper")
            except (OSError, EOFError):
                answer = None
            if answer is not None:
                if answer[2] != 0:
                    raise AssertionError(f"{self.transport}: {answer}")
                return
            self.attach()

    def answer(self, action):
        """Its answer, or None when the connection is lost."""
        if self.transport in ("ws", "wss"):
            while (data := self.peer.socket.recv()) is not None:
                message = decode(data)
                if message[:2] == ["response", action]:
                    return message
            return None
        while True:
            poller = dict(self.poll())
            if self.peer.socket in poller:
                message = decode(self.peer.socket.recv())
                if message[:2] == ["response", action]:
                    return message
            elif self.peer.monitor in poller:
                if self.lost():
                    return None
            else:
                raise AssertionError(f"{self.transport}: no answer")

    def poll(self):

        poller = zmq.Poller()
        poller.register(self.peer.socket, zmq.POLLIN)
        poller.register(self.peer.monitor, zmq.POLLIN)
        return poller.poll(PATIENCE * 1000)

    def lost(self):


        return recv_monitor_message(self.peer.monitor)["event"] == zmq.EVENT_DISCONNECTED

    def attach(self):
        name, token = self.peer.name, self.peer.token
        while True:
            if self.transport in ("ws", "wss"):
                self.peer.close()
                self.peer = ByTransport(self.server, self.transport)  # refused: an OSError
                self.peer.name, self.peer.token = name, token
            try:
                self.peer.send("request", "attach", name, token, {"features": []})
                answer = self.answer("attach")
            except (OSError, EOFError):
                answer = None
            if answer is not None:
                if answer[2] != 0:
                    raise AssertionError(f"{self.transport}: {answer}")
                self.attached += 1
                return


class Visitor(threading.Thread):
    """Connects again and again, as new clients do, and is never refused."""

    def __init__(self, server, stop):
        super().__init__(daemon=True)
        self.server, self.stop = server, stop
        self.connected, self.refused = 0, []

    def run(self):
        while not self.stop.is_set():
            try:
                with socket.create_connection((self.server.address, self.server.port), PATIENCE):
                    self.connected += 1
            except OSError as error:
                if error.errno != errno.EADDRNOTAVAIL:  # its own ports are used up: nobody was asked
                    self.refused.append(error)


class UnderLoad(unittest.TestCase):
    def setUp(self):
        self.server = Upgradable(connections_per_address=0, waiting_per_address=0)
        self.addCleanup(self.server.__exit__, None)
        self.server.start()
        Peer(self.server).register("reader").close()
        self.stop = threading.Event()
        self.addCleanup(self.stop.set)

    def test_no_connection_is_refused_and_nothing_acknowledged_is_lost(self):
        talkers = [Talker(self.server, transport, "reader", self.stop) for transport in TRANSPORTS]
        visitor = Visitor(self.server, self.stop)
        threads = [*talkers, visitor]
        pid = self.server.process.pid
        for thread in threads:
            thread.start()
        for _ in range(3):
            before = [len(talker.acknowledged) for talker in talkers]
            self.wait(lambda: all(len(t.acknowledged) > n + 20 for t, n in zip(talkers, before)),
                      talkers)
            upgrade(self.server)
        before = [len(talker.acknowledged) for talker in talkers]
        self.wait(lambda: all(len(t.acknowledged) > n + 20 for t, n in zip(talkers, before)),
                  talkers)
        self.stop.set()
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(visitor.refused, [])
        self.assertGreater(visitor.connected, 0)
        self.assertEqual([t.error for t in talkers], [None] * len(talkers))
        self.assertTrue(all(t.attached >= 1 for t in talkers), [t.attached for t in talkers])
        self.assertEqual(self.server.process.pid, pid)
        self.assertEqual(self.server.log().count("an upgrade was asked for: "), 3)
        self.assertEqual(self.server.log().count("upgraded: this is chinwagd "), 3)
        self.assertEqual(self.server.stop(), 0)
        for talker in talkers:  # exactly what was acknowledged, in its order, each once
            self.assertEqual(self.stored(talker.peer.name),
                             [f"number {n}" for n in talker.acknowledged], talker.transport)

    def wait(self, condition, talkers):
        """Until it is so; a talker that has failed ends it."""
        for _ in range(PATIENCE * 50):
            if condition():
                return
            errors = [t.error for t in talkers if t.error]
            if errors:
                raise errors[0]
            self.stop.wait(0.02)
        raise AssertionError(f"nothing goes on: {[len(t.acknowledged) for t in talkers]}")

    def stored(self, sender):
        database = sqlite3.connect(self.server.database())
        rows = database.execute("SELECT body FROM messages WHERE sender_id = (SELECT id FROM users "
                                "WHERE name = ?) ORDER BY id", (sender,)).fetchall()
        database.close()
        return [body if isinstance(body, str) else body.decode() for body, in rows]


class Calls(unittest.TestCase):
    def setUp(self):
        self.server = Upgradable()
        self.addCleanup(self.server.__exit__, None)
        self.server.start()

    def test_seats_are_held_and_speech_goes_on(self):
        """Nobody is told of a leave or a join, and who could not come in cannot now."""
        names = ("alice", "bob", "carol")
        peers = {name: Peer(self.server).register(name).login(name) for name in names}
        for peer in peers.values():
            self.addCleanup(peer.close)
        peers["alice"].ask("create_group", "cooks")
        peers["bob"].ask("join_group", "cooks")
        peers["carol"].ask("join_group", "cooks")
        for name in ("alice", "bob"):
            self.enter(peers[name])
        self.expect_all(peers["alice"], self.joined("alice"),
                        ["update", "group_event", "cooks", "bob", "call_joined", {}])
        self.expect_all(peers["bob"], self.joined("alice", "bob"))
        upgrade(self.server)
        self.server.wait_log("1 calls of before the upgrade: the seats")
        for name in ("alice", "bob"):
            peers[name].wait_disconnected()
            peers[name].wait_connected()
            self.enter(peers[name])
            self.assertEqual(peers[name].recv(), self.joined("alice", "bob"))
        peers["alice"].send("update", "call_data", "alice", peers["alice"].token, "cooks", [1, 2])
        self.assertEqual(peers["bob"].recv(), ["update", "call_data", "alice", [1, 2]])
        peers["bob"].send("update", "call_data", "bob", peers["bob"].token, "cooks", [3, 4])
        self.assertEqual(peers["alice"].recv(), ["update", "call_data", "bob", [3, 4]])

    def enter(self, peer):
        """Attaches, and joins the call."""
        peer.send("request", "attach", peer.name, peer.token, {"features": ["groups"]})
        self.assertEqual(peer.recv()[:4], ["response", "attach", 0, peer.name])
        peer.send("request", "join_call", peer.name, peer.token, "cooks")

    @staticmethod
    def joined(*names):
        """The answer, with those who are in the call."""
        return ["response", "join_call", 0, "cooks", {"list": [{"name": name} for name in names]}]

    def expect_all(self, peer, *messages):
        got = [peer.recv() for _ in messages]
        self.assertCountEqual(got, messages)


class Refused(unittest.TestCase):
    """The program that runs goes on when the next one cannot take over."""

    def setUp(self):
        self.server = Upgradable()
        self.addCleanup(self.server.__exit__, None)
        self.server.start()
        self.alice = Peer(self.server).register("alice").login("alice")
        self.addCleanup(self.alice.close)

    def ask(self, words):
        before = self.server.log().count("This server goes on")
        self.server.process.send_signal(signal.SIGUSR2)
        self.server.wait_log(words)
        self.server.wait_count("This server goes on", before + 1)
        self.alice.ask("whisper", "alice", "still here")  # over the same connection

    def test_a_program_that_refuses(self):
        self.server.replace("#!/bin/sh\necho 'not today' >&2\nexit 3\n")
        self.ask("not today")
        self.assertIn("cannot take over: the line before says why (it ended with 3)",
                      self.server.log())

    def test_no_program(self):
        os.remove(self.server.binary)
        self.ask("no such file or directory. This server goes on")

    def test_settings_that_the_next_program_refuses(self):
        with open(os.path.join(self.server.home, "config"), "a", encoding="utf-8") as file:
            file.write("qouta_mib = 7\n")
        self.ask("there is no setting named 'qouta_mib'; did you mean quota_mib?")
        self.server.settings["quota_mib"] = 7
        self.server.write_config()
        upgrade(self.server)

    def test_keys_that_others_may_read(self):
        """They were made so after the start: the next process would not start with them."""
        for path in (os.path.join(self.server.data, "curve.key"), self.server.settings["tls_key"]):
            mode = stat.S_IMODE(os.stat(path).st_mode)
            os.chmod(path, 0o644)
            self.ask("other users may read or write it; take that away: chmod")
            os.chmod(path, mode)
        upgrade(self.server)

    def test_an_older_program(self):
        """A downgrade is refused by the program that would have to open the data."""
        status, output, log = self.server.ask_program("--test=999")
        self.assertEqual((status, output), (3, ""))
        self.assertRegex(log, r"is older than the data \(schema 999; it knows \d+\): install the "
                              "version that wrote them, or a newer one")
        self.server.replace("#!/bin/sh\nexec " + os.path.abspath(os.environ["CHINWAGD"]) +
                            " --test=999\n")
        self.ask("is older than the data (schema 999")


class Managed(unittest.TestCase):
    def test_the_manager_hears_of_no_end(self):
        os.environ["WATCHDOG_USEC"] = "100000"
        with Manager() as manager, Upgradable() as server:
            upgrade(server)
            heard = [manager.hear()]
            while heard.count("READY=1") < 2 or heard[-1] != "WATCHDOG=1":
                heard.append(manager.hear())
            spoken = [line.split("\n")[0] for line in heard if line != "WATCHDOG=1"]
            self.assertEqual(spoken, ["READY=1", "RELOADING=1", "WATCHDOG_USEC=3600000000",
                                      "READY=1", "WATCHDOG_USEC=100000"])

    def test_sockets_of_a_manager_are_handed_on(self):
        server = Upgradable()
        with socket.create_server((server.address, 0)) as listening:
            server.port = listening.getsockname()[1]
            server.inherited = (listening.fileno(),)
            server.wrap = [ACTIVATE_BY_HAND, str(listening.fileno())]
            with server:
                upgrade(server)
                upgrade(server)
                Peer(server).register("alice").close()
                self.assertNotIn("for which there is no listener", server.log())

    def test_a_second_signal_asks_once_and_an_end_is_an_end(self):
        with Upgradable() as server:
            for _ in range(5):
                server.process.send_signal(signal.SIGUSR2)
            server.wait_line()
            server.process.send_signal(signal.SIGHUP)
            Peer(server).register("alice").close()
            server.process.send_signal(signal.SIGUSR2)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(PATIENCE), 0)


class Auditor:
    """Knows all keys of its connections, and notes what was sealed under which key with which nonce:
    never the same twice, before or after an upgrade, or in both directions of a connection."""

    def __init__(self, test):
        self.test, self.sealed, self.server_keys = test, set(), []

    def note(self, shared, nonce):
        self.test.assertNotIn((shared, nonce), self.sealed)
        self.sealed.add((shared, nonce))

    def connect(self, server, key):
        """A client that is written from RFC 26. A box's key is that of the two key pairs."""
        raw = Raw(server)
        self.test.addCleanup(raw.close)
        client = ByHand(raw, key)
        recv_frame = raw.recv_frame

        def heard():
            flags, command = recv_frame()
            if command.startswith(b"\x07WELCOME"):
                self.note((key, client.short[0]), b"WELCOME-" + command[8:24])
            elif command.startswith(b"\x05READY"):
                self.note((client.server_short, client.short[0]), b"CurveZMQREADY---" + command[6:14])
            elif command.startswith(b"\x07MESSAGE"):
                self.note((client.server_short, client.short[0]), b"CurveZMQMESSAGES" + command[8:16])
            return flags, command
        raw.recv_frame = heard
        client.ready()
        self.server_keys.append(client.server_short)
        return client


class Keys(unittest.TestCase):
    def setUp(self):
        self.server = Upgradable()
        self.addCleanup(self.server.__exit__, None)
        self.server.start()

    def test_no_key_and_nonce_is_used_twice(self):
        auditor = Auditor(self)
        key = z85.decode(public_key(self.server))
        for upgraded in range(3):
            clients = [auditor.connect(self.server, key) for _ in range(8)]
            for number, client in enumerate(clients):
                for i in range(5):
                    client.raw.send(client.message(encode("request", "nonsense", i)))
                    self.assertEqual(decode(client.recv())[2], 1024, number)
            if upgraded != 2:
                upgrade(self.server)
            for client in clients:  # no process goes on with a connection of the one before
                if upgraded != 2:
                    self.assert_closed(client.raw)
        self.assertEqual(len(set(auditor.server_keys)), 24)
        self.assertEqual(len(auditor.sealed), 3 * 8 * (2 + 5))

    def assert_closed(self, raw):
        try:
            self.assertEqual(raw.socket.recv(1), b"")
        except ConnectionError as error:
            self.assertEqual(error.errno, errno.ECONNRESET)

    def test_no_secret_of_tls_is_used_twice(self):
        """The secrets of all connections, as OpenSSL notes them for debugging, differ; and a session
        of the process before is not resumed."""
        log = os.path.join(self.server.home, "secrets")
        context = ssl.create_default_context(cafile=self.server.settings["tls_certificate"])
        context.keylog_filename = log
        session = None
        for upgraded in range(3):
            for _ in range(4):
                with socket.create_connection((self.server.address, self.server.port),
                                              PATIENCE) as plain:
                    with context.wrap_socket(plain, server_hostname="localhost",
                                             session=session) as tls:
                        tls.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\n"
                                    b"Connection: close\r\n\r\n" % self.server.port)
                        while tls.recv(4096):
                            pass
                        self.assertFalse(tls.session_reused)
                        session = tls.session
            if upgraded != 2:
                upgrade(self.server)
        with open(log, encoding="ascii") as file:
            secrets = [line.split()[2] for line in file if not line.startswith("#")]
        self.assertGreaterEqual(len(secrets), 12 * 4)
        self.assertEqual(len(set(secrets)), len(secrets))


if __name__ == "__main__":
    main()
