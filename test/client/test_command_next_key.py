"""A server changes its CURVE key: how the command follows it, and whom it does not follow."""

import os
import signal
import sys
import unittest.mock

from command import Commands, DONE, UNREACHABLE, WRONG_USE, main
from keys import change_key, end_overlap, key_text, revoke_key

FOLLOWED = ("chinwag: the server at {} has a new key, and has proved that it is the same server: "
            "the key known here was replaced\n")
CHANGED = """\
chinwag: THE KEY OF THE SERVER AT {0} IS NOT THE ONE THAT IS KNOWN HERE
  Somebody between you and the server may pretend to be it, or the server has a new key.
  No name, password or message was sent.
  Ask the person who runs the server, by another way than this, whether its key was changed.
  If it was: chinwag forget-server {0}, then use the new link or key.
  The key known here is in {1}
"""


class NextKey(Commands):
    def setUp(self):
        super().setUp()
        self.name = f"{self.server.address}:{self.server.port}"
        self.old_key = key_text(self.server)
        self.followed = FOLLOWED.format(self.name)
        self.changed = CHANGED.format(self.name, self.path("state/chinwag/known_servers"))
        self.done("--server-key", self.old_key, "register", "alice")
        self.done("register", "bob")
        self.assert_known(self.old_key)

    def assert_known(self, key):
        with open(self.path("state/chinwag/known_servers")) as file:
            self.assertEqual(file.read(), f"{self.name} curve {key}\n")

    def says(self, code, said, *arguments, **changes):
        self.assertEqual(self.run_command(*arguments, **changes)[::2], (code, said), arguments)

    def test_the_pin_moves_once_and_lasts(self):
        new_key = change_key(self.server)
        self.says(DONE, self.followed, "send", "@alice", "one")
        self.assert_known(new_key)
        self.says(DONE, "", "send", "@alice", "two")
        end_overlap(self.server)
        self.says(DONE, "", "send", "@alice", "three")
        self.assertEqual([m["content"] for m in self.messages("alice", 3)],
                         ["one", "two", "three"])

    def test_a_login_moves_it_too(self):
        new_key = change_key(self.server)
        self.says(DONE, self.followed, "login", "bob")
        self.assert_known(new_key)

    def test_a_new_link_has_the_new_key_at_once(self):
        new_key = change_key(self.server)
        code, out, said = self.run_command("invite")
        self.assertEqual((code, said.splitlines()[0] + "\n"), (DONE, self.followed), said)
        self.assertTrue(out.splitlines()[1].endswith("," + new_key), out)

    def test_who_was_away_for_all_of_the_change_is_refused(self):
        change_key(self.server)
        end_overlap(self.server)
        self.says(UNREACHABLE, self.changed, "send", "@alice", "one")
        self.assert_known(self.old_key)

    def test_after_a_revocation_both_keys_are_refused(self):
        new_key = change_key(self.server)
        revoke_key(self.server)
        self.says(UNREACHABLE, self.changed, "send", "@alice", "one")
        self.assert_known(self.old_key)
        self.done("forget-server", self.name)
        self.says(DONE, "", "--server-key", key_text(self.server), "send", "@alice", "one")
        self.assertNotEqual(new_key, key_text(self.server))

    def test_a_revocation_after_the_pin_has_moved(self):
        new_key = change_key(self.server)
        self.says(DONE, self.followed, "send", "@alice", "one")
        revoke_key(self.server)
        self.says(UNREACHABLE, self.changed, "send", "@alice", "two")
        self.assert_known(new_key)

    def test_nothing_but_the_server_moves_a_pin(self):
        new_key = change_key(self.server)
        link = f"chinwag://{self.name}/#c0de,{new_key}"
        self.says(WRONG_USE, self.changed, "--server-key", new_key, "send", "@alice", "one")
        self.says(WRONG_USE, self.changed, "register", "carol", "--invitation", link)
        self.assert_known(self.old_key)

    def test_a_link_from_before_the_change_still_leads_here(self):
        new_key = change_key(self.server)
        elsewhere = {"XDG_STATE_HOME": self.path("elsewhere")}
        self.says(DONE, self.followed, "--server-key", self.old_key, "register", "carol",
                  **elsewhere)
        with open(self.path("elsewhere/chinwag/known_servers")) as file:
            self.assertEqual(file.read(), f"{self.name} curve {new_key}\n")
        self.assert_known(self.old_key)

    def test_who_has_the_new_key_is_told_nothing(self):
        new_key = change_key(self.server)
        self.says(DONE, "", "--server-key", new_key, "register", "carol",
                  XDG_STATE_HOME=self.path("elsewhere"))

    def test_other_lines_of_the_file_stay(self):
        path = self.path("state/chinwag/known_servers")
        before = "# mine\nother:1 curve " + self.old_key + "\n"
        after = f"{self.name} tls {64 * '0'}\nnonsense\n"
        with open(path, "w") as file:
            file.write(before + f"{self.name} curve {self.old_key}\n" + after)
        new_key = change_key(self.server)
        self.assertEqual(self.run_command("send", "@alice", "one")[0], DONE)
        with open(path) as file:
            self.assertEqual(file.read(), before + f"{self.name} curve {new_key}\n" + after)

    def test_a_file_that_cannot_be_written_keeps_the_old_key(self):
        new_key = change_key(self.server)
        wrapper = self.path("chinwag")
        with open(wrapper, "w") as file:
            file.write("#!/bin/sh\nulimit -f 0\ntrap '' XFSZ\n"
                       f'exec {os.environ["CHINWAG"]} "$@"\n')
        os.chmod(wrapper, 0o700)
        path = self.path("state/chinwag/known_servers")
        with unittest.mock.patch.dict(os.environ, CHINWAG=wrapper):
            self.says(DONE, f"chinwag: cannot store the server's new key in {path}: File too "
                            "large\n", "send", "@alice", "one")
        self.assert_known(self.old_key)
        self.says(DONE, self.followed, "send", "@alice", "two")
        self.assert_known(new_key)

    def test_a_listen_stores_a_key_that_is_new_here(self):
        os.remove(self.path("state/chinwag/known_servers"))
        with self.start("--server-key", self.old_key, "--as", "bob", "listen") as listening:
            listening.err_until("listening as bob")
            self.assert_known(self.old_key)
            self.assertEqual(listening.end(signal.SIGINT)[0], DONE)

    def test_a_listen_follows_from_one_connection_to_the_next(self):
        with self.listen("bob") as listening:
            new_key = change_key(self.server)
            self.server.stop()
            self.server.start()
            listening.err_until("has a new key")
            listening.err_until("connected again")
            self.assert_known(new_key)
            end_overlap(self.server)
            self.server.stop()
            self.server.start()
            listening.err_until("connected again")
            self.says(DONE, "", "--as", "alice", "send", "@bob", "still here")
            self.assertIn("still here", listening.out())
            self.assertEqual(listening.end(signal.SIGINT)[0], DONE)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
