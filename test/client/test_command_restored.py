"""A client with newer messages than its server: the data folder was restored from an older
backup, or is new. The client prints every message of the server once, and says what
happened."""

import glob
import os
import shutil
import signal
import sys

from command import DONE, Commands, main


class RestoredTest(Commands):
    def setUp(self):
        super().setUp()
        self.register("alice", "bob")
        self.backup = self.path("backup")

    def say(self, *texts):
        for text in texts:
            self.done("--as", "alice", "send", "@bob", text)

    def heard(self, count):
        """What the next listen prints, until it has so many, and what it says."""
        code, out, err = self.run_command("--as", "bob", "listen", "--count", str(count))
        self.assertEqual(code, DONE, err)
        return [line.split(" ", 2)[2] for line in out.splitlines()], err

    def nothing_waits(self):
        """What a listen says until it is there. By that the server knows, too, what has
        arrived."""
        with self.start("--as", "bob", "listen") as bob:
            said = ""
            while "listening as bob" not in said:
                said += bob.line(bob.process.stderr)
            code, out, _ = bob.end(signal.SIGINT)
        self.assertEqual((code, out), (DONE, ""))
        return said

    def replace_data(self, data):
        self.assertEqual(self.server.stop(), 0)
        shutil.rmtree(self.server.data)
        if data:
            shutil.copytree(data, self.server.data)
        self.server.start()

    def back_up(self):
        self.assertEqual(self.server.stop(), 0)
        shutil.copytree(self.server.data, self.backup)
        self.server.start()

    def seen(self):
        (path,) = glob.glob(self.path("state/chinwag/*/bob.seen"))
        return path

    def assert_anew(self, err, anew=True):
        self.assertEqual("what the server has stored since then" in err, anew, err)

    def test_older_backup(self):
        self.say("one", "two")
        self.assertEqual(self.heard(2)[0], ["alice: one", "alice: two"])
        self.back_up()
        self.say(*(f"lost {i}" for i in range(4)))
        heard, err = self.heard(4)
        self.assertEqual(heard, [f"alice: lost {i}" for i in range(4)])
        self.assert_anew(err, False)  # the server was started again: no more than that
        for life in range(2):  # the same backup twice
            self.replace_data(self.backup)
            # Fewer than were lost, as many, more: their ids were known before.
            for count in (1, 3, 2):
                texts = [f"life {life}, {count}, {i}" for i in range(count)]
                self.say(*texts)
                heard, err = self.heard(count)
                self.assertEqual(heard, [f"alice: {text}" for text in texts])
                self.assert_anew(err, count == 1)
        self.assert_anew(self.nothing_waits(), False)

    def test_more_was_said_than_was_lost(self):
        """The position is no longer ahead when the client comes back."""
        self.say("one")
        self.assertEqual(self.heard(1)[0], ["alice: one"])
        self.back_up()
        self.say("lost")
        self.heard(1)
        self.replace_data(self.backup)
        texts = [f"new {i}" for i in range(5)]
        self.say(*texts)
        heard, err = self.heard(5)
        self.assertEqual(heard, [f"alice: {text}" for text in texts])
        self.assert_anew(err)

    def test_while_it_listens(self):
        self.say("one")
        self.heard(1)
        self.back_up()
        with self.start("--as", "bob", "listen") as bob:
            bob.err_until("listening as bob")
            self.say("lost")
            self.assertIn("lost", bob.out())
            self.replace_data(self.backup)
            self.say("new")
            bob.err_until("has other messages than before")
            self.assertIn("new", bob.out())

    def test_new_folder(self):
        self.say("one", "two", "three")
        self.heard(3)
        self.replace_data(None)
        self.register("alice", "bob")
        self.say("fresh")
        heard, err = self.heard(1)
        self.assertEqual(heard, ["alice: fresh"])
        self.assert_anew(err)
        self.assert_anew(self.nothing_waits(), False)

    def test_killed_right_after_it_was_told(self):
        """The place where it starts anew is saved before anything is printed."""
        self.say("one", "two", "three")
        self.heard(3)
        self.replace_data(None)
        self.register("alice", "bob")
        self.assert_anew(self.nothing_waits())
        self.say("fresh")
        heard, err = self.heard(1)
        self.assertEqual(heard, ["alice: fresh"])
        self.assert_anew(err, False)

    def test_position_of_version_0_1_0(self):
        self.say("one", "two")
        self.heard(2)
        with open(self.seen(), "w", encoding="ascii") as file:
            file.write("1\n")
        heard, err = self.heard(1)
        self.assertEqual(heard, ["alice: two"])
        self.assert_anew(err, False)
        with open(self.seen(), "w", encoding="ascii") as file:
            file.write("2\n")
        self.nothing_waits()
        with open(self.seen(), "w", encoding="ascii") as file:
            file.write("4711\n")
        self.say("three")
        heard, err = self.heard(1)
        self.assertEqual(heard, ["alice: three"])
        self.assert_anew(err)

    def test_damaged_position(self):
        for damage in (b"", b"\0" * 40, b"nonsense\n", b"999999999999999999999999\n", b"-1\n"):
            self.say("before", "after")
            self.heard(2)
            self.nothing_waits()
            with open(self.seen(), "wb") as file:
                file.write(damage)
            leftover = self.seen() + ".AbC123"
            shutil.copy(self.seen(), leftover)
            self.say("new")
            heard, err = self.heard(1)
            self.assertEqual(heard, ["alice: new"], damage)
            self.assertIn("bob.seen is damaged, so it is not known which message was shown last", err)
            self.assertFalse(os.path.exists(leftover))
            self.assertNotIn("damaged", self.nothing_waits())

    def test_damaged_account(self):
        (path,) = glob.glob(self.path("state/chinwag/*/bob.account"))
        with open(path, "r+b") as file:
            data = bytearray(file.read())
            data[-30] ^= 1  # in the token
            file.seek(0)
            file.write(data)
        code, out, err = self.run_command("--as", "bob", "whoami")
        self.assertNotEqual(code, DONE)
        self.assertEqual(out, "")
        self.assertIn("bob.account is damaged: log in again", err)
        self.assertIn("bob", self.done("login", "bob"))
        self.assertIn("bob", self.done("--as", "bob", "whoami"))


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
