"""One user with two devices, or two programs on one: who is told what when a
session or a call moves."""

import json
import os
import shutil
import signal
import sys

from command import DONE, REFUSED, Commands, main


class DevicesTest(Commands):
    def setUp(self):
        super().setUp()
        self.register("alice", "bob")
        self.done("--as", "alice", "group", "create", "cooks")
        self.done("--as", "bob", "group", "join", "cooks")
        self.phone = {"XDG_STATE_HOME": self.path("phone")}

    def call(self, name, **changes):
        running = self.start("--as", name, "call", "cooks", "--out", self.path("heard.wav"),
                             **changes)
        running.err_until("in the call of #cooks")
        return running

    def login_phone(self):
        code, _, err = self.run_command("login", "alice", **self.phone)
        self.assertEqual(code, DONE, err)

    def test_second_device_takes_the_call_over(self):
        self.login_phone()
        with self.start("--as", "bob", "listen", "--json") as bob:
            bob.err_until("listening")
            with self.call("alice") as first:
                self.assertIn("call_joined", bob.out())
                with self.call("alice", **self.phone) as second:
                    code, _, err = first.end()
                    self.assertEqual(code, REFUSED)
                    self.assertIn("the call goes on elsewhere", err)
                    self.assertEqual(second.end(signal.SIGINT)[0], DONE)
            # Not a word of the move: the next that bob hears is the end.
            self.assertIn("call_left", bob.out())
            bob.end(signal.SIGINT)

    def test_listen_tells_what_another_device_sent(self):
        """Beside it, and with --own while it was away, in the order in which it was said."""
        self.login_phone()
        with self.start("--as", "alice", "listen", "--json") as first:
            first.err_until("listening")
            code, _, err = self.run_command("send", "@bob", "beside", **self.phone)
            self.assertEqual(code, DONE, err)
            line = json.loads(first.out())
            self.assertEqual(("beside", "bob", True), (line["content"], line["to"], line["own"]))
            first.end(signal.SIGINT)
        self.run_command("send", "@bob", "away", **self.phone)
        self.done("--as", "bob", "send", "@alice", "an answer")
        self.done("--as", "alice", "send", "@bob", "from the same machine")
        shutil.copytree(self.path("state"), self.path("copy"))
        code, out, err = self.run_command("--as", "alice", "listen", "--count", "3", "--own",
                                          "--timeout", "20")
        self.assertEqual(code, DONE, err)
        self.assertEqual([line.split(" ", 2)[2] for line in out.splitlines()],
                         ["alice (you) to bob: away", "bob: an answer",
                          "alice (you) to bob: from the same machine"])
        # A script that sends and waits for the answer gets the answer.
        code, out, err = self.run_command("--as", "alice", "listen", "--count", "1",
                                          "--timeout", "20", XDG_STATE_HOME=self.path("copy"))
        self.assertEqual((code, out.split(" ", 2)[2]), (DONE, "bob: an answer\n"), err)

    def test_second_call_on_one_machine(self):
        with self.call("alice") as first:
            second = self.start("--as", "alice", "call", "cooks", "--out", self.path("other.wav"))
            with second:
                second.err_until("in the call of #cooks")
                code, _, err = first.end()
                self.assertEqual(code, REFUSED)
                self.assertIn("the call goes on elsewhere", err)
                self.assertEqual(second.end(signal.SIGINT)[0], DONE)

    def test_stolen_session_says_so(self):
        """The same state, copied: no lock stands between the two programs."""
        shutil.copytree(self.path("state"), self.path("copy"))
        with self.call("alice") as first:
            with self.call("alice", XDG_STATE_HOME=self.path("copy")) as second:
                code, _, err = first.end()
                self.assertEqual(code, REFUSED)
                self.assertIn("goes on elsewhere", err)
                self.assertEqual(second.end(signal.SIGINT)[0], DONE)

    def test_stolen_listen_says_so(self):
        shutil.copytree(self.path("state"), self.path("copy"))
        with self.start("--as", "alice", "listen") as first:
            first.err_until("listening")
            with self.start("--as", "alice", "listen",
                            XDG_STATE_HOME=self.path("copy")) as second:
                code, _, err = first.end()
                self.assertEqual(code, REFUSED)
                self.assertIn("another listen of alice has taken over", err)
                second.err_until("listening")
                self.assertEqual(second.end(signal.SIGINT)[0], DONE)

    def test_latency_beside_a_call(self):
        with self.call("alice") as first:
            code, out, err = self.run_command("--as", "alice", "latency", "--seconds", "1")
            self.assertEqual(code, DONE, err)
            self.assertIn("mouth to ear", out)
            # In the same call there is no place for a second device that only measures.
            code, _, err = self.run_command("--as", "alice", "latency", "cooks", "--seconds", "1")
            self.assertEqual(code, REFUSED)
            self.assertIn("another device of yours is in this call", err)
            self.assertIsNone(first.process.poll())
            self.assertEqual(first.end(signal.SIGINT)[0], DONE)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
