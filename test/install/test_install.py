"""What `make install` puts where, and that it works from there: the server with the config file that
it brings, the command, a program that is compiled against libchinwag, the unit of systemd."""

import json
import os
import re
import shutil
import sys
import tempfile
import unittest

from installed import converse, run

BUILD = sys.argv.pop(1)
FILES = """
bin/chinwag bin/chinwagd include/chinwag/chinwag.h include/chinwag/audio.h
lib/systemd/system/chinwag-server.service lib/systemd/system/chinwag-server.socket
LIB/chinwag/chinwag-nats.so
LIB/chinwag/chinwag-postgres.so
LIB/libchinwag.so LIB/libchinwag.so.1 LIB/libchinwag.so.1.0.0 LIB/pkgconfig/libchinwag.pc
LIB/libchinwag.a LIB/libchinwag-audio.a LIB/libchinwag-audio.so LIB/libchinwag-audio.so.1
LIB/libchinwag-audio.so.1.0.0 LIB/pkgconfig/libchinwag-audio.pc
share/bash-completion/completions/chinwag.bash share/fish/vendor_completions.d/chinwag.fish
share/zsh/site-functions/_chinwag share/man/man1/chinwag.1 share/man/man8/chinwagd.8
bin/chinwagctl share/bash-completion/completions/chinwagctl.bash
share/fish/vendor_completions.d/chinwagctl.fish share/zsh/site-functions/_chinwagctl
share/man/man8/chinwagctl.8
share/chinwag/watch/alerts.yml share/chinwag/watch/grafana.json share/doc/chinwag/metrics.md
share/doc/chinwag/cluster.md share/doc/chinwag/capacity.svg
share/doc/chinwag/CHANGELOG.md share/doc/chinwag/LICENSE share/doc/chinwag/README.md
share/doc/chinwag/library.md share/doc/chinwag/examples/echo_bot.c
share/doc/chinwag/examples/call_recorder.c share/doc/chinwag/json.md share/doc/chinwag/protocol.md share/doc/chinwag/running.md
share/doc/chinwag/security.md share/doc/chinwag/from-discord.md share/doc/chinwag/from-mattermost.md
share/doc/chinwag/from-mumble.md share/doc/chinwag/from-teamspeak.md
""".split()

PROGRAM = """
#include <chinwag/audio.h>
#include <stdio.h>
int main(void)
{
    chinwag_client *client = chinwag_create(NULL);
    chinwag_sender *sender = chinwag_sender_create(NULL);
    printf("%d %d %s\\n", client != NULL, sender != NULL, chinwag_code_text(CHINWAG_NO_MEMORY));
    chinwag_sender_destroy(sender);
    chinwag_destroy(client);
    return 0;
}
"""
SAYS = "1 1 this computer has no memory left\n"


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="chinwag-test-")
        cls.root = os.path.join(cls.home, "root")
        run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", cls.root)
        options = json.loads(run("meson", "introspect", "--buildoptions", BUILD))
        prefix = next(o["value"] for o in options if o["name"] == "prefix")
        cls.prefix = cls.root + prefix
        cls.config = (cls.root if prefix == "/usr" else cls.prefix) + "/etc/chinwag/chinwag.conf"
        cls.libraries = os.path.dirname(next(
            os.path.join(folder, "libchinwag.so") for folder, _, names in os.walk(cls.prefix)
            if "libchinwag.so" in names))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home)

    def test_these_files_and_no_others(self):
        there = sorted(os.path.relpath(os.path.join(folder, name), self.prefix)
                       for folder, _, names in os.walk(self.root) for name in names)
        library = os.path.relpath(self.libraries, self.prefix)
        config = os.path.relpath(self.config, self.prefix)
        self.assertEqual(there, sorted([config] + [name.replace("LIB", library) for name in FILES]))

    def test_a_conversation_takes_place(self):
        converse(os.path.join(self.prefix, "bin"), self.config, self.home)

    def compile(self, package, *options):
        """A program, by what pkg-config says of the package."""
        source, program = (os.path.join(self.home, name) for name in ("program.c", "program"))
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        environment = dict(os.environ, PKG_CONFIG_SYSROOT_DIR=self.root, PKG_CONFIG_PATH=os.path.join(
            self.libraries, "pkgconfig"))
        flags = run("pkg-config", "--cflags", "--libs", *options, package, env=environment).split()
        # With a sysroot pkg-config puts it before each folder, also before those of the system.
        flags = [flag.replace(self.root, "") if flag.startswith(("-I", "-L")) and
                 not os.path.exists(flag[2:]) else flag for flag in flags]
        run("cc", source, "-o", program, *flags)
        return program

    def test_a_program_is_compiled_against_the_libraries(self):
        program = self.compile("libchinwag-audio")
        said = run(program, env=dict(os.environ, LD_LIBRARY_PATH=self.libraries))
        self.assertEqual(said, SAYS)
        needs = run("readelf", "-d", program)
        self.assertIn("libchinwag.so.1", needs)
        self.assertIn("libchinwag-audio.so.1", needs)

    def test_a_program_has_the_libraries_inside(self):
        shared = [os.path.join(self.libraries, name) for name in os.listdir(self.libraries)
                  if ".so" in name]
        for name in shared:
            os.rename(name, name + ".away")
        try:
            program = self.compile("libchinwag-audio", "--static")
        finally:
            for name in shared:
                os.rename(name + ".away", name)
        self.assertEqual(run(program), SAYS)
        self.assertNotIn("libchinwag", run("readelf", "-d", program))

    def test_the_config_has_every_setting_as_a_remark(self):
        with open(self.config, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertEqual([line for line in lines if line and not line.startswith("#")], [])
        keys = {line[1:].split(" = ")[0] for line in lines if re.match("#[a-z]", line)}
        with open(os.path.join(os.path.dirname(__file__), "../../README.md"), encoding="utf-8") as f:
            described = {key for row in re.findall(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|", f.read(), re.M)
                         for key in re.findall("`([a-z_]+)`", row)}
        self.assertEqual(keys - described, set())

    def test_the_manual_page_is_one(self):
        page = os.path.join(self.prefix, "share/man/man8/chinwagd.8")
        said = run("man", "--warnings", "-l", page, env=dict(os.environ, MANWIDTH="80", LC_ALL="C"))
        self.assertIn("quota_mib", said)
        self.assertNotRegex(said, r":\d+: warning")

    def test_the_unit_exposes_little(self):
        unit = os.path.join(self.prefix, "lib/systemd/system/chinwag-server.service")
        said = run("systemd-analyze", "security", "--offline=true", unit)
        score = float(re.search(r"exposure level for chinwag-server.service: ([0-9.]+)", said)[1])
        self.assertLessEqual(score, 2.0)
        with open(unit, encoding="utf-8") as file:
            text = file.read()
        self.assertNotIn("@bindir@", text)
        # What it needs may be away for longer than a manager's five attempts.
        self.assertRegex(text, r"(?ms)^\[Unit\].*^StartLimitIntervalSec=0$.*^\[Service\]")


if __name__ == "__main__":
    unittest.main(verbosity=2)
