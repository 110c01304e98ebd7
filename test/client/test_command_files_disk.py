#!/usr/bin/python3
"""A file that is sent while the server's disk is behind. The last argument is slow_disk.so."""

import os
import sys

from command import Commands, main
from harness import Peer, Server

CHUNK, CHUNKS = 48 * 1024, 12


class FilesDiskTest(Commands):
    def make_server(self):
        server = Server()
        self.stands = os.path.join(server.home, "stands")
        server.wrap = ["env", f"LD_PRELOAD={SLOW_DISK}", f"SLOW_FILES={self.stands}"]
        return server

    def peer(self, name):
        peer = Peer(self.server)
        self.addCleanup(peer.close)
        peer.login_extended(name)
        return peer

    def answer(self, peer):
        while (answer := peer.recv())[0] == "update":
            pass
        return answer

    def is_resumed(self, peer, *upload):
        """Whether there is another writer: a chunk that is nowhere near changes nothing."""
        peer.send("request", "upload_chunk", "alice", peer.token, *upload, 1 << 40, b"soup")
        return self.answer(peer)[-1]["rule"] == "upload_taken"

    def test_what_an_earlier_connection_has_sent_comes_late(self):
        """It is behind the place that resume_upload told, which is asked again then."""
        data = os.urandom(2 * CHUNKS * CHUNK)
        self.register("bob", "alice")
        with open(self.path("source"), "wb") as file:
            file.write(data)
        alice, looking, bob = self.peer("alice"), self.peer("alice"), self.peer("bob")
        alice.send("request", "upload", "alice", alice.token, "source", len(data))
        number, generation = self.answer(alice)[3:5]
        os.mkfifo(self.stands)
        for at in range(0, CHUNKS * CHUNK, CHUNK):
            alice.send("request", "upload_chunk", "alice", alice.token, number, generation, at,
                       data[at:at + CHUNK])
        alice.send("request", "whisper", "alice", alice.token, "bob", "they are on their way")
        self.assertEqual(bob.recv()[3], "they are on their way")
        with self.start("--as", "alice", "send-file", "@bob", self.path("source"), "--resume",
                        str(number)) as sending:
            self.until(lambda: self.is_resumed(looking, number, generation))
            goes_on = os.open(self.stands, os.O_WRONLY)
            os.unlink(self.stands)
            os.close(goes_on)
            self.assertEqual(sending.end(), (0, "", ""))
        self.done("--as", "bob", "fetch", "@alice", "2", self.path("copy"))
        with open(self.path("copy"), "rb") as file:
            self.assertEqual(file.read(), data)


if __name__ == "__main__":
    SLOW_DISK = os.path.abspath(sys.argv.pop(3))
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
