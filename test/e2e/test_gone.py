"""Deleted means gone: soon after a deletion no file of the data folder holds what was deleted,
neither its text nor its words nor its recording."""

import os
import time
import unittest

from harness import ServerTest, encode, main

DEADLINE = 60  # where nothing else runs it takes less than 10 s


def text_of(size, first, last):
    """About `size` bytes between two words that are said nowhere else."""
    filler = "\u8a9e\u3042\u732b" * ((size - len(first) - len(last)) // 9)
    return f"{first} {filler} {last}"


class Gone(ServerTest):
    def files_with(self, *pieces):
        found = []
        for folder, _, names in os.walk(self.server.data):
            for name in names:
                if name == "control":  # a socket
                    continue
                try:
                    with open(os.path.join(folder, name), "rb") as file:
                        data = file.read()
                except FileNotFoundError:
                    continue  # it has just gone
                found += [(name, piece) for piece in pieces if piece in data]
        return found

    def expect_there(self, *pieces):
        """Before it is deleted: afterwards the server may have been faster than a look."""
        self.assertTrue(self.files_with(*pieces), "where would one see that it goes?")

    def expect_gone(self, *pieces):
        end = time.monotonic() + DEADLINE
        while (found := self.files_with(*pieces)) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(found, [])

    def say(self, peer, text):
        peer.send("request", "whisper", peer.name, peer.token, "bob", text, {})
        answer = peer.recv()
        self.assertEqual(answer[:3], ["response", "whisper", 0])
        return answer[3]["seq"]

    def change(self, peer, *request):
        action, *arguments = request
        peer.send("request", action, peer.name, peer.token, *arguments)
        self.assertEqual(peer.recv()[:3], ["response", action, 0])

    def search(self, peer, word):
        peer.send("request", "search", peer.name, peer.token, word, {})
        answer = peer.recv()
        self.assertEqual(answer[:3], ["response", "search", 0])
        return answer

    def test_texts(self):
        alice = self.extended("alice")
        self.user("bob")
        for size in (100, 10_000):
            with self.subTest(size=size):
                first, last = f"quokka{size}begins", f"zyzzyva{size}ends"
                seq = self.say(alice, text_of(size, first, last))
                self.assertIn(first, str(self.search(alice, first)))  # the words are on the disk
                self.expect_there(first.encode(), last.encode())
                self.change(alice, "delete", "bob", seq)
                self.expect_gone(first.encode(), last.encode())

    def test_edited(self):
        alice = self.extended("alice")
        self.user("bob")
        seq = self.say(alice, text_of(10_000, "quokkabegins", "zyzzyvaends"))
        self.search(alice, "quokkabegins")
        self.expect_there(b"quokkabegins", b"zyzzyvaends")
        self.change(alice, "edit", "bob", seq, "platypus")
        self.expect_gone(b"quokkabegins", b"zyzzyvaends")
        self.assertIn("platypus", str(self.search(alice, "platypus")))

    def test_recording(self):
        alice = self.extended("alice")
        self.user("bob")
        samples = encode([1000, -1000, 77] * 20_000)
        alice.send_bytes(encode("request", "voice_msg", "alice", alice.token, "bob", 1, 44100)
                         + samples + encode({}))
        answer = alice.recv()
        self.assertEqual(answer[:3], ["response", "voice_msg", 0])
        self.expect_there(samples[100:300])
        self.change(alice, "delete", "bob", answer[3]["seq"])
        self.expect_gone(samples[100:300])

    def test_killed(self):
        """kill -9 right after the deletion was answered: the next start goes on."""
        alice = self.extended("alice")
        self.user("bob")
        seq = self.say(alice, text_of(10_000, "quokkabegins", "zyzzyvaends"))
        self.search(alice, "quokkabegins")
        self.expect_there(b"quokkabegins", b"zyzzyvaends")
        self.change(alice, "delete", "bob", seq)
        self.server.kill()
        self.server.start()
        self.expect_gone(b"quokkabegins", b"zyzzyvaends")


if __name__ == "__main__":
    main()
