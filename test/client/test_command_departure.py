#!/usr/bin/python3
"""What a user takes along and leaves behind: chinwag export, chinwag delete-account."""

import ctypes
import json
import math
import os
import sqlite3
import struct
import subprocess
import sys
import wave

from command import DONE, PASSWORD, REFUSED, UNREACHABLE, WRONG_USE, Commands, main
from harness import Peer
from test_command_json import SCHEMA, wrong


def opusfile(path):
    """The samples of an Ogg Opus file, by the library with which other players open it."""
    library = ctypes.CDLL("libopusfile.so.0")
    library.op_open_file.restype = ctypes.c_void_p
    library.op_pcm_total.restype = ctypes.c_int64
    error = ctypes.c_int(0)
    file = library.op_open_file(path.encode(), ctypes.byref(error))
    assert file, f"opusfile does not open {path}: {error.value}"
    file = ctypes.c_void_p(file)
    channels, total = library.op_channel_count(file, -1), library.op_pcm_total(file, -1)
    pcm, samples = (ctypes.c_int16 * (5760 * channels))(), []
    while (n := library.op_read(file, pcm, len(pcm), None)) != 0:
        assert n > 0, f"opusfile cannot read {path}: {n}"
        samples += pcm[:n * channels]
    library.op_free(file)
    assert len(samples) == total * channels
    return channels, samples


