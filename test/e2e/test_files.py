"""Files, as a client without the library sees them: what was acknowledged is on the disk, whatever
kills the server; an upload has one writer; what claims too much, lies or comes in a wrong order
changes nothing; and a file is read by who may read its message."""

import hashlib
import os
import unittest

from harness import Peer, Server, main

CHUNK = 48 * 1024
BAD_REQUEST, TOO_LARGE, FORBIDDEN, INVALID_NAME = 1023, 1025, 1027, 1028


class FileTest(unittest.TestCase):
    """Two users, and what one does with files; for test_links.py, too."""

    def server_of_test(self):
        return Server()

    def setUp(self):
        self.server = self.enterContext(self.server_of_test())
        self.peers = []
        self.alice, self.bob = self.peer("alice"), self.peer("bob")

    def peer(self, name, extended=True, register=True):
        peer = Peer(self.server)
        if register:
            peer.register(name)
        (peer.login_extended if extended else peer.login)(name)
        peer.updates = []
        self.peers.append(peer)
        return peer

    def tearDown(self):
        for peer in self.peers:
            peer.close()

    def again(self, peer):
        """The same user, after the server was killed and started."""
        self.peers.remove(peer)
        peer.close()
        return self.peer(peer.name, register=False)

    def ask(self, peer, action, *data):
        """The answer without its head: code and data."""
        return self.answer(peer, action, self.send(peer, action, *data))

    def send(self, peer, action, *data):
        peer.send("request", action, peer.name, peer.token, *data)

    def answer(self, peer, action, _=None):
        while (message := peer.recv())[0] == "update":
            peer.updates.append(message)
        self.assertEqual(message[:2], ["response", action])
        return message[2:]

    def upload(self, peer, data, name="soup.bin"):
        code, file, generation = self.ask(peer, "upload", name, len(data))[:3]
        self.assertEqual(code, 0)
        for at in range(0, len(data), CHUNK):
            self.send(peer, "upload_chunk", file, generation, at, data[at:at + CHUNK])
        for at in range(0, len(data), CHUNK):
            self.assertEqual(self.answer(peer, "upload_chunk"),
                             [0, min(at + CHUNK, len(data))])
        digest = hashlib.sha256(data).digest()
        self.assertEqual(self.ask(peer, "end_upload", file, generation, digest), [0])
        return file

    def fetch(self, peer, file):
        data, size = b"", 1
        while len(data) < size:
            code, size, offset, piece = self.ask(peer, "fetch_file", file, len(data))[:4]
            self.assertEqual((code, offset), (0, len(data)))
            data += piece
        return data

    def refused(self, code, phrase, answer):
        self.assertEqual(answer[0], code, answer)
        self.assertIn(phrase, answer[1]["reason"])


