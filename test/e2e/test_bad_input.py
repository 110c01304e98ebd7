"""What users send each other, sent wrongly: each piece is refused with its code, its rule and a text
that says what to do; nothing that was acknowledged is lost, and the server talks on, to the sender
and to others."""

import hashlib
import os
import struct
import subprocess
import unittest
import zlib

from harness import PASSWORD, main
from test_files import BAD_REQUEST, CHUNK, INVALID_NAME, TOO_LARGE, FileTest


class BadInput(FileTest):
    def setUp(self):
        super().setUp()
        self.said = []
        self.kept = os.urandom(CHUNK + 7)
        self.file = self.upload(self.alice, self.kept, "kept.bin")
        self.say("a message that must stay", {"file": self.file})

    def tearDown(self):
        """Whatever came: the two talk on, and what was acknowledged is there."""
        self.say("and on they talk")
        entries = self.ask(self.bob, "history", "alice")[1]["list"]
        self.assertEqual([entry["content"] for entry in entries], self.said)
        self.assertEqual(self.fetch(self.bob, self.file), self.kept)
        super().tearDown()
        self.assertEqual(self.server.stop(), 0, self.server.log())

    def say(self, text, extra=None):
        answer = self.ask(self.alice, "whisper", "bob", text, *([extra] if extra else []))
        self.assertEqual(answer[0], 0)
        self.said.append(text)

    def refuse(self, answer, code, rule, reason, **more):
        """The whole answer."""
        self.assertEqual(answer, [code, {"rule": rule, "reason": reason, **more}])


    def upload_of(self, size, peer=None):
        """The number and the generation of an upload that was begun."""
        code, file, generation = self.ask(peer or self.alice, "upload", "soup.bin", size)[:3]
        self.assertEqual(code, 0)
        return file, generation

    def refuse_offset(self, answer, expected):
        self.refuse(answer, BAD_REQUEST, "upload_offset",
                    f"chunks come one after another: the next `offset` is {expected:,}",
                    field="offset", limit=expected)