class DepartureTest(Commands):
    def setUp(self):
        super().setUp()
        self.register("bob", "alice")  # bob, who came first, administers the server

    def as_(self, name, *arguments, **changes):
        return self.done("--as", name, *arguments, **changes)

    def lines(self, folder, name="export.jsonl"):
        with open(os.path.join(self.path(folder), name), encoding="utf-8") as file:
            values = [json.loads(line) for line in file]
        for value in values:
            self.assertEqual(wrong(value, SCHEMA[value["type"]]), "", value)
        return values

    def write_voice(self):
        with wave.open(self.path("voice.wav"), "wb") as file:
            file.setparams((1, 2, 48000, 0, "NONE", ""))
            file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 17)))
                                      for i in range(24000)))
        return self.path("voice.wav")

    def say_much(self, name, count):
        """More than a page of history, by the protocol."""
        peer = Peer(self.server).login_extended("bob")
        for i in range(count):
            peer.send("request", "whisper", "bob", peer.token, name, f"number {i}")
        for i in range(count):
            while peer.recv()[:2] != ["response", "whisper"]:
                pass
        peer.close()

    def fill(self):
        with open(self.path("soup.txt"), "w", encoding="utf-8") as file:
            file.write("peas")
        self.as_("alice", "group", "create", "cooks")
        self.as_("bob", "group", "join", "cooks")
        self.as_("alice", "contact", "add", "bob")
        self.as_("alice", "send", "#cooks", "soup")
        self.as_("bob", "send-file", "@alice", self.path("soup.txt"), "--caption", "how")
        self.as_("alice", "send-voice", "@bob", self.write_voice())
        self.as_("alice", "react", "@bob", "1", "\u2764")

    # --- export ------------------------------------------------------------------------------

    def test_export_has_what_can_be_read(self):
        self.fill()
        self.as_("alice", "profile", "--display", "Alice C.")
        out = self.as_("alice", "export", self.path("mine"))
        self.assertEqual(out, "exported 3 messages, 2 files and recordings\n")
        lines = self.lines("mine")
        said = {line["kind"]: line["content"] for line in lines if line["type"] == "profile_item"}
        self.assertEqual(said, {"display": "Alice C.", "last_seen": "on", "listed": "off"})
        lines = [line for line in lines if line["type"] != "profile_item"]
        self.assertEqual([line["type"] for line in lines],
                         ["account", "contact", "group", "device", "conversation", "conversation",
                          "whisper", "voice_msg", "msg_group"])
        account, contact, group = lines[:3]
        self.assertEqual((account["name"], account["receipts"]), ("alice", True))
        self.assertEqual((contact["name"], group["name"]), ("bob", "cooks"))
        file, voice, text = lines[6:]
        self.assertEqual((file["sender"], file["own"], file["content"]), ("bob", False, "how"))
        self.assertEqual(file["reactions"], [{"emoji": "\u2764\ufe0f", "count": 1, "mine": True}])
        self.assertEqual((text["conversation"], text["own"]), ("#cooks", True))
        with open(os.path.join(self.path("mine"), file["file"]), encoding="utf-8") as saved:
            self.assertEqual(saved.read(), "peas")
        self.assertTrue(voice["file"].endswith(".opus"))
        recording = os.path.join(self.path("mine"), voice["file"])
        channels, samples = opusfile(recording)
        self.assertEqual((channels, len(samples)), (1, 24000))
        middle = samples[6000:18000]
        self.assertAlmostEqual(sum(a < 0 <= b for a, b in zip(middle, middle[1:])),
                               12000 / (17 * 2 * math.pi), delta=2)
        self.assertAlmostEqual(max(middle), 9000, delta=1500)
        self.as_("alice", "send-voice", "@bob", recording)  # and the server takes it
        self.assertEqual(os.stat(self.path("mine")).st_mode & 0o777, 0o700)
        self.fails(WRONG_USE, "complete already", "--as", "alice", "export", self.path("mine"))

    def test_an_export_can_be_imported_elsewhere(self):
        """By chinwagd --import: with the same times, senders, answers and files."""
        self.fill()
        self.as_("bob", "reply", "#cooks", "1", "of peas")
        self.as_("alice", "export", self.path("mine"))
        new = self.path("elsewhere")

        def imported():
            done = subprocess.run([self.server.binary, "--import", self.path("mine"), "--data", new],
                                  stdout=subprocess.PIPE)
            self.assertEqual(done.returncode, 0, done.stdout)
            return done.stdout.decode()
        self.assertIn("imported 2 users, 1 groups, 4 messages, 2 files", imported())
        self.assertIn("imported 0 users, 0 groups, 0 messages, 0 files, 0 reactions; 4 messages "
                      "were there already", imported())
        database = sqlite3.connect(os.path.join(new, "chinwag.db"))
        self.addCleanup(database.close)
        rows = database.execute("SELECT users.name, CAST(body AS TEXT), time_ms, reply_to FROM"
                                " messages JOIN users ON users.id = sender_id ORDER BY time_ms")
        lines = [line for line in self.lines("mine")
                 if line["type"] in ("whisper", "msg_group", "voice_msg")]
        lines.sort(key=lambda line: line["time"])
        self.assertEqual(rows.fetchall(),
                         [(line["sender"], line.get("content", ""), line["time"],
                           line.get("reply_to", 0)) for line in lines])

    def test_export_goes_page_by_page_and_again(self):
        self.fill()
        self.say_much("alice", 205)
        os.makedirs(os.path.join(self.path("mine"), "files"))
        out = self.as_("alice", "export", self.path("mine"))
        self.assertEqual(out, "exported 208 messages, 2 files and recordings\n")
        lines = self.lines("mine")
        numbers = [line["seq"] for line in lines if line.get("conversation") == "bob" and
                   line["type"] != "conversation"]
        self.assertEqual(numbers, list(range(1, 208)))
        # As an interruption leaves it: a file that is there is not fetched again.
        name = next(line["file"] for line in lines if line.get("file_name"))
        os.rename(self.path("mine/export.jsonl"), self.path("mine/export.jsonl.part"))
        with open(self.path("mine/" + name), "w", encoding="utf-8") as file:
            file.write("kept")
        self.assertEqual(self.as_("alice", "export", self.path("mine")), out)
        with open(self.path("mine/" + name), encoding="utf-8") as file:
            self.assertEqual(file.read(), "kept")
        self.assertEqual([line["type"] for line in self.lines("mine")],
                         [line["type"] for line in lines])

    def test_export_of_anothers_data_is_refused(self):
        code, out, err = self.run_command("--as", "bob", "export", self.path("his"),
                                          CHINWAG_PASSWORD="not his at all")
        self.assertEqual((code, out), (REFUSED, ""))
        self.assertIn("USER_WRONG_PASSWORD", err)
        self.assertFalse(os.path.exists(self.path("his")))
        self.fails(WRONG_USE, "carol is not logged in", "--as", "carol", "export", self.path("his"))

    def test_export_says_how_it_goes_on(self):
        self.server.kill()
        self.fails(UNREACHABLE, "the same command goes on", "--as", "alice", "export",
                   self.path("mine"))

    # --- delete-account --------------------------------------------------------------------------

    def test_delete_account_asks(self):
        code, out, err = self.run_command("--as", "alice", "delete-account", "--yes",
                                          CHINWAG_PASSWORD="not hers at all")
        self.assertEqual((code, out), (REFUSED, ""))
        self.assertIn("USER_WRONG_PASSWORD", err)
        code, shown = self.answer(b"n\n", "--as", "alice", "delete-account")
        self.assertEqual(code, WRONG_USE)
        self.assertIn("Delete it?", shown)
        self.assertIn("nothing was done", shown)
        self.assertEqual(self.as_("alice", "whoami").split()[0], "alice")
        self.fails(REFUSED, "this server has no other administrator: name one first",
                   "--as", "bob", "delete-account", "--yes")

    def test_without_a_terminal_nothing_is_deleted(self):
        ended = subprocess.run([os.environ["CHINWAG"], "--as", "alice", "delete-account"],
                               env=self.environment, stdin=subprocess.DEVNULL, check=False,
                               capture_output=True, start_new_session=True)
        self.assertEqual((ended.returncode, ended.stdout), (WRONG_USE, b""))
        self.assertIn(b"nobody is there to answer; --yes does it", ended.stderr)
        self.assertEqual(self.as_("alice", "whoami").split()[0], "alice")

    def test_an_account_goes(self):
        self.fill()
        code, out, err = self.run_command("--as", "alice", "delete-account", "--yes")
        self.assertEqual((code, out), (DONE, "deleted alice\n"), err)
        self.assertIn("what you sent, under a name like deleted/17", err)
        self.assertIn("Nobody can have your name for 30 days", err)
        self.fails(WRONG_USE, "alice is not logged in", "--as", "alice", "whoami")
        self.fails(REFUSED, "", "login", "alice")
        self.fails(REFUSED, "", "register", "alice")
        group = json.loads(self.as_("bob", "group", "list", "--json"))
        self.assertEqual((group["role"], group["members"]), ("owner", 1))
        history = self.as_("bob", "history", "#cooks")
        self.assertRegex(history, r"\[1\] \d\d:\d\d deleted/2: soup\n")
        voice = self.as_("bob", "history", "@deleted/2", "--json").splitlines()[1]
        self.assertEqual(json.loads(voice)["sender"], "deleted/2")
        self.fails(REFUSED, "", "--as", "bob", "send", "@deleted/2", "come back")

    def test_kill_does_not_stop_it(self):
        self.fill()
        code, _, err = self.run_command("--as", "alice", "delete-account", "--yes",
                                        "--with-messages", CHINWAG_PASSWORD=PASSWORD)
        self.assertEqual(code, DONE, err)
        self.server.kill()
        self.server.start()
        history = self.as_("bob", "history", "#cooks", "--json")
        while "deleted" not in json.loads(history):  # in the next idle moments
            history = self.as_("bob", "history", "#cooks", "--json")
        self.assertNotIn("content", json.loads(history))


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
