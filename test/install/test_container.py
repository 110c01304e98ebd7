"""The container of the server: what stands in packaging/Containerfile runs from the tree of its
files, as its user, where nothing of this machine's own libraries is: PATH OF THE BUILD."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

from installed import run

BUILD = sys.argv.pop(1)
ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
# In a mount namespace of its own, so that the tree has the /proc that a container has.
AS_ROOT = 'mount -t proc proc "$0/proc" && exec chroot --userspec 4242:4242 "$0" "$@"'
AS_ANYBODY = 'mount --rbind /proc "$0/proc" && exec chroot "$0" "$@"'


def containerfile():
    """The instructions: {name: [arguments]}; lists of words where they are in JSON."""
    found = {}
    with open(os.path.join(ROOT, "packaging", "Containerfile"), encoding="utf-8") as file:
        for line in file:
            match = re.match(r"([A-Z]+) (.*)$", line)
            if match:
                words = match[2][match[2].index("["):] if "[" in match[2] else None
                found.setdefault(match[1], []).append(json.loads(words) if words else match[2])
    return found


class Container(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="chinwag-test-")
        os.chmod(cls.home, 0o755)
        cls.tree = os.path.join(cls.home, "tree")
        run(os.path.join(ROOT, "tools", "deb"), os.path.join(cls.home, "debs"),
            env=dict(os.environ, CHINWAG_BUILD=BUILD))
        run(os.path.join(ROOT, "tools", "container_tree"), os.path.join(cls.home, "debs"), cls.tree)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home)

    def inside(self, *command):
        """The command line that runs another one in the tree. Of root's rights only those are
        used that make its world; where there are none, a user namespace gives them."""
        if os.getuid() == 0:
            os.chown(os.path.join(self.tree, "var/lib/chinwag"), 4242, 4242)
            chroot = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", AS_ROOT]
        else:
            chroot = ["unshare", "--map-root-user", "--mount", "sh", "-c", AS_ANYBODY]
        return [*chroot, self.tree, *command]

    def test_it_begins_with_nothing(self):
        self.assertEqual(containerfile()["FROM"], ["scratch"])
        there = {os.path.relpath(os.path.join(folder, name), self.tree)
                 for folder, _, names in os.walk(self.tree) for name in names}
        programs = {name for name in there if name.startswith(("usr/bin/", "usr/sbin/"))}
        self.assertEqual(programs, {"usr/bin/chinwagd", "usr/bin/chinwagctl"})
        for name in there:
            mode = os.lstat(os.path.join(self.tree, name)).st_mode
            self.assertEqual(mode & (stat.S_ISUID | stat.S_ISGID), 0, name)
        libraries = {name for name in there if ".so" in name}
        self.assertTrue(any("libsqlite3" in name for name in libraries))
        self.assertTrue(any(name.startswith("usr/share/doc/libc6/") for name in there))

    def test_it_runs_as_it_says(self):
        says = containerfile()
        self.assertEqual(says["USER"], ["4242:4242"])
        ready, tells = os.pipe()
        with open(os.path.join(self.home, "log"), "w+", encoding="utf-8") as log:
            server = subprocess.Popen(
                self.inside(*says["ENTRYPOINT"][0], "--listen", "127.0.0.1:0"),
                stdin=subprocess.DEVNULL, stdout=tells, stderr=log, env={"PATH": os.environ["PATH"]})
            os.close(tells)
            with os.fdopen(ready, encoding="utf-8") as lines:
                try:
                    line = lines.readline()
                    log.seek(0)
                    self.assertTrue(line.startswith("listening 127.0.0.1:"), line + log.read())
                    self.converse(line.split()[1])
                    said = run(*self.inside(*says["HEALTHCHECK"][0]),
                               env={"PATH": os.environ["PATH"]})
                    self.assertIn("version", said)
                finally:
                    server.kill()  # of the namespace's first process: all others end with it
                    server.wait()
        self.assertIn("chinwag.db", os.listdir(os.path.join(self.tree, "var/lib/chinwag")))

    def converse(self, address):
        """With this machine's client."""
        environment = dict(os.environ, HOME=self.home, CHINWAG_PASSWORD="correct horse")
        command = [os.path.join(BUILD, "chinwag"), "--server", address]
        run(*command, "register", "alice", env=environment)
        run(*command, "--as", "alice", "send", "@alice", "hello", env=environment)
        self.assertIn("hello", run(*command, "--as", "alice", "history", "@alice",
                                   env=environment))


if __name__ == "__main__":
    unittest.main(verbosity=2)