class Uploads(BadInput):
    def test_one_that_claims_too_much(self):
        for size in (2**63, 2**64 - 1, 100 * 2**20 + 1):
            self.refuse(self.ask(self.alice, "upload", "soup.bin", size), TOO_LARGE,
                        "upload_too_large", "a file has at most 104,857,600 bytes on this server",
                        limit=100 * 2**20)
        self.refuse(self.ask(self.alice, "upload", "soup.bin", -1), BAD_REQUEST, "no_number",
                    "`size` is no integer from 0 to 2^64 - 1", field="size")

    def test_chunks_out_of_order_and_twice(self):
        data = os.urandom(3 * CHUNK)
        file, generation = self.upload_of(len(data))
        chunk = [file, generation]
        self.refuse_offset(self.ask(self.alice, "upload_chunk", *chunk, CHUNK, data[:CHUNK]), 0)
        self.assertEqual(self.ask(self.alice, "upload_chunk", *chunk, 0, data[:CHUNK]),
                         [0, CHUNK])
        for offset in (0, 2 * CHUNK, 1, 2**63):
            self.refuse_offset(self.ask(self.alice, "upload_chunk", *chunk, offset, data[:CHUNK]),
                               CHUNK)
        for at in (CHUNK, 2 * CHUNK):
            self.assertEqual(self.ask(self.alice, "upload_chunk", *chunk, at,
                                      data[at:at + CHUNK]), [0, at + CHUNK])
        self.refuse(self.ask(self.alice, "upload_chunk", *chunk, 3 * CHUNK, b"more"), BAD_REQUEST,
                    "upload_size", f"the upload has no more bytes than its `size`, {3 * CHUNK:,}",
                    limit=3 * CHUNK)
        digest = hashlib.sha256(data).digest()
        self.assertEqual(self.ask(self.alice, "end_upload", *chunk, digest), [0])
        self.say("whole all the same", {"file": file})
        self.assertEqual(self.fetch(self.bob, file), data)

    def test_from_two_devices(self):
        phone = self.peer("alice", register=False)
        data = os.urandom(2 * CHUNK)
        file, generation = self.upload_of(len(data))
        self.assertEqual(self.ask(self.alice, "upload_chunk", file, generation, 0, data[:CHUNK]),
                         [0, CHUNK])
        taken = (BAD_REQUEST, "upload_taken",
                 "another connection has resumed this upload, and writes it now")
        code, newer, offset = self.ask(phone, "resume_upload", file)
        self.assertEqual((code, newer, offset), (0, generation + 1, CHUNK))
        self.refuse(self.ask(self.alice, "upload_chunk", file, generation, CHUNK, bytes(CHUNK)),
                    *taken)
        self.assertEqual(self.ask(phone, "upload_chunk", file, newer, CHUNK, data[CHUNK:]),
                         [0, 2 * CHUNK])
        digest = hashlib.sha256(data).digest()
        self.refuse(self.ask(self.alice, "end_upload", file, generation, digest), *taken)
        self.assertEqual(self.ask(phone, "end_upload", file, newer, digest), [0])
        self.say("from the phone", {"file": file})
        self.assertEqual(self.fetch(self.bob, file), data)

    def test_a_hash_that_lies(self):
        data = os.urandom(CHUNK)
        file, generation = self.upload_of(len(data))
        self.assertEqual(self.ask(self.alice, "upload_chunk", file, generation, 0, data),
                         [0, CHUNK])
        for digest in (bytes(32), hashlib.sha256(data[1:]).digest()):
            self.refuse(self.ask(self.alice, "end_upload", file, generation, digest), BAD_REQUEST,
                        "upload_hash", "the bytes on the server do not have this hash, or another "
                        "connection has resumed the upload: drop it and begin again")
        self.refuse(self.ask(self.alice, "whisper", "bob", "", {"file": file}), BAD_REQUEST,
                    "not_uploaded", "`file` in the map names no upload of yours that is complete "
                    "and was not sent yet", field="file")
        self.assertEqual(self.ask(self.alice, "drop_upload", file), [0])

    def test_names(self):
        character = ("file_name_character", "the name of a file has no control characters, and "
                     "none that turn the direction of the text")
        for name, rule, reason in (
                ("../../x", "file_name_folder",
                 "the name of a file has no / and no \\ in it: leave the folders out"),
                ("..\\x", "file_name_folder",
                 "the name of a file has no / and no \\ in it: leave the folders out"),
                ("..", "file_name_dots", "the name of a file is not . or .."),
                ("a\0b", *character), ("gpj.\u202eexe", *character), ("\u2066a", *character),
                ("x" * 65_000, "file_name", "the name of a file has 1 to 255 bytes of UTF-8")):
            self.refuse(self.ask(self.alice, "upload", name, 5), INVALID_NAME, rule, reason)
        self.refuse(self.ask(self.alice, "upload", "x" * 2**16, 5), TOO_LARGE,
                    "message_too_large", "a message of this action has at most 65,536 bytes",
                    limit=65536)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


class Pictures(BadInput):
    def test_a_bomb_is_never_opened(self):
        """60,000 by 60,000 pixels, of which 60 MB are there, in 58 KB: it goes as bytes, not as a
        picture, since nobody shall open it."""
        head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
        bomb = (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) +
                png_chunk(b"IDAT", zlib.compress(bytes(60_000_000), 9)) + png_chunk(b"IEND", b""))
        self.assertEqual(len(self.bob.recv()), 5)
        before = self.server.memory_kib()
        file = self.upload(self.alice, bomb, "holiday.png")
        self.say("look", {"file": file})
        extras = self.bob.recv()[4]
        self.assertEqual((extras["file"], extras["size"], extras["type"]),
                         (file, len(bomb), "application/octet-stream"))
        self.assertNotIn("pixels", extras)
        self.assertNotIn("thumbnail", extras)
        self.assertEqual(self.fetch(self.bob, file), bomb)
        self.assertLess(self.server.memory_kib() - before, 30_000)

    def test_a_thumbnail_that_claims_to_be_large(self):
        file, _ = self.upload_of(1000)
        jpeg = bytes.fromhex("ffd8ffc00011 08 ea60 ea60 03".replace(" ", ""))
        self.refuse(self.ask(self.alice, "add_thumbnail", file, jpeg), BAD_REQUEST, "thumbnail",
                    "`bytes` is a picture in JPEG or WebP, at most 512 pixels wide and high",
                    field="bytes", limit=512)


