"""The Debian packages, made of the finished build: lintian finds no error, the same sources give the
same bytes, and what is unpacked works. (make deb-test installs, upgrades and removes them.)"""

import hashlib
import os
import shutil
import sys
import tempfile
import unittest

from installed import converse, run

BUILD = sys.argv.pop(1)
TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/deb")
PACKAGES = ["chinwag", "chinwag-server", "chinwag-server-nats", "chinwag-server-postgres", "libchinwag-audio-dev",
            "libchinwag-audio1", "libchinwag-dev",
            "libchinwag1"]


def build(home):
    """The packages by name, and the hash of each."""
    run(TOOL, home, env=dict(os.environ, CHINWAG_BUILD=BUILD))
    found = {}
    for file in sorted(os.listdir(home)):
        if file.endswith(".deb") and "dbgsym" not in file:
            with open(os.path.join(home, file), "rb") as package:
                found[file.split("_")[0]] = (os.path.join(home, file),
                                             hashlib.sha256(package.read()).hexdigest())
    return dict(sorted(found.items()))


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="chinwag-test-")
        cls.packages = build(os.path.join(cls.home, "one"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home)

    def test_all_are_there(self):
        self.assertEqual(list(self.packages), PACKAGES)

    def test_lintian_finds_no_error(self):
        run("lintian", "--fail-on", "error", "--allow-root",
            *(path for path, _ in self.packages.values()))

    def test_the_same_sources_give_the_same_packages(self):
        self.assertEqual([h for _, h in build(os.path.join(self.home, "two")).values()],
                         [h for _, h in self.packages.values()])

    def test_what_is_unpacked_works(self):
        root = os.path.join(self.home, "root")
        for path, _ in self.packages.values():
            run("dpkg-deb", "-x", path, root)
        converse(os.path.join(root, "usr/bin"), os.path.join(root, "etc/chinwag/chinwag.conf"),
                 self.home)
        unit = os.path.join(root, "lib/systemd/system/chinwag-server.service")
        with open(unit, encoding="utf-8") as file:
            self.assertIn("ExecStart=/usr/bin/chinwagd --config /etc/chinwag/chinwag.conf "
                          "--data %S/chinwag\n", file.read())

    def test_the_settings_are_the_administrators(self):
        control = run("dpkg-deb", "-I", self.packages["chinwag-server"][0], "conffiles")
        self.assertEqual(control.split(), ["/etc/chinwag/chinwag.conf"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