class Files(FileTest):
    def test_a_file_from_one_to_the_other(self):
        data = os.urandom(3 * CHUNK + 1)
        file = self.upload(self.alice, data)
        sent = self.ask(self.alice, "whisper", "bob", "the recipe", {"file": file})
        self.assertEqual(sent[0], 0)
        update = self.bob.recv()
        self.assertEqual(update[:4], ["update", "whisper", "alice", "the recipe"])
        self.assertEqual({key: update[4][key] for key in ("file", "file_name", "size", "type")},
                         {"file": file, "file_name": "soup.bin", "size": len(data),
                          "type": "application/octet-stream"})
        self.assertEqual(self.fetch(self.bob, file), data)

    def test_plain_clients_get_a_line(self):
        plain = self.peer("bob", extended=False, register=False)
        for caption, line in (("the recipe", "the recipe\n[file soup.bin, 1 KiB]"),
                              ("", "[file soup.bin, 1 KiB]")):
            file = self.upload(self.alice, b"soup")
            self.assertEqual(
                self.ask(self.alice, "whisper", "bob", caption, {"file": file})[0], 0)
            self.assertEqual(plain.recv(), ["update", "whisper", "alice", line])

    def test_what_was_acknowledged_survives_a_kill(self):
        data = os.urandom(50 * CHUNK)  # 4 times 12, and the rest
        _, file, generation = self.ask(self.alice, "upload", "soup.bin", len(data))[:3]
        acknowledged = 0
        for round_number in range(4):
            for at in range(acknowledged, min(acknowledged + 12 * CHUNK, len(data)), CHUNK):
                self.send(self.alice, "upload_chunk", file, generation, at, data[at:at + CHUNK])
            for _ in range(3 + round_number):
                code, acknowledged = self.answer(self.alice, "upload_chunk")[:2]
                self.assertEqual(code, 0)
            self.server.kill()
            self.server.start()
            self.alice = self.again(self.alice)
            code, generation, offset = self.ask(self.alice, "resume_upload", file)[:3]
            self.assertEqual(code, 0)
            self.assertGreaterEqual(offset, acknowledged)
            acknowledged = offset
        for at in range(acknowledged, len(data), CHUNK):
            self.assertEqual(self.ask(self.alice, "upload_chunk", file, generation, at,
                                      data[at:at + CHUNK])[0], 0)
        digest = hashlib.sha256(data).digest()
        self.assertEqual(self.ask(self.alice, "end_upload", file, generation, digest), [0])
        self.server.kill()
        self.server.start()
        self.alice = self.again(self.alice)
        self.assertEqual(self.ask(self.alice, "whisper", "bob", "", {"file": file})[0], 0)
        self.bob = self.again(self.bob)
        self.assertEqual(self.fetch(self.bob, file), data)

    def test_one_writer(self):
        second = self.peer("alice", register=False)
        _, file, first_generation = self.ask(self.alice, "upload", "soup.bin", 8)[:3]
        self.assertEqual(self.ask(self.alice, "upload_chunk", file, first_generation, 0, b"soup"),
                         [0, 4])
        code, generation, offset = self.ask(second, "resume_upload", file)[:3]
        self.assertEqual((code, offset), (0, 4))
        self.assertGreater(generation, first_generation)
        self.refused(BAD_REQUEST, "another connection",
                     self.ask(self.alice, "upload_chunk", file, first_generation, 4, b"bowl"))
        self.assertEqual(self.ask(second, "upload_chunk", file, generation, 4, b"bowl"), [0, 8])
        self.refused(BAD_REQUEST, "no upload", self.ask(self.bob, "resume_upload", file))

    def test_what_claims_too_much_or_lies(self):
        for size in (0, 2**63, 2**64 - 1, 100 * 2**20 + 1):
            code = self.ask(self.alice, "upload", "soup.bin", size)[0]
            self.assertEqual(code, BAD_REQUEST if size == 0 else TOO_LARGE)
        for name in ("../../x", "..", "a/b", "a\\b", "a\0b", "", "x" * 256, "a\u202eb", "a\nb",
                     "x" * 60_000):
            self.assertEqual(self.ask(self.alice, "upload", name, 5)[0], INVALID_NAME, name)
        _, file, generation = self.ask(self.alice, "upload", "soup.bin", 8)[:3]
        for offset, data, phrase in ((4, b"bowl", "next `offset` is 0"),
                                     (2**63, b"bowl", "next `offset` is 0"),
                                     (0, b"", "empty"), (0, b"soup bowl", "no more bytes")):
            self.refused(BAD_REQUEST, phrase, self.ask(self.alice, "upload_chunk", file,
                                                       generation, offset, data))
        code = self.ask(self.alice, "upload_chunk", file, generation, 0, bytes(CHUNK + 1))[0]
        self.assertEqual(code, TOO_LARGE)
        self.assertEqual(self.ask(self.alice, "upload_chunk", file, generation, 0, b"soup")[0], 0)
        self.refused(BAD_REQUEST, "next `offset` is 4",
                     self.ask(self.alice, "upload_chunk", file, generation, 0, b"soup"))
        self.refused(BAD_REQUEST, "next `offset` is 4",
                     self.ask(self.alice, "end_upload", file, generation, bytes(32)))
        self.assertEqual(self.ask(self.alice, "upload_chunk", file, generation, 4, b"bowl")[0], 0)
        self.refused(BAD_REQUEST, "do not have this hash",
                     self.ask(self.alice, "end_upload", file, generation, bytes(32)))
        self.refused(BAD_REQUEST, "`file`",
                     self.ask(self.alice, "whisper", "bob", "", {"file": file}))
        self.assertEqual(self.ask(self.alice, "drop_upload", file), [0])
        for _ in range(4):
            self.assertEqual(self.ask(self.alice, "upload", "soup.bin", 5)[0], 0)
        self.refused(FORBIDDEN, "4 uploads", self.ask(self.alice, "upload", "soup.bin", 5))

    def test_who_may_read(self):
        carol = self.peer("carol")
        self.assertEqual(self.ask(self.alice, "create_group", "cooks")[0], 0)
        self.assertEqual(self.ask(self.bob, "join_group", "cooks")[0], 0)
        file = self.upload(self.alice, b"soup")
        self.refused(BAD_REQUEST, "no such file", self.ask(self.bob, "fetch_file", file, 0))
        self.assertEqual(self.ask(self.alice, "msg_group", "cooks", "", {"file": file})[0], 0)
        self.assertEqual(self.fetch(self.bob, file), b"soup")
        self.refused(BAD_REQUEST, "no such file", self.ask(carol, "fetch_file", file, 0))
        self.assertEqual(self.ask(self.alice, "kick", "cooks", "bob")[0], 0)
        self.refused(BAD_REQUEST, "no such file", self.ask(self.bob, "fetch_file", file, 0))
        self.assertEqual(self.ask(self.alice, "delete", "#cooks", 1)[0], 0)
        self.refused(BAD_REQUEST, "no such file", self.ask(self.alice, "fetch_file", file, 0))


if __name__ == "__main__":
    main()
