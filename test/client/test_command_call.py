"""What a call says: the group's text, mutes, a terminal that is suspended or resized, names that nobody has."""

import fcntl
import os
import re
import selectors
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading

from command import DONE, WRONG_USE, Commands, main


class Network:
    """Between the command and the server. When it dies what has connected so far stands still for
    ever, without a word, as when a laptop goes from one network to another; new connections work."""

    def __init__(self, server):
        self.target = (server.address, server.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.dead, self.wishes = [], os.pipe()
        self.selector.register(self.wishes[0], selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def die(self):
        os.write(self.wishes[1], b"d")

    def end(self):
        os.write(self.wishes[1], b"e")
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        for near in self.dead:
            near.close()
        for fd in self.wishes:
            os.close(fd)
        self.selector.close()

    def accept(self):
        near = self.listener.accept()[0]
        try:
            far = socket.create_connection(self.target)
        except OSError:
            near.close()
            return
        self.selector.register(near, selectors.EVENT_READ, far)
        self.selector.register(far, selectors.EVENT_READ, near)

    def carry(self, near, far):
        try:
            data = near.recv(65536)
            if data:
                far.sendall(data)
                return
        except OSError:
            pass
        for end in (near, far):
            self.selector.unregister(end)
            end.close()

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.fileobj == self.wishes[0]:
                    if os.read(self.wishes[0], 1) == b"e":
                        return
                    for pair in [k for k in self.selector.get_map().values() if k.data]:
                        self.selector.unregister(pair.fileobj)
                        self.dead.append(pair.fileobj)
                    break
                if key.fileobj is self.listener:
                    self.accept()
                elif key.fileobj.fileno() >= 0:
                    self.carry(key.fileobj, key.data)


class CallTest(Commands):
    def setUp(self):
        super().setUp()
        self.register("alice", "bob")
        self.done("--as", "alice", "group", "create", "cooks")
        self.done("--as", "bob", "group", "join", "cooks")

    def as_(self, name, *arguments):
        return self.done("--as", name, *arguments)

    def test_the_groups_text_is_shown(self):
        self.as_("alice", "send", "#cooks", "before the call")
        with self.start("--as", "bob", "call", "cooks", "--out", self.path("out.wav")) as bob:
            bob.err_until("in the call of #cooks")
            # It knows the last message only when it has asked once: until then this is sent.
            line = ""
            number = 1
            while "soup" not in line:
                self.as_("alice", "send", "#cooks", "soup\nand stew")
                number += 1
                line = bob.line(bob.process.stderr)
            self.assertRegex(line, r"^\[\d+\] \d\d:\d\d alice: soup$")
            self.assertNotIn("before the call", line)
            self.assertEqual(bob.line(bob.process.stderr), "    and stew")
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    def test_audio_goes_by_datagrams(self):
        """The server counts those whose way is open; it is asked until it knows of both."""
        calls = [self.start("--as", name, "call", "cooks", "--out", self.path(f"{name}.wav"))
                 for name in ("alice", "bob")]
        with calls[0], calls[1]:
            while self.server.by_datagrams() != 2:
                for call in calls:
                    self.assertIsNone(call.process.poll(), "a call has ended")
            for call in calls:
                self.assertEqual(call.end(signal.SIGINT)[0], DONE)

    def test_a_volume_of_nobody(self):
        with self.start("--as", "bob", "call", "cooks", "--out", self.path("out.wav"),
                        "--volume", "alice=50", "--volume", "alise=50") as bob:
            code, _, err = bob.end()
        self.assertEqual(code, WRONG_USE)
        self.assertIn("--volume: #cooks has no member 'alise'", err)
        self.assertNotIn("'alice'", err)

    def test_the_line_says_who_has_muted(self):
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--out",
                                          self.path("out.wav"))
        self.see(terminal, b"#cooks:")
        self.as_("alice", "group", "mute", "cooks", "bob", "5")
        self.see(terminal, b"] muted by a moderator")
        self.as_("alice", "group", "unmute", "cooks", "bob")
        self.see(terminal, b"lets you speak again")
        os.write(terminal, b"m")
        self.see(terminal, b"] muted #cooks")
        os.write(terminal, b"q")
        self.assertEqual(call.wait(), DONE)
        # Muted before the call.
        self.as_("alice", "group", "mute", "cooks", "bob", "5")
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--out",
                                          self.path("out.wav"))
        self.see(terminal, b"] muted by a moderator")
        self.as_("alice", "group", "kick", "cooks", "bob")
        self.see(terminal, b"you were taken out of the group")
        self.assertNotEqual(call.wait(), DONE)

    def lines(self, terminal):
        """What is drawn as the line, one after the other."""
        shown = b""
        while True:
            shown += self.shown(terminal)
            *whole, shown = shown.split(b"\x1b[K")
            yield from (line.rpartition(b"\r")[2].decode() for line in whole)

    def test_the_line_fits_a_terminal_that_changes(self):
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--out",
                                          self.path("out.wav"))
        self.see(terminal, b"#cooks:")
        lines = self.lines(terminal)
        for columns in 20, 100, 12:
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            while ("#cooks: " in next(lines)) != (columns == 100):
                pass
            for _ in range(3):
                self.assertLess(len(next(lines)), columns)
        os.write(terminal, b"q")
        self.assertEqual(call.wait(), DONE)

    def test_a_dead_network(self):
        """It is noticed and left, and the call goes on over another connection."""
        network = Network(self.server)
        self.addCleanup(network.end)
        witness = self.start("--as", "alice", "call", "cooks", "--out", self.path("heard.wav"))
        with witness:
            witness.err_until("in the call of #cooks")
            for options in ((), ("--plain",)):
                with self.through(network, *options) as bob:
                    bob.err_until("in the call of #cooks")
                    witness.err_until("bob has joined the call")
                    network.die()
                    bob.err_until("s: nobody hears you")
                    self.assertEqual(
                        bob.err_until("lost the connection"),
                        "chinwag: lost the connection to the server (the server fell silent), "
                        "trying again at once")
                    bob.err_until("connected again")
                    bob.err_until("alice is in the call")
                    self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
                witness.err_until("bob has left the call")
            self.assertEqual(witness.end(signal.SIGINT)[0], DONE)

    def through(self, network, *options):
        """Bob's call by this network. The account is known for the server's own address."""
        self.done("login", "bob", CHINWAG_SERVER=network.address)
        return self.start("--as", "bob", "call", "cooks", "--out", self.path("out.wav"), *options,
                          CHINWAG_SERVER=network.address)

    def test_the_line_of_a_dead_network(self):
        network = Network(self.server)
        self.addCleanup(network.end)
        self.done("login", "bob", CHINWAG_SERVER=network.address)
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--out",
                                          self.path("out.wav"), CHINWAG_SERVER=network.address)
        self.see(terminal, b"] #cooks: bob")
        network.die()
        lines = rb"\] NO NETWORK for \d+ s #cooks: bob.*connected again.*\] #cooks: bob"
        shown = b""
        while not re.search(lines, shown, re.DOTALL):
            shown += self.shown(terminal)
        os.write(terminal, b"q")
        self.assertEqual(call.wait(), DONE)

    def states_until(self, call, line):
        while (seen := call.out()) != line:
            self.assertRegex(seen, r"^call [0-8]( [a-z]+)*( \| alice [0-8] \d+( [a-z]+)*)?$")

    def test_it_is_steered_by_lines(self):
        self.fails(WRONG_USE, "--control takes the standard input and output", "--as", "bob", "call",
                   "cooks", "--control", "--raw")
        with self.start("--as", "bob", "call", "cooks", "--control", "--out", self.path("b.wav"),
                        stdin=subprocess.PIPE) as bob:
            self.assertEqual(bob.out(), "call 0")
            with self.start("--as", "alice", "call", "cooks", "--out", self.path("a.wav")) as alice:
                self.states_until(bob, "call 0 | alice 0 100")
                for words, state in (
                        ("mute", "call 0 muted | alice 0 100"),
                        ("nonsense\n\nvolume\nvolume alice\nvolume alice 40",
                         "call 0 muted | alice 0 40"),
                        ("volume alice 400", "call 0 muted | alice 0 200"),
                        ("mute\ndeafen\nvolume alice 100", "call 0 deafened | alice 0 100"),
                        ("x" * 2000 + "\ndeafen\nptt on", "call 0 ptt | alice 0 100"),
                        ("push\nrelease\nptt off", "call 0 | alice 0 100"),
                        ("ptt on", "call 0 ptt | alice 0 100")):
                    bob.process.stdin.write(f"{words}\n".encode())
                    bob.process.stdin.flush()
                    self.states_until(bob, state)
                alice.end(signal.SIGINT)
            self.states_until(bob, "call 0 ptt")
            bob.process.stdin.close()
            bob.process.stdin = None
            self.assertEqual(bob.end()[0], DONE)

    def test_without_opus_it_joins_again(self):
        with self.start("--as", "bob", "call", "cooks", "--plain", "--out",
                        self.path("out.wav")) as bob:
            bob.err_until("in the call of #cooks")
            self.server.kill()
            bob.err_until("trying again at once")
            self.server.start()
            bob.err_until("connected again")
            with self.start("--as", "alice", "call", "cooks", "--out", self.path("o.wav")) as alice:
                alice.err_until("bob")  # is in the call, or joins it later
                alice.end(signal.SIGINT)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    def test_a_suspended_call_gives_the_terminal_back(self):
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--out",
                                          self.path("out.wav"))
        self.see(terminal, b"#cooks:")
        self.assertEqual(termios.tcgetattr(terminal)[3] & termios.ECHO, 0)
        call.send_signal(signal.SIGTSTP)
        _, status = os.waitpid(call.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        self.assertNotEqual(termios.tcgetattr(terminal)[3] & termios.ECHO, 0)
        call.send_signal(signal.SIGCONT)
        self.see(terminal, b"#cooks:")
        self.assertEqual(termios.tcgetattr(terminal)[3] & termios.ECHO, 0)
        os.write(terminal, b"q")
        self.assertEqual(call.wait(), DONE)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
