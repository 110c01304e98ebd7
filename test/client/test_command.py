"""The chinwag command against a real server: what it prints, how it ends, and
what it remembers. Nothing here sleeps: a line is waited for, or an end."""

import fcntl
import json
import os
import pty
import select
import signal
import stat
import subprocess
import sys
import tempfile
import termios
import unittest

import msgpack
import zmq

from command import (DONE, PASSWORD, PATIENCE, REFUSED, TIMEOUT, UNREACHABLE, WRONG_USE,
                     Commands, Running, main)


class CommandTest(Commands):
    # --- servers that know less ---------------------------------------------------

    def test_a_server_without_attach(self):
        """Servers of the first version of the protocol answer attach in several ways."""
        self.register("alice")
        router = zmq.Context.instance().socket(zmq.ROUTER)
        router.linger = 0
        self.addCleanup(router.close)
        port = router.bind_to_random_port("tcp://127.0.0.1")
        state = self.path("state/chinwag")
        os.rename(os.path.join(state, self.environment["CHINWAG_SERVER"]),
                  os.path.join(state, f"127.0.0.1:{port}"))
        self.environment["CHINWAG_SERVER"] = f"127.0.0.1:{port}"
        for answer in (("response", "attach", 1024), ("response", "", 1023),
                       ("response", "login", 0)):
            for command in (("send", "@bob", "hello"), ("whoami",), ("listen",)):
                with self.subTest(answer=answer, command=command), self.start(*command) as run:
                    self.assertTrue(router.poll(PATIENCE * 1000))
                    identity, _ = router.recv_multipart()
                    router.send_multipart([identity, b"".join(map(msgpack.packb, answer))])
                    code, out, err = run.end()
                    self.assertEqual((code, out), (REFUSED, ""))
                    self.assertTrue(err.startswith(
                        "chinwag: the server does not know 'attach', which"), err)

    # --- accounts ---------------------------------------------------------------

    def test_register_logs_in(self):
        where = self.environment["CHINWAG_SERVER"]
        self.assertEqual(self.done("register", "alice"), f"logged in as alice at {where}\n")
        self.assertEqual(self.done("whoami"), f"alice at {where}\n")
        self.register("bob")
        self.assertEqual(self.done("whoami"), f"bob at {where}\n")
        self.assertEqual(self.done("--as", "alice", "whoami"), f"alice at {where}\n")
        self.assertEqual(self.done("whoami", CHINWAG_SERVER=None), f"bob at {where}\n")
        self.fails(REFUSED, "this username is taken (USER_ALREADY_EXIST, 513)",
                   "register", "alice")
        self.fails(REFUSED, "a name has 1 to 64 bytes", "register", "two words")
        self.fails(REFUSED, "a password has 8 to 256 bytes", "register", "carol",
                   CHINWAG_PASSWORD="short")

    def test_login_with_another_spelling(self):
        self.register("Alice")
        self.done("logout")
        self.assertIn("logged in as Alice at", self.done("login", "aLICE"))
        self.fails(REFUSED, "USER_WRONG_PASSWORD", "login", "alice", CHINWAG_PASSWORD="wrong one")

    def test_state_is_private(self):
        self.register("alice")
        files = 0
        for folder, _, names in os.walk(self.path("state")):
            self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
            for name in names:
                files += 1
                path = os.path.join(folder, name)
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(files, 3)

    def test_logout_ends_the_sessions(self):
        self.register("alice")
        path = self.path(f"state/chinwag/{self.environment['CHINWAG_SERVER']}/alice.account")
        with open(path, encoding="utf-8") as file:
            saved = file.read()
        self.assertEqual(self.done("logout"), "logged out alice\n")
        self.fails(WRONG_USE, "chinwag login NAME", "whoami")
        with open(path, "w", encoding="utf-8") as file:
            file.write(saved)
        for arguments in (["whoami"], ["send", "@alice", "hi"], ["listen"], ["call", "cooks"]):
            self.fails(REFUSED, "log in again: chinwag login alice", *arguments)
        self.assertEqual(self.done("logout"), "logged out alice\n")

    def test_login_again_ends_the_old_sessions(self):
        self.register("alice")
        path = self.path(f"state/chinwag/{self.environment['CHINWAG_SERVER']}/alice.account")
        with open(path, encoding="utf-8") as file:
            saved = file.read()
        self.done("login", "alice")
        self.done("whoami")
        with open(path, "w", encoding="utf-8") as file:
            file.write(saved)
        self.fails(REFUSED, "log in again: chinwag login alice", "whoami")

    # --- passwords ----------------------------------------------------------------

    def test_password_file(self):
        with open(self.path("password"), "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\r\nnot this line\n")
        self.done("register", "alice", "--password-file", self.path("password"),
                  CHINWAG_PASSWORD="something else")
        self.done("login", "alice")
        self.fails(WRONG_USE, "no/such/file", "login", "alice", "--password-file", "no/such/file")

    def prompt(self, arguments, answers):
        """Runs it on a terminal of its own; returns exit code and what is shown."""
        environment = {k: v for k, v in self.environment.items() if k != "CHINWAG_PASSWORD"}
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(os.environ["CHINWAG"], ["chinwag", *arguments], environment)
        shown = b""
        answers = list(answers)
        while True:
            ready, _, _ = select.select([terminal], [], [], PATIENCE)
            self.assertTrue(ready, shown)
            try:
                chunk = os.read(terminal, 4096)
            except OSError:  # the end of a terminal on Linux
                break
            if not chunk:
                break
            shown += chunk
            if shown.endswith(b": ") and answers:
                os.write(terminal, answers.pop(0))
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status), shown.decode()

    def test_prompt_without_echo(self):
        line = PASSWORD.encode() + b"\n"
        code, shown = self.prompt(["register", "alice"], [line, line])
        self.assertEqual(code, DONE, shown)
        self.assertIn("New password for alice: ", shown)
        self.assertIn("The same again: ", shown)
        self.assertNotIn(PASSWORD, shown)
        code, shown = self.prompt(["login", "alice"], [line])
        self.assertEqual(code, DONE, shown)
        self.assertNotIn("again", shown)

    def test_prompt_refusals(self):
        line = PASSWORD.encode() + b"\n"
        code, shown = self.prompt(["register", "alice"], [line, b"another one\n"])
        self.assertEqual(code, WRONG_USE)
        self.assertIn("not the same", shown)
        code, shown = self.prompt(["login", "alice"], [b"\x03"])
        self.assertEqual(code, -signal.SIGINT)

    def test_prompt_leaves_the_terminal_as_it_was(self):
        self.register("alice")
        code, shown = self.prompt(["login", "alice"], [b"\x1a", PASSWORD.encode() + b"\n"])
        self.assertEqual((code, shown.count("Password for alice: ")), (DONE, 2), shown)
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        before = termios.tcgetattr(slave)
        pid = os.fork()
        if pid == 0:  # the terminal becomes its own, and stays when it ends
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            os.execve(os.environ["CHINWAG"], ["chinwag", "login", "alice"],
                      {**self.environment, "CHINWAG_PASSWORD": ""})
        ready, _, _ = select.select([master], [], [], PATIENCE)
        self.assertTrue(ready)
        self.assertIn(b"Password", os.read(master, 4096))
        self.assertNotEqual(termios.tcgetattr(slave), before)
        os.write(master, b"\x03")
        _, status = os.waitpid(pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), -signal.SIGINT)  # 130 to a shell
        self.assertEqual(termios.tcgetattr(slave), before)

    # --- sending --------------------------------------------------------------------

    def test_conversation(self):
        self.register("alice", "bob")
        self.assertEqual(self.done("--as", "alice", "send", "@bob", "Hello, B\u00f6b"), "")
        self.done("--as", "alice", "contact", "add", "bob")
        self.done("--as", "alice", "group", "create", "#cooks")
        self.done("--as", "bob", "group", "join", "cooks")
        self.done("--as", "alice", "send", "#cooks", "soup?")
        whisper, group = self.messages("bob", 2)
        self.assertEqual((whisper["type"], whisper["sender"], whisper["content"], whisper["own"]),
                         ("whisper", "alice", "Hello, B\u00f6b", False))
        self.assertEqual((group["type"], group["group"], group["sender"], group["content"]),
                         ("msg_group", "cooks", "alice", "soup?"))
        self.assertLess(whisper["id"], group["id"])
        self.assertGreater(whisper["time"], 1_600_000_000_000)

    def test_send_from_standard_input(self):
        self.register("alice", "bob")
        for text in (b"two\nlines\n", b"no end", b"\n\n"):
            with self.start("--as", "alice", "send", "@bob", "-",
                            stdin=subprocess.PIPE) as running:
                running.process.stdin.write(text)
                running.process.stdin.close()
                running.process.stdin = None
                self.assertEqual(running.end(), (DONE, "", ""))
        self.assertEqual([m["content"] for m in self.messages("bob", 3)],
                         ["two\nlines", "no end", "\n"])

    def test_refusals_say_what_to_do(self):
        self.register("alice", "bob")
        self.done("group", "create", "cooks")
        self.fails(REFUSED, "check the spelling", "send", "@nobody", "hi")
        self.fails(REFUSED, "chinwag group create NAME", "send", "#nothing", "hi")
        self.fails(REFUSED, "chinwag group join NAME", "--as", "alice", "send", "#cooks", "hi")
        self.fails(REFUSED, "chinwag group join NAME", "group", "create", "Cooks")
        self.fails(REFUSED, "you are a member already", "group", "join", "cooks")
        self.fails(REFUSED, "chinwag group create NAME", "call", "nothing", "--out",
                   self.path("out.wav"))

    def test_wrong_use(self):
        self.register("alice")
        self.fails(WRONG_USE, "neither @NAME nor #GROUP", "send", "bob", "hi")
        self.fails(WRONG_USE, "nothing to send", "send", "@bob", "")
        self.fails(WRONG_USE, "longer than a message", "send", "@bob", "a" * 4001)
        self.fails(WRONG_USE, "UTF-8", "send", "@bob", b"\xff")
        self.fails(WRONG_USE, "usage: chinwag send", "send", "@bob")
        self.fails(WRONG_USE, "no option --json", "send", "@bob", "hi", "--json")
        self.fails(WRONG_USE, "--count does not take 'many'", "listen", "--count", "many")
        self.fails(WRONG_USE, "there is no command 'sendd'", "sendd")
        self.fails(WRONG_USE, "'host:port' is a bad address", "whoami", "--server", "host:port")
        self.fails(WRONG_USE, "bob is not logged in", "--as", "bob", "whoami")

    def test_a_part_of_a_command(self):
        for word, others in (("group", "keep"), ("contact", "add"), ("device", "remove"),
                             ("invitation", "withdraw")):
            self.fails(WRONG_USE, f"\n  {word} {others} ", word)
            self.fails(WRONG_USE, f"there is no command '{word} nonsense'", word, "nonsense")
            self.assertIn(f"usage: chinwag {word} ", self.done(word, "--help"))
        self.fails(WRONG_USE, "there is no command 'grou'", "grou")
        self.fails(WRONG_USE, "usage: chinwag call @NAME|GROUP", "call")

    def test_people_are_no_groups(self):
        self.register("alice")
        for arguments in (["latency", "@bob"],
                          ["group", "join", "@bob"], ["group", "members", "@bob"],
                          ["group", "kick", "@bob", "carol"], ["invite", "@bob"],
                          ["invitation", "list", "@bob"]):
            self.fails(WRONG_USE, "'@bob' is a person", *arguments)
        for arguments in (["contact", "add", "#cooks"], ["block", "#cooks"],
                          ["group", "kick", "cooks", "#cooks"]):
            self.fails(WRONG_USE, "'#cooks' is a group", *arguments)
        for name, part in (("@bob", "(USER_DOES_NOT_EXIST, 514)"),
                           ("bob", "a person is called by chinwag call @NAME")):
            self.fails(REFUSED, part, "call", name, "--out", self.path("out.wav"))

    def test_the_server_says_why(self):
        self.register("alice", "bob")
        self.done("--as", "bob", "group", "create", "cooks")
        self.done("--as", "alice", "group", "join", "cooks")
        self.fails(REFUSED, "does not begin with a hyphen", "register", "--", "-dave")
        self.fails(REFUSED, "only the owner of the group", "--as", "alice", "group", "access",
                   "cooks", "open")
        self.done("--as", "bob", "group", "mute", "cooks", "alice", "5")
        code, _, err = self.run_command("--as", "alice", "send", "#cooks", "hi")
        self.assertEqual(code, REFUSED)
        self.assertRegex(err, r"^chinwag: you are muted in this group until (\d{4}-\d\d-\d\d )?"
                              r"\d\d:\d\d \(FORBIDDEN, 1027: muted\)\n$")
        self.assertNotIn("ask whoever runs", err)
        self.fails(REFUSED, "no message with this number", "--as", "alice", "edit", "@bob", "7",
                   "x")

    def test_help(self):
        for arguments in (["--help"], ["send", "--help"], ["group", "create", "--help"]):
            self.assertIn("chinwag " + " ".join(arguments[:-1]), self.done(*arguments))
        self.assertRegex(self.done("--version"), r"^chinwag \d+\.\d+\.\d+\n$")

    def test_unreachable(self):
        self.register("alice")
        self.server.kill()
        for arguments in (["send", "@alice", "hi"], ["listen"], ["login", "alice"], ["logout"],
                          ["whoami"], ["call", "cooks"]):
            self.fails(UNREACHABLE, self.environment["CHINWAG_SERVER"], *arguments)
            self.fails(UNREACHABLE, "chinwagd --data", *arguments)

    # --- listening --------------------------------------------------------------------

    def test_listen_prints_for_people(self):
        self.register("alice", "bob")
        self.done("--as", "alice", "send", "@bob", "\x1b]0;owned\x07\n12:00 carol: forged")
        code, out, _ = self.run_command("listen", "--count", "1")
        self.assertEqual(code, DONE)
        self.assertRegex(
            out, r"^\[1\] \d\d:\d\d alice: \\x1b\]0;owned\\x07\n    12:00 carol: forged\n$")

    def test_listen_goes_on_where_it_stopped(self):
        self.register("alice", "bob")
        for text in "abcd":
            self.done("--as", "alice", "send", "@bob", text)
        self.assertEqual([m["content"] for m in self.messages("bob", 2)], ["a", "b"])
        # Other commands are connected while c and d wait; they do not take them.
        self.done("--as", "bob", "whoami")
        self.done("--as", "bob", "send", "@alice", "hi")
        self.assertEqual([m["content"] for m in self.messages("bob", 2)], ["c", "d"])
        self.assertEqual(self.run_command("listen", "--count", "1", "--timeout", "0")[:2],
                         (TIMEOUT, ""))
        self.assertEqual(self.run_command("listen", "--timeout", "0")[:2], (DONE, ""))

    def test_listen_beside_other_commands(self):
        """Commands do not take the session from a listen of the same account,
        which gets copies of what they send."""
        self.register("alice", "bob")
        with self.listen("bob") as bob:
            for i in range(3):
                self.done("--as", "bob", "send", "@alice", f"from bob {i}")
                self.done("--as", "alice", "send", "@bob", f"to bob {i}")
                own, other = json.loads(bob.out()), json.loads(bob.out())
                self.assertEqual((own["own"], own["to"], own["content"]),
                                 (True, "alice", f"from bob {i}"))
                self.assertEqual((other["own"], other["content"]), (False, f"to bob {i}"))
            self.fails(WRONG_USE, "another listen of bob is running", "--as", "bob", "listen")
            self.assertEqual(bob.end(signal.SIGINT)[:2], (DONE, ""))

    def test_listen_survives_the_server(self):
        self.register("alice", "bob")
        with self.listen("bob") as bob:
            self.done("--as", "alice", "send", "@bob", "before")
            self.assertEqual(json.loads(bob.out())["content"], "before")
            self.server.kill()
            self.assertIn("trying again in", bob.err_until("lost the connection to the server"))
            self.server.start()
            self.done("--as", "alice", "send", "@bob", "after")
            self.assertEqual(json.loads(bob.out())["content"], "after")
            bob.err_until("connected again")
            self.assertEqual(bob.end(signal.SIGTERM)[:2], (DONE, ""))


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
