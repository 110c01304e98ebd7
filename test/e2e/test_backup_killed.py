"""Backups and restores that are killed or stopped in the middle: what was whole stays whole, and the
same command does it again."""

import os
import shutil
import subprocess

from control import program
from harness import Server, main
from test_backup import ANSWER, BackupTest, chinwagd


class Killed(BackupTest):
    def test_in_the_middle_of_a_backup(self):
        for number in range(60):
            self.say("one", {"file": self.upload(self.alice, os.urandom(9000))})
        self.back_up()
        caught = 0
        for round_number in range(40):
            ending = subprocess.Popen([program(), "--data", self.server.data, "backup", self.folder],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            # Each time a little later.
            while ending.poll() is None:
                partial = [name for name in os.listdir(self.folder) if name.endswith(".partial")]
                try:
                    if partial and sum(len(names) for _, _, names in os.walk(
                            os.path.join(self.folder, partial[0]))) >= 5 * caught:
                        break
                except OSError:
                    pass
            self.server.kill()
            ending.communicate(timeout=ANSWER)
            caught += any(name.endswith(".partial") for name in os.listdir(self.folder))
            self.server.start()
            self.alice = self.again(self.alice)
            if caught == 6:
                break
        self.assertGreater(caught, 0)
        # The newest complete one is good, and the next clears up.
        self.assertEqual(chinwagd("--verify", self.folder)[0], 0)
        self.back_up()
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".partial")],
                         [])
        self.restore(self.folder)
        self.assertEqual(chinwagd("--verify", "--data", self.new)[0], 0)

    def test_a_stop_in_the_middle_of_a_backup(self):
        """The server gives it up, and ends as it should; nothing is left of it."""
        for number in range(60):
            self.say("one", {"file": self.upload(self.alice, os.urandom(9000))})
        given_up = 0
        for round_number in range(40):
            ending = subprocess.Popen([program(), "--data", self.server.data, "backup", self.folder],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while ending.poll() is None and not (
                    os.path.exists(self.folder) and
                    any(name.endswith(".partial") for name in os.listdir(self.folder))):
                pass
            self.assertEqual(self.server.stop(), 0)
            _, error = ending.communicate(timeout=ANSWER)
            if ending.returncode != 0:
                self.assertIn(b"chinwagctl: the backup was given up, since the server ends\n",
                              error)
                given_up += 1
            self.assertEqual([name for name in os.listdir(self.folder)
                              if name.endswith(".partial")], [])
            self.server.start()
            self.alice = self.again(self.alice)
            if given_up == 2:
                break
        self.assertGreater(given_up, 0)
        self.back_up()
        self.assertEqual(chinwagd("--verify", self.folder)[0], 0)

    def test_in_the_middle_of_a_restore(self):
        for number in range(60):
            self.say("one", {"file": self.upload(self.alice, os.urandom(9000))})
        backup, done = self.back_up()
        marker = os.path.join(self.new, "unfinished-restore")
        caught = 0
        for round_number in range(40):
            ending = subprocess.Popen([os.environ["CHINWAGD"], "--restore", backup, "--data",
                                       self.new], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE)
            while ending.poll() is None:
                there = sum(len(names) for _, _, names in os.walk(self.new))
                if os.path.exists(marker) and there >= 10 * caught:
                    break
            ending.kill()
            ending.communicate(timeout=ANSWER)
            if os.path.exists(marker):
                caught += 1
                code, _, log = Server(data=self.new).refusal()
                self.assertEqual(code, 1)
                self.assertIn("did not come to its end", log)
            else:
                shutil.rmtree(self.new, ignore_errors=True)
            if caught == 6:
                break
        self.assertGreater(caught, 0)
        self.restore(backup)
        self.assertFalse(os.path.exists(marker))
        code, lines, _ = chinwagd("--verify", "--data", self.new)
        self.assertEqual(code, 0)
        self.assertIn("60 files of messages, 0 of them damaged", lines)
        self.assertEqual(len(self.texts(self.restored(), "bob", "alice")), 60)


if __name__ == "__main__":
    main()
