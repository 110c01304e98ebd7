"""How one is heard, where datagrams are lost: the line that says so, and the statistics. A relay
between the command and the server's UDP port drops what it is told to."""

import json
import os
import selectors
import signal
import socket
import sys
import threading

from command import DONE, Server, main
from voices import RATE, Voices, tone


class Lossy:
    """Carries datagrams both ways, and, while `drops`, two of five of those that are sent."""

    def __init__(self):
        self.near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.near.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.near.getsockname()[1]
        self.drops, self.count, self.target = True, 0, None
        self.sizes = {}  # by sender, of the datagrams that it has sent
        self.far, self.wish = {}, os.pipe()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.near, selectors.EVENT_READ)
        self.selector.register(self.wish[0], selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.run)

    def begin(self, target):
        self.target = target
        self.thread.start()

    def end(self):
        os.write(self.wish[1], b"e")
        self.thread.join()
        self.selector.close()
        for end in (self.near, *self.far.values()):
            end.close()
        for fd in self.wish:
            os.close(fd)

    def send(self, sender, data):
        if sender not in self.far:
            far = self.far[sender] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            far.connect(self.target)
            self.selector.register(far, selectors.EVENT_READ, sender)
        self.sizes.setdefault(sender, []).append(len(data))
        self.count += 1
        if not self.drops or self.count % 5 > 1:
            self.far[sender].send(data)

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.fileobj == self.wish[0]:
                    return
                if key.fileobj is self.near:
                    data, sender = self.near.recvfrom(2048)
                    self.send(sender, data)
                else:
                    self.near.sendto(key.fileobj.recv(2048), key.data)


class HeardTest(Voices):
    def setUp(self):
        self.lossy = Lossy()
        super().setUp()
        self.lossy.begin((self.server.address, self.server.port))

    def make_server(self):
        return Server(udp_public=self.lossy.address)

    def tearDown(self):
        super().tearDown()
        self.lossy.end()

    def test_the_line_and_the_statistics_say_how_one_is_heard(self):
        self.cooks("bob")
        said = self.write_wav("said.wav", 1, RATE, tone(700, 60))
        with self.in_call("bob", "--out", self.path("out.wav")) as bob, \
                self.in_call("alice", "--wav", said, "--stats", "--json") as alice:
            line = alice.err_until("of what you say")
            self.assertRegex(line, r"^chinwag: the others miss \d{2,3} % of what you say: the network is bad$")
            stats = json.loads(alice.out())
            while min(stats["unheard"], stats.get("lost_to", 0) + stats.get("lost_behind", 0)) < 10:
                stats = json.loads(alice.out())
            self.assertTrue(stats["udp"])
            self.lossy.drops = False
            alice.err_until("chinwag: the others hear you well again")
            self.assertEqual(alice.end(signal.SIGINT)[0], DONE)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    def test_who_says_how_many_bits_gets_long_packets(self):
        """By the bytes of all datagrams, with the heads of UDP and IP."""
        self.lossy.drops = False
        self.cooks("bob")
        said = self.write_wav("said.wav", 1, RATE, tone(700, 6))
        with self.in_call("bob", "--out", self.path("out.wav")) as bob:
            code, _, err = self.run_command("--as", "alice", "call", "cooks", "--wav", said, "--bitrate", "32")
            self.assertEqual(code, DONE, err)
            sizes = max(self.lossy.sizes.values(), key=sum)
            self.assertIn(len([size for size in sizes if size > 100]), range(1, 6000 // 60 + 10))
            self.assertLess(sum(size + 28 for size in sizes) * 8, 6 * 45_000)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    def test_the_line_on_a_terminal(self):
        self.cooks("bob")
        said = self.write_wav("said.wav", 1, RATE, tone(700, 60))
        with self.in_call("bob", "--out", self.path("out.wav")) as bob:
            _, terminal = self.on_terminal("--as", "alice", "call", "cooks", "--wav", said)
            self.see(terminal, b" BADLY HEARD, ")
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
