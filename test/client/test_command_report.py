"""What users see of their administrators: report, reset-password, and announcements and closed groups
while listen runs."""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import control  # noqa: E402
from command import REFUSED, UNREACHABLE, WRONG_USE, Commands, main  # noqa: E402
from test_command_json import SCHEMA, wrong  # noqa: E402


class ReportTest(Commands):
    def ask(self, *words):
        return control.ask(self.server, *words)

    def test_a_report(self):
        self.register("alice", "bob")
        self.done("--as", "bob", "send", "@alice", "buy now")
        self.done("--as", "alice", "report", "@bob", "1", "spam")
        report, = self.ask("report", "list")
        self.assertEqual((report["by"], report["sender"], report["content"], report["reason"]),
                         ("alice", "bob", "buy now", "spam"))
        self.done("--as", "alice", "report", "@bob", "1")
        self.assertEqual(len(self.ask("report", "list")), 1)
        self.fails(REFUSED, "no message with this number", "--as", "alice", "report", "@bob", "2")
        self.fails(WRONG_USE, "", "--as", "alice", "report", "@bob", "one")

    def test_a_password_by_a_link(self):
        self.register("bob")
        code = self.ask("user", "reset", "bob")[0]["link"]
        password = self.path("password")
        with open(password, "w") as file:
            file.write("battery staple\n")
        reset = ("reset-password", code, "--new-password-file", password)
        self.assertEqual(self.done(*reset), "the password of bob is changed; log in with it: "
                         "chinwag login NAME\n")
        self.fails(REFUSED, "this link is not good, or not any more", *reset)
        self.done("login", "bob", CHINWAG_PASSWORD="battery staple")
        server = f"{self.server.address}:{self.server.port}"
        code = self.ask("user", "reset", "bob")[0]["link"]
        self.done("reset-password", f"chinwag://{server}/#{code}", "--new-password-file", password,
                  CHINWAG_SERVER=None)

    def test_what_the_operator_hands_on(self):
        self.register("bob")
        status, out, _ = control.run(self.server.data, "user", "reset", "bob")
        self.assertEqual(status, 0)
        server = f"{self.server.address}:{self.server.port}"
        found = re.search(rf"^  chinwag --server {server} reset-password ([\w-]{{43}})$", out, re.M)
        self.assertIn(f"\n  http://{server}/#/reset/{found[1]}\n", out)
        password = self.path("password")
        with open(password, "w") as file:
            file.write("battery staple\n")
        alone = subprocess.run([os.environ["CHINWAG"], "reset-password", found[1]],
                               env={**self.environment, "CHINWAG_PASSWORD": "x"},
                               stdin=subprocess.DEVNULL, capture_output=True,
                               start_new_session=True)
        self.assertEqual((alone.returncode, alone.stderr.decode().split(": use ")[-1]),
                         (WRONG_USE, "--new-password-file FILE\n"))
        # The page's link is a link, to the server over TLS, which this one has not.
        self.fails(UNREACHABLE, f"wss://{server}/ws", "reset-password",
                   f"https://{server}/#/reset/{found[1]}", "--new-password-file", password,
                   CHINWAG_SERVER=None)
        self.done("reset-password", found[1], "--new-password-file", password)

    def test_what_is_announced(self):
        self.register("alice")
        self.ask("announce", "The server moves.")
        with self.start("--as", "alice", "listen") as people, \
                self.start("--as", "alice", "group", "create", "cooks") as group:
            people.err_until("listening as alice")
            self.assertTrue(people.out().endswith("* the operator announces: The server moves."))
            self.assertEqual(group.end()[0], 0)
            self.ask("announcement", "end", "1")
            self.assertTrue(people.out().endswith("* announcement 1 is over"))
            self.ask("group", "close", "cooks")
            self.assertTrue(people.out().endswith("#cooks * the operator closed the group"))

    def test_for_programs(self):
        self.register("alice")
        self.ask("announce", "The server moves.", "--for", "1h")
        with self.listen("alice") as programs:
            told = self.line_of(programs, "announce")
            self.assertEqual((told["id"], told["content"], "sender" in told),
                             (1, "The server moves.", False))
            self.assertEqual(told["until"] - told["time"], 3600 * 1000)
            self.ask("announcement", "end", "1")
            self.assertEqual(self.line_of(programs, "end_announcement")["id"], 1)

    def line_of(self, programs, kind):
        value = json.loads(programs.out())
        self.assertEqual((value["type"], wrong(value, SCHEMA[kind])), (kind, ""))
        return value


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
