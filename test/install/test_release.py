"""`make release` in a copy of the sources: the version everywhere, commit, tag, tarball, packages and
checksums; and what it refuses. PATH OF THE BUILD."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = os.path.abspath(sys.argv.pop(1))
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
VERSION = "7.8.9"


class Release(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="chinwag-test-")
        cls.clone, cls.out = os.path.join(cls.home, "clone"), os.path.join(cls.home, "out")
        os.mkdir(cls.clone)
        files = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT,
                               check=True, stdout=subprocess.PIPE).stdout
        packed = subprocess.run(["tar", "--null", "--files-from=-", "--ignore-failed-read", "-c"],
                                cwd=ROOT, input=files, check=True, stdout=subprocess.PIPE).stdout
        subprocess.run(["tar", "-x"], cwd=cls.clone, input=packed, check=True)
        cls.environment = dict(
            os.environ, CHINWAG_BUILD=BUILD, GIT_CONFIG_GLOBAL="/dev/null",
            GIT_CONFIG_SYSTEM="/dev/null", **{f"GIT_{who}_{what}": value
                                              for who in ("AUTHOR", "COMMITTER")
                                              for what, value in (("NAME", "Test"),
                                                                  ("EMAIL", "test@example.org"))})
        cls.git("init", "--quiet", "-b", "main")
        cls.git("add", "-A")
        cls.git("commit", "--quiet", "-m", "all")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home)

    @classmethod
    def git(cls, *arguments):
        return subprocess.run(["git", *arguments], cwd=cls.clone, check=True, text=True,
                              env=cls.environment, stdout=subprocess.PIPE).stdout

    def release(self, version):
        return subprocess.run(["tools/release", version, self.out], cwd=self.clone, text=True,
                              env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)

    def refused(self, version, words):
        head = self.git("rev-parse", "HEAD")
        done = self.release(version)
        self.assertEqual(done.returncode, 1)
        self.assertIn(words, done.stderr)
        self.assertIn("Nothing was done", done.stderr)
        self.assertEqual(self.git("rev-parse", "HEAD"), head)

    def read(self, name):
        with open(os.path.join(self.clone, name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(os.path.join(self.clone, name), "w", encoding="utf-8") as file:
            file.write(text)

    def test_a_release(self):
        self.write("CHANGELOG.md", self.read("CHANGELOG.md").replace(
            "## Unreleased\n", "## Unreleased\n\n- The change of this test.\n", 1))
        self.refused(VERSION, "there are changes that are not committed")
        self.git("commit", "--quiet", "-am", "a change")
        for version in ("7.8", "v7.8.9", "7.8.09", "", "7.8.9-rc1"):
            if version:
                self.refused(version, "is no version: write three numbers")
        self.refused("0.0.9", "0.0.9 is older than")

        done = self.release(VERSION)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.assertIn(f"  version: '{VERSION}',\n", self.read("meson.build"))
        self.assertRegex(self.read("CHANGELOG.md"), r"\A# Changes\n\n## Unreleased\n\n## 7\.8\.9 - "
                                                    r"\d{4}-\d\d-\d\d\n\n- The change of this test.\n")
        self.assertEqual(self.git("log", "-1", "--format=%s"), f"release: {VERSION}\n")
        self.assertEqual(self.git("cat-file", "-t", f"v{VERSION}"), "tag\n")
        self.assertIn("- The change of this test.", self.git("tag", "-l", "-n99", f"v{VERSION}"))
        self.check_files()
        self.refused(VERSION, "there is a tag v7.8.9: a release is made once")
        self.refused("7.8.10", 'has nothing below "## Unreleased"')

    def check_files(self):
        names = sorted(os.listdir(self.out))
        packages = [name for name in names if name.endswith(".deb")]
        self.assertCountEqual([re.sub(r"_7\.8\.9_[a-z0-9]+\.deb", "", name) for name in packages],
                              ["chinwag", "chinwag-server", "chinwag-server-nats", "chinwag-server-postgres", "libchinwag-audio-dev",
                               "libchinwag-audio1", "libchinwag-dev", "libchinwag1"])
        tarball = f"chinwag-{VERSION}.tar.gz"
        self.assertEqual(names, sorted([*packages, tarball, "SHA256SUMS"]))
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=self.out,
                       check=True)
        with open(os.path.join(self.out, "SHA256SUMS"), encoding="ascii") as file:
            self.assertEqual(len(file.readlines()), len(packages) + 1)
        subprocess.run(["tar", "-xzf", tarball, "-C", self.home], cwd=self.out, check=True)
        unpacked = os.path.join(self.home, f"chinwag-{VERSION}")
        for name in ("meson.build", "CHANGELOG.md", f"test/store/fixtures/{VERSION}/messages.txt"):
            with open(os.path.join(unpacked, name), encoding="utf-8") as file:
                self.assertEqual(file.read(), self.read(name), name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
