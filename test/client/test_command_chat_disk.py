#!/usr/bin/python3
"""The terminal client on a disk that stands still, or is full. The last argument is slow_disk.so."""

import contextlib
import os
import signal
import sys

from command import children, main
from keys import change_key, key_text
from relays import Relay
from terminals import Terminals


class DiskTest(Terminals):
    def setUp(self):
        super().setUp()
        self.cook()
        self.disk = self.path("disk")

    def open(self, columns=120, **changes):
        return super().open("--as", "alice", columns=columns, SLOW_DISK=self.disk, LD_PRELOAD=SLOW_DISK,
                            SLOW_FOLDERS=self.path("folders"), **changes)

    def said(self):
        return [line for line in self.history("bob", "#cooks") if line.startswith("alice: ")]

    def test_nothing_waits_for_a_disk_that_stands_still(self):
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        os.mkfifo(self.disk)
        screen.enters("one")
        screen.waits("\N{MIDDLE DOT} one", "[1 being kept]")
        self.by("bob", "send", "#cooks", "meanwhile")
        screen.waits("meanwhile")
        screen.enters("/theme light")
        screen.waits("the theme is light;")
        screen.types("still typing")
        screen.waits("> still typing", "[1 being kept]")
        self.assertEqual(self.said(), [])  # not before it is kept
        goes_on = os.open(self.disk, os.O_WRONLY)
        os.unlink(self.disk)
        screen.waits("alice   one", "> still typing", without=["being kept", "under way"])
        self.assertEqual(self.said(), ["alice: one"])
        os.close(goes_on)
        screen.keys("C-u")
        screen.enters("/quit")
        screen.waits("ended 0")

    def test_the_end_says_that_it_waits_for_the_disk_and_need_not(self):
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        os.mkfifo(self.disk)
        screen.enters("one")
        screen.waits("\N{MIDDLE DOT} one", "[1 being kept]")
        screen.enters("/quit")
        screen.waits("waiting for the disk, where what you have written is being kept; Ctrl-C ends without it")
        os.kill(screen.process(), signal.SIGTERM)
        screen.waits(f"ended {128 + signal.SIGTERM}")

    def test_a_disk_that_goes_on_late_ends_the_wait(self):
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        os.mkfifo(self.disk)
        screen.enters("one")
        screen.waits("\N{MIDDLE DOT} one", "[1 being kept]")
        screen.enters("/quit")
        screen.waits("waiting for the disk")
        goes_on = os.open(self.disk, os.O_WRONLY)
        os.unlink(self.disk)
        screen.waits("chinwag: 1 not sent to", "kept for the next time", "ended 0")
        os.close(goes_on)

    def test_what_could_not_be_kept_is_no_repetition_of_what_comes(self):
        """The file does not know the number of the second message, and the server does."""
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        screen.enters("kept")
        screen.waits("alice   kept", without=["being kept", "under way"])
        with open(self.disk, "wb"):
            pass
        screen.enters("the same words")
        screen.waits("the same words", "cannot keep drafts and what is not sent: No space left",
                     without=["being kept", "under way"])
        os.kill(screen.process(), signal.SIGKILL)
        screen.waits("Killed")
        os.unlink(self.disk)
        again = self.open()
        again.waits("the same words", without=["loading"])
        again.enters("the same words")
        again.enters("and others")
        again.waits("and others", without=["being kept", "under way", "not sent"])
        self.assertEqual(self.said(), ["alice: kept", "alice: the same words",
                                       "alice: the same words", "alice: and others"])

    def test_files_are_completed_when_their_folder_answers(self):
        """Neither the screen nor what is kept waits for it."""
        with open(self.path("soup of the day.txt"), "w", encoding="utf-8") as file:
            file.write("leeks")
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        os.mkfifo(self.path("folders"))
        screen.types("/send ~/soup")
        screen.keys("Tab", "Tab")
        self.by("bob", "send", "#cooks", "meanwhile")
        screen.waits("meanwhile", "> /send ~/soup", without=["of the day"])
        screen.keys("C-u")
        screen.enters("one")
        screen.waits("alice   one", without=["being kept", "under way"])
        screen.types("/send ~/soup")
        screen.keys("Tab")
        goes_on = os.open(self.path("folders"), os.O_WRONLY)
        os.unlink(self.path("folders"))
        os.close(goes_on)
        screen.waits("> /send ~/soup of the day.txt")
        screen.keys("C-u")
        os.mkfifo(self.path("folders"))
        screen.types("/send ~/so")
        screen.keys("Tab")
        screen.waits("> /send ~/so", without=["of the day"])
        screen.keys("C-u")
        screen.enters("/quit")
        screen.waits("ended 0", without=["waiting"])

    def test_one_of_several_servers_is_closed_while_the_disk_stands_still(self):
        with self.another_server() as other:
            there = f"{other.address}:{other.port}"
            self.done("--server", there, "register", "alice")
            self.done("--server", there, "--as", "alice", "group", "create", "bakers")
            here = f"{self.server.address}:{self.server.port}"
            screen = self.open(columns=140, CHINWAG_SERVER=here)
            screen.waits("[1] #cooks", without=["loading"])
            screen.enters(f"/server {there}")
            screen.waits("[1] #bakers", without=["loading"])
            os.mkfifo(self.disk)
            screen.enters("not kept yet")
            screen.waits("\N{MIDDLE DOT} not kept yet", "[1 being kept]")
            screen.enters(f"/server -{there}")
            screen.waits("[1] #cooks", without=["#bakers", there, "waiting for the disk"])
            self.done("--server", here, "--as", "bob", "send", "#cooks", "meanwhile")
            screen.waits("meanwhile")
            screen.enters(f"/server {there}")
            screen.waits(f"{there} is still being closed", "Enter goes back.")
            goes_on = os.open(self.disk, os.O_WRONLY)
            os.unlink(self.disk)
            screen.enters("")
            screen.waits(f"1 not sent to {there} yet: kept for the next time", "meanwhile")
            os.close(goes_on)
            with self.start("--server", there, "--as", "alice", "listen") as listening:
                listening.err_until("listening as alice")  # nothing there is locked any more
            screen.enters(f"/server {there}")
            screen.waits("[1] #bakers", "alice   not kept yet", without=["being kept", "under way"])
            screen.enters("/logout")  # beside the others: a program of its own says it
            screen.waits("[1] #cooks", "logged out alice", without=["#bakers"])
            self.assertEqual(self.run_command("--server", there, "--as", "alice", "whoami")[0], 2)
            screen.enters("/quit")
            screen.waits("ended 0")

    def test_what_cannot_be_kept_of_a_server_that_is_closed_is_told(self):
        with self.another_server() as other:
            there = f"{other.address}:{other.port}"
            for name in ("bob", "alice"):
                self.done("--server", there, "register", name)
            self.done("--server", there, "--as", "bob", "send", "@alice", "soup")
            here = f"{self.server.address}:{self.server.port}"
            screen = self.open(columns=180, CHINWAG_SERVER=here)
            screen.waits("[1] #cooks", without=["loading"])
            screen.enters(f"/server {there}")
            screen.waits("[1] bob", "soup", without=["loading"])
            os.mkfifo(self.disk)
            screen.enters("not kept yet")
            screen.waits("\N{MIDDLE DOT} not kept yet", "[1 being kept]")
            self.done("--server", there, "--as", "bob", "send", "@alice", "bread")
            screen.waits("bread")
            screen.types("a draft")
            screen.waits("> a draft")
            screen.keys("M-s")
            screen.waits("[1] #cooks", without=["a draft"])
            screen.enters(f"/server -{there}")
            screen.waits("[1] #cooks", without=["\n" + there[:16]])
            full, stands_still = self.path("full"), self.path("stands still")
            with open(full, "wb"):
                pass
            os.link(self.disk, stands_still)
            os.rename(full, self.disk)  # before it goes on: what it writes next finds no room
            goes_on = os.open(stands_still, os.O_WRONLY)
            screen.waits(f"{there}: cannot keep drafts and what is not sent:",
                         f"{there}: cannot save up to where you have",
                         f"1 not sent to {there} yet: lost")
            os.close(goes_on)

    def test_a_new_key_of_the_server_waits_for_no_disk(self):
        name = f"{self.server.address}:{self.server.port}"
        self.done("--server", name, "--server-key", key_text(self.server), "login", "alice")
        screen = self.open(CHINWAG_SERVER=name)
        screen.waits("[1] #cooks", without=["loading"])
        os.mkfifo(self.disk)
        new_key = change_key(self.server)
        self.server.kill()
        screen.waits("no connection")
        self.server.start()
        screen.waits("[1] #cooks", without=["no connection"])
        screen.types("still typing")
        screen.waits("> still typing", without=["has a new key"])
        with open(self.path("state/chinwag/known_servers"), encoding="ascii") as file:
            self.assertNotIn(new_key, file.read())
        goes_on = os.open(self.disk, os.O_WRONLY)
        os.unlink(self.disk)
        screen.waits("has a new key, and has", "known here was", "> still typing")
        os.close(goes_on)
        with open(self.path("state/chinwag/known_servers"), encoding="ascii") as file:
            self.assertIn(new_key, file.read())

    def wait_child(self, client, *arguments):
        """Until the client runs a command that ends like this."""
        def runs(child):
            with contextlib.suppress(OSError), open(f"/proc/{child}/cmdline", encoding="ascii") as file:
                return file.read().endswith("\0".join(arguments) + "\0")

        self.until(lambda: any(map(runs, children(client))))

    def test_commands_know_a_key_that_is_not_written_yet(self):
        relay = Relay(self.server, self.folder.name)
        self.addCleanup(relay.end)
        known = self.path("state/chinwag/known_servers")
        self.done("--server", relay.name, "--server-key", relay.key, "login", "alice")
        os.unlink(known)
        screen = self.open(CHINWAG_SERVER=f"{self.server.address}:{self.server.port}")
        screen.waits("[1] #cooks", without=["loading"])
        os.mkfifo(self.disk)
        screen.enters(f"/server chinwag://{relay.name}/#cooks,{relay.key}")
        screen.waits("[1] #cooks", "\n" + relay.name[:12], without=["loading"])
        screen.enters("/whoami")
        self.wait_child(screen.process(), "--server-key", relay.key, "--as", "alice", "whoami")
        goes_on = os.open(self.disk, os.O_WRONLY)
        os.unlink(self.disk)
        screen.waits(f"alice at {relay.name}", without=["is not known"])
        os.close(goes_on)
        with open(known, encoding="ascii") as file:
            self.assertEqual(file.read(), f"{relay.name} curve {relay.key}\n")

    def test_the_position_that_cannot_be_saved_is_told_once(self):
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading"])
        with open(self.disk, "wb"):
            pass
        for text in ("soup", "bread"):
            self.by("bob", "send", "#cooks", text)
            screen.waits(text)
        screen.waits("cannot save up to where you have received: No space left")
        self.by("bob", "send", "#cooks", "butter")
        shown = screen.waits("butter")
        self.assertEqual(shown.count("cannot save"), 1)


if __name__ == "__main__":
    SLOW_DISK = os.path.abspath(sys.argv.pop(3))
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
