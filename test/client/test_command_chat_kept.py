#!/usr/bin/python3
"""What the terminal client keeps over its own end and the server's: messages that are not sent,
drafts, conversations. And what it makes of a server that is away, or talks nonsense."""

import glob
import os
import re
import signal
import socket
import sys
import threading
import time

from command import PASSWORD, UNREACHABLE, main
from harness import PATIENCE, Peer, Server, loopback_address
from terminals import Terminals


class KeptTest(Terminals):
    def setUp(self):
        super().setUp()
        self.cook()

    def open(self, *arguments, **changes):
        return super().open("--as", "alice", *arguments, **changes)

    def file(self):
        """Where alice's is kept."""
        return os.path.join(self.path("state/chinwag"),
                            f"{self.server.address}:{self.server.port}", "alice.chat")

    def wait_kept(self, *lines):
        end = time.monotonic() + PATIENCE
        kept = ""
        while not all(line in kept.split("\n") for line in lines):
            self.assertLess(time.monotonic(), end, kept)
            os.sched_yield()
            if os.path.exists(self.file()):
                with open(self.file(), encoding="utf-8") as file:
                    kept = file.read()

    def kill(self, screen):
        program = screen.program()
        os.kill(screen.process(), signal.SIGKILL)
        screen.waits("Killed")
        os.close(program)

    def test_what_was_typed_without_a_server_outlives_the_client(self):
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        self.server.kill()
        screen.waits("[no connection")
        screen.enters("one")
        screen.enters("two \\ three")
        screen.waits("… two", "[2 under way]")
        screen.enters("/msg bob for you")
        screen.waits("[2] bob", "… for you")
        screen.types("a draft")
        self.wait_kept("pale 1 0 one", "pale 2 0 two \\\\ three", "pale 3 0 for you",
                       "draft a draft")
        self.assertEqual(os.stat(self.file()).st_mode & 0o777, 0o600)
        self.kill(screen)
        again = self.open()
        again.waits("[2] bob", "… for you", "> a draft", "[no connection, again in", "1 #cooks")
        again.keys("C-p")
        again.waits("[1] #cooks", "… one", "… two \\ three")
        again.enters("four")
        again.waits("[3 under way]")
        self.server.start()
        again.waits("[1] #cooks", "two \\ three", without=["…", "under way", "no connection"])
        again.keys("C-n")
        again.waits("[2] bob", "for you", "> a draft", without=["…"])
        self.assertEqual([line for line in self.history("bob", "#cooks") if "alice: " in line],
                         ["alice: one", "alice: two \\ three", "alice: four"])
        self.assertEqual(self.history("bob", "@alice"), ["alice: for you"])

    def test_a_message_is_kept_before_it_is_under_way(self):
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        self.server.kill()
        screen.waits("[no connection")
        for number in range(3):  # each kept later would be lost with the client
            screen.enters(f"last word {number}")
            screen.waits(f"last word {number}", f"[{number + 1} under way]", without=["being kept"])
            self.kill(screen)
            screen = self.open()
            screen.waits(f"last word {number}", f"[{number + 1} under way]")
        self.server.start()
        screen.waits("last word 2", without=["under way"])
        self.assertEqual([line for line in self.history("bob", "#cooks") if "last" in line],
                         [f"alice: last word {number}" for number in range(3)])

    def test_what_the_server_had_stored_is_stored_once(self):
        """The client is killed while the server is stopped: the server reads the messages when it
        goes on, and the next run of the client says them again."""
        for turn in range(4):
            screen = self.open()
            screen.waits("[1] #cooks", without=["loading", "under way"])
            self.server.process.send_signal(signal.SIGSTOP)
            for number in range(3):
                screen.enters(f"message {turn}.{number}")
            screen.waits(f"message {turn}.2", "[3 under way]")
            self.kill(screen)
            self.server.process.send_signal(signal.SIGCONT)
        screen = self.open()
        screen.waits("message 3.2", without=["under way", "…"])
        screen.enters("/quit")
        screen.waits("ended 0")
        self.assertEqual([line for line in self.history("bob", "#cooks") if "message" in line],
                         [f"alice: message {turn}.{number}"
                          for turn in range(4) for number in range(3)])

    def test_quit_keeps_what_is_not_sent(self):
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        self.server.kill()
        screen.waits("[no connection")
        screen.enters("later")
        screen.waits("[1 under way]")
        screen.enters("/quit")
        screen.waits("chinwag: 1 not sent to", "kept for the next time", "ended 0")
        self.server.start()
        again = self.open()
        again.waits("alice   later", without=["under way"])

    def test_it_opens_without_a_server_that_it_never_saw_here(self):
        self.server.kill()
        screen = self.open()
        screen.waits("[no connection, again in", "cannot connect", "Welcome to Chinwag")
        screen.enters("/msg bob hello")
        screen.waits("[1] bob", "… hello")
        self.server.start()
        screen.waits("bob", "hello", without=["…", "no connection"])
        self.assertEqual(self.history("bob", "@alice"), ["alice: hello"])
        screen.enters("/quit")
        screen.waits("ended 0")
        self.server.kill()
        self.fails(UNREACHABLE, "cannot reach", "--as", "alice", "chat", "--plain-screen")

    def test_a_broken_file_is_put_aside(self):
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        screen.types("a draft that is lost")
        self.wait_kept("draft a draft that is lost")
        screen.keys("C-u")
        screen.enters("/quit")
        screen.waits("ended 0")
        with open(self.file(), "r+b") as file:
            file.seek(20)
            file.write(b"\xff\x00garbage")
        again = self.open()
        again.waits("[1] #cooks", "What was kept here is damaged", without=["loading"])
        again.enters("it goes on")
        again.waits("alice   it goes on", without=["under way"])
        self.assertTrue(os.path.exists(self.file() + ".damaged"))
        again.types("another draft")
        self.wait_kept("draft another draft")

    def test_a_file_that_cannot_be_read_is_put_aside(self):
        with open(self.file(), "wb") as file:  # larger than any that is written
            file.truncate(17 * 1024 * 1024)
        screen = self.open(columns=160)
        screen.waits("[1] #cooks", "What was kept here cannot be read (File too large)",
                     "kept as alice.chat.unreadable", without=["loading"])
        screen.types("a new draft")
        self.wait_kept("draft a new draft")
        self.assertEqual(os.stat(self.file() + ".unreadable").st_size, 17 * 1024 * 1024)

    def test_what_cannot_be_put_aside_is_not_written_over(self):
        for folder in (self.file(), self.file() + ".unreadable"):
            os.mkdir(folder)
            with open(os.path.join(folder, "somebody's"), "wb"):
                pass
        screen = self.open(columns=160)
        screen.waits("[1] #cooks", "cannot be read (Is a directory), and cannot be put aside",
                     without=["loading"])
        screen.enters("sent nevertheless")
        screen.waits("alice   sent nevertheless", without=["under way"])
        self.server.kill()
        screen.waits("[no connection")
        screen.enters("lost")
        screen.waits("[1 under way]")
        screen.enters("/quit")
        screen.waits("lost, since it could not be kept", "ended 0")
        self.assertEqual(glob.glob(self.file() + ".??????"), [])

    def test_a_server_that_talks_nonsense(self):
        listener = socket.create_server((loopback_address(), 0))
        self.addCleanup(listener.close)

        def talk():
            try:
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.sendall(os.urandom(4096) + b"\x1b[2J\x1b]0;owned\x07")
            except OSError:
                pass

        threading.Thread(target=talk, daemon=True).start()
        name = f"{listener.getsockname()[0]}:{listener.getsockname()[1]}"
        folder = self.path("state/chinwag")
        os.symlink(os.path.dirname(self.file()), os.path.join(folder, name))
        screen = self.open("--server", name)
        screen.waits("[no connection", "Welcome to Chinwag")
        screen.enters("/msg bob typed nevertheless")
        screen.waits("[1] bob", "… typed nevertheless", "[no connection")
        screen.waits_title("chinwag")

    def test_kills_of_the_server_while_one_types(self):
        screen = self.open(columns=100)
        screen.waits("[1] #cooks", without=["loading"])
        for turn in range(4):
            for number in range(5):
                screen.enters(f"turn {turn}, text {number}")
            self.server.kill()
            screen.enters(f"turn {turn}, after")
            self.server.start()
        screen.waits("turn 3, after", without=["under way", "no connection"])
        self.assertEqual([line for line in self.history("bob", "#cooks") if "turn" in line],
                         [f"alice: turn {turn}, {what}" for turn in range(4)
                          for what in [*(f"text {n}" for n in range(5)), "after"]])

    def test_ten_thousand_lines_and_storms_of_sizes(self):
        self.fill(10000)
        screen = self.open(columns=120, rows=200)
        screen.waits("line 10000 of bob")
        top = 10000
        while top > 1:
            screen.keys("PageUp")
            shown = screen.until(lambda seen: self.first(seen) < top, screen.screen)
            top = self.first(shown)
        screen.waits("line 1 of bob", "[earlier; Alt+End: newest]")
        for number in range(40):
            screen.resize(1 + number * 7 % 200, 1 + number * 3 % 60)
        screen.resize(80, 24)
        screen.keys("M-End")
        screen.waits("line 10000 of bob", without=["earlier"])
        process = screen.process()
        with open(f"/proc/{process}/status", encoding="ascii") as status:
            memory = next(line for line in status if line.startswith("RssAnon"))
        if "ASAN_OPTIONS" not in os.environ:
            self.assertLess(int(memory.split()[1]), 12 * 1024, memory)

    @staticmethod
    def first(shown):
        numbers = [int(number) for number in re.findall(r"line (\d+) of bob", shown)]
        return min(numbers, default=1 << 30)

    def test_more_conversations_than_a_page_has(self):
        peer = Peer(self.server).login_extended("alice")
        names = [f"friend{number:03}" for number in range(230)]
        self.ask_many(peer, (("register", name, PASSWORD) for name in names))
        self.ask_many(peer, (("whisper", "alice", peer.token, name, "hi") for name in names))
        peer.close()
        screen = self.open(rows=20)
        screen.waits("[1] ", "10 friend")
        for name in ("friend003", "friend229", "#cooks"):  # later pages come in their time
            self.go_to(screen, name)

    def go_to(self, screen, name):
        def is_there(shown):
            if f"] {name}" in shown:
                return True
            screen.keys("C-k")
            screen.enters(name.removeprefix("#"))
            return False
        screen.until(is_there, screen.screen)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