class Reactions(BadInput):
    def test_what_is_no_emoji(self):
        no_emoji = (BAD_REQUEST, "no_emoji",
                    "`emoji` is one emoji of Unicode, of at most four that U+200D joins")
        for emoji in ("\u200d".join(["\U0001f468"] * 40), "\u200d".join(["\U0001f468"] * 5),
                      "\U0001f44d" * 2, "x", "", "\U0001f44d" * 16_000):
            self.refuse(self.ask(self.alice, "react", "bob", 1, emoji), *no_emoji, field="emoji")
        self.refuse(self.ask(self.alice, "react", "bob", 1, "\U0001f44d" * 2**18), TOO_LARGE,
                    "message_too_large", "a message of this action has at most 65,536 bytes",
                    limit=65536)
        entry = self.ask(self.alice, "history", "bob")[1]["list"][0]
        self.assertNotIn("reactions", entry)


class Rights(BadInput):
    def test_a_mention_of_everybody(self):
        self.assertEqual(self.ask(self.alice, "create_group", "cooks"), [0])
        self.assertEqual(self.ask(self.bob, "join_group", "cooks"), [0])
        code, answer = self.ask(self.bob, "msg_group", "cooks", "@here soup")
        self.assertEqual((code, answer["rule"], answer["reason"]),
                         (0, "here_not_allowed", "it is stored, but mentions nobody by @here: who "
                          "may mention everybody is a setting of the group, at first its owner and "
                          "the moderators"))
        entry = self.ask(self.alice, "history", "#cooks")[1]["list"][0]
        self.assertEqual(entry["content"], "@here soup")
        self.assertNotIn("mentions", entry)
        self.assertEqual(self.ask(self.alice, "mentions")[1]["list"], [])

    def test_more_names_than_are_looked_up(self):
        self.assertEqual(self.ask(self.alice, "create_group", "cooks"), [0])
        self.assertEqual(self.ask(self.bob, "join_group", "cooks"), [0])
        text = " ".join([f"@nobody{i}" for i in range(50)] + ["@bob"])
        code, answer = self.ask(self.alice, "msg_group", "cooks", text)
        self.assertEqual((code, answer["rule"], answer["limit"], answer["reason"]),
                         (0, "too_many_mentions", 50, "it is stored, but names behind the first 50 "
                          "that begin with @ are not mentioned"))
        self.assertEqual(self.ask(self.bob, "mentions")[1]["list"], [])

    def test_an_export_of_what_is_another_s(self):
        carol = self.peer("carol")
        carol.send("request", "export", "alice", carol.token, PASSWORD)
        carol.expect("response", "export", 517)
        self.assertEqual(self.ask(carol, "export", "not the password"), [515])
        no_file = (BAD_REQUEST, "no_file",
                   "there is no such file that you may read; it may have been deleted")
        self.refuse(self.ask(carol, "fetch_file", self.file, 0), *no_file)
        self.refuse(self.ask(carol, "fetch_thumbnail", self.file), *no_file)
        self.refuse(self.ask(carol, "link_file", self.file, 0), *no_file)
        for name in ("alice", "bob"):
            self.assertEqual(self.ask(carol, "history", name)[1]["list"], [])
        self.assertEqual(self.ask(carol, "search", "message stay")[1]["list"], [])
        self.assertEqual(self.ask(carol, "conversations")[1]["list"], [])


class Hooks(BadInput):
    def test_a_flood(self):
        """By one connection, so that it is faster than the rate; the group reads what was taken."""
        self.ask(self.alice, "create_bot", "deploys")
        self.ask(self.alice, "create_group", "ops")
        self.assertEqual(self.ask(self.alice, "add_bot", "ops", "deploys"), [0])
        secret = self.ask(self.alice, "create_hook", "ops", "deploys")[1]
        url = f"http://{self.server.address}:{self.server.port}/hook/{secret}"
        done = subprocess.run(
            ["curl", "-s", "-i", "--noproxy", "*", "-H", f"Host: localhost:{self.server.port}",
             "-d", '{"text": "x"}', *[url] * 80], stdout=subprocess.PIPE, timeout=250, check=True)
        refused = done.stdout.count(b"HTTP/1.1 429 Too Many Requests")
        self.assertGreater(refused, 0)
        self.assertEqual(done.stdout.count(b'"rule":"hook_rate"'), refused)
        self.assertEqual(done.stdout.count(b"wait a moment, then repeat it"), refused)
        last = self.ask(self.alice, "history", "#ops")[1]["last"]
        self.assertEqual(last, 80 - refused)


del FileTest  # its tests are those of test_files.py

if __name__ == "__main__":
    main()
