#!/usr/bin/python3
"""The second factor, device passwords and links for new devices: the chinwag command, and a plain
client beside it that knows the protocol's first version only."""

import base64
import hmac
import json
import os
import re
import struct
import subprocess
import sys
import time

from command import DONE, PASSWORD, REFUSED, WRONG_USE, Commands, main
from harness import Peer
from test_command_json import SCHEMA, wrong


def code_of(secret, step):
    """RFC 6238, computed without anything of ours."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", step), "sha1").digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


class FactorTest(Commands):
    def check(self, line):
        value = json.loads(line)
        self.assertEqual(wrong(value, SCHEMA[value["type"]]), "", line)
        return value

    def turn_on(self, name):
        """The code of the step at which it was turned on is used, that of the next one is good
        for 30 s at least. Returns it, and the recovery codes."""
        step = int(time.time()) // 30
        with self.start("--as", name, "totp", "on", "--json", stdin=subprocess.PIPE) as running:
            told = self.check(running.out())
            self.assertEqual(told["uri"], f"otpauth://totp/{self.server.address}:{name}"
                             f"?secret={told['secret']}&issuer={self.server.address}")
            running.says(code_of(told["secret"], step))
            codes = self.check(running.out())["codes"]
            self.assertEqual(running.end(), (DONE, "", ""))
        self.assertEqual(len(set(codes)), 10)
        return code_of(told["secret"], step + 1), codes

    def plain(self):
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        return peer

    def test_totp(self):
        self.register("alice")
        self.assertEqual(self.done("totp", "status"), "off\n")
        code, recovery = self.turn_on("alice")
        self.assertEqual(self.done("totp", "status"), "on; 10 recovery codes are left\n")
        self.fails(REFUSED, "logins need a code already", "totp", "on")
        self.fails(WRONG_USE, "nobody has answered", "login", "alice")
        self.fails(REFUSED, "(USER_WRONG_PASSWORD, 515: wrong_code)", "login", "alice",
                   "--code", "000000" if code != "000000" else "000001")
        plain = self.plain()
        plain.request("login", "alice", PASSWORD, code=515)
        plain.send("request", "login", "alice", f"{PASSWORD} {code}")
        self.assertEqual(plain.recv()[:4], ["response", "login", 0, "alice"])
        other = self.plain()
        other.request("login", "alice", f"{PASSWORD} {code}", code=515)  # it was used
        other.send("request", "login", "alice", f"{PASSWORD} {recovery[0]}")
        self.assertEqual(other.recv()[:4], ["response", "login", 0, "alice"])
        self.done("login", "alice", "--code", recovery[1])
        status = self.check(self.done("totp", "status", "--json"))
        self.assertEqual((status["state"], status["codes_left"]), ("on", 8))
        with self.start("totp", "off", stdin=subprocess.PIPE) as running:
            running.says(recovery[2])
            self.assertEqual(running.end(), (DONE, "off; a login needs the password alone\n", ""))
        self.done("login", "alice")

    def test_new_recovery_codes(self):
        self.register("alice")
        self.fails(REFUSED, "(BAD_REQUEST, 1023: totp_off)", "totp", "codes")
        code, earlier = self.turn_on("alice")
        new = self.check(self.done("totp", "codes", "--json", "--code", earlier[0]))["codes"]
        self.assertEqual(len(set(new) - set(earlier)), 10)
        self.fails(REFUSED, "(USER_WRONG_PASSWORD, 515: wrong_code)", "login", "alice", "--code",
                   earlier[1])
        self.done("login", "alice", "--code", code)  # the app goes on
        shown = self.done("totp", "codes", "--code", new[0])
        self.assertRegex(shown, r"\ARecovery codes, each good once where the app is lost. Keep them "
                         r"elsewhere:\n(  [a-z2-7]{4}(-[a-z2-7]{4}){3}\n){10}\Z")
        self.assertEqual(self.done("totp", "status"), "on; 10 recovery codes are left\n")

    def test_devices_have_names(self):
        self.register("alice")
        number = self.check(self.done("device", "list", "--json"))["session"]
        self.done("device", "rename", str(number), "the laptop in the kitchen")
        listed = self.check(self.done("device", "list", "--json"))
        self.assertEqual((listed["session"], listed["name"]), (number, "the laptop in the kitchen"))
        self.assertIn(f"{number}  the laptop in the kitchen  chinwag ",
                      self.done("device", "list"))
        self.fails(REFUSED, "device_name", "device", "rename", str(number), "x" * 65)
        self.fails(REFUSED, "no_session", "device", "rename", "999", "mine")
        self.fails(WRONG_USE, "'x' is no device", "device", "rename", "x", "mine")
        self.done("device", "rename", str(number), "")
        self.assertNotIn("kitchen", self.done("device", "list"))

    def test_device_passwords(self):
        self.register("alice")
        _, recovery = self.turn_on("alice")
        secret = self.done("device-password", "add", "the bot", "--code", recovery[0]).strip()
        self.assertRegex(secret, "^dev-[a-z2-7]{32}$")
        bot = self.plain()
        bot.send("request", "login", "alice", secret)
        self.assertEqual(bot.recv()[:4], ["response", "login", 0, "alice"])
        self.assertRegex(self.done("device-password", "list"),
                         r"^the bot  made .*, last used .*\n$")
        listed = self.check(self.done("device-password", "list", "--json"))
        self.assertEqual((listed["type"], listed["name"]), ("device_password", "the bot"))
        self.done("login", "alice", CHINWAG_PASSWORD=secret, XDG_STATE_HOME=self.path("bot"))
        self.fails(REFUSED, "chinwag login NAME, with your own password", "totp", "on",
                   XDG_STATE_HOME=self.path("bot"))
        self.done("device-password", "remove", "the bot")
        bot.wait_disconnected()
        self.fails(REFUSED, "you have no device password with this name", "device-password",
                   "remove", "the bot")
        self.done("export", self.path("mine"), "--code", recovery[1])
        with self.start("delete-account", "--yes", stdin=subprocess.PIPE) as running:
            running.says(recovery[1])  # it was used
            self.assertEqual(running.end()[0], REFUSED)
        code, out, err = self.run_command("delete-account", "--yes", "--code", recovery[2])
        self.assertEqual((code, out), (DONE, "deleted alice\n"), err)

    def test_a_link_for_a_new_device(self):
        self.register("alice")
        with self.start("link-device", stdin=subprocess.PIPE) as old:
            link = old.out()
            while not link.startswith("chinwag://"):
                link = old.out()
            with self.start("login", link, XDG_STATE_HOME=self.path("new"),
                            CHINWAG_PASSWORD=None, CHINWAG_SERVER=None) as new:
                digits = re.fullmatch(r"type these digits at the device that made the link: "
                                      r"(\d{6})", new.out()).group(1)
                self.confirm(old, digits)
                self.assertEqual(new.end()[:2], (DONE, "logged in as alice at "
                                                 f"{self.server.address}:{self.server.port}\n"))
            self.assertEqual(old.end()[:2], (DONE, "the new device is logged in\n"))
        code, _, err = self.run_command("login", link, XDG_STATE_HOME=self.path("thief"),
                                        CHINWAG_SERVER=None)
        self.assertEqual(code, REFUSED)
        self.assertIn("this link is not good", err)
        self.assertEqual(self.done("whoami", XDG_STATE_HOME=self.path("new"), CHINWAG_SERVER=None),
                         f"alice at {self.server.address}:{self.server.port}\n")


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
