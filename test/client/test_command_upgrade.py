#!/usr/bin/python3
"""Commands while the server is upgraded under them: none shows an error, and nothing is lost, sent
twice, or out of order."""

import json
import math
import os
import select
import signal
import struct
import subprocess
import sys
import threading

from command import DONE, PATIENCE, Commands, main


class UpgradeTest(Commands):
    def upgrade(self):
        self.server.process.send_signal(signal.SIGUSR2)
        line = self.server.process.stdout.readline().decode()
        self.assertTrue(line.startswith("listening "), line)

    def test_sends_and_lists_go_on(self):
        self.register("bob", "alice")
        with self.listen("bob") as bob:
            for number in range(12):
                with self.start("--as", "alice", "send", "@bob", str(number)) as send:
                    if number % 3 == 0:
                        self.upgrade()  # somewhere within it
                    self.assertEqual(send.end(), (DONE, "", ""))
                self.assertEqual(json.loads(bob.out())["content"], str(number))
            bob.err_until("connected again")
        history = self.done("--as", "alice", "history", "@bob", "--json")
        self.assertEqual([json.loads(line)["content"] for line in history.splitlines()],
                         [str(n) for n in range(12)])

    def test_a_logout_goes_on(self):
        names = [f"cook{number}" for number in range(8)]
        self.register(*names)
        for name in names:
            with self.start("--as", name, "logout") as logout:
                self.upgrade()  # somewhere within it
                code, _, err = logout.end()
            self.assertEqual((code, err), (DONE, ""))

    def test_a_call_goes_on(self):
        """Who speaks is heard after the upgrade, too, and nobody has left or joined."""
        self.register("alice", "bob")
        self.done("--as", "alice", "group", "create", "cooks")
        self.done("--as", "bob", "group", "join", "cooks")
        with self.start("--as", "bob", "call", "--raw", "cooks", stdin=subprocess.PIPE) as bob, \
                self.start("--as", "alice", "call", "--raw", "cooks",
                           stdin=subprocess.PIPE) as alice:
            bob.err_until("alice ")  # is in the call, or joins it
            speaker = threading.Thread(target=speak, args=(alice.process.stdin,), daemon=True)
            speaker.start()
            self.hear(bob)
            self.by_datagrams(alice, bob)
            self.upgrade()
            for call in (alice, bob):
                call.err_until("lost the connection to the server")
            self.hear(bob, after=call.err_until("connected again"))
            self.assertEqual(self.in_call(), ["alice", "bob"])
            self.by_datagrams(alice, bob)
            self.hear(bob, after=True)
            alice.process.terminate()
            speaker.join(PATIENCE)
            bob.err_until("alice has left the call")
            bob.process.stdin.close()
            bob.process.stdin = alice.process.stdin = None
            bob.process.terminate()
            self.assertNotIn(b"joined", bob.process.communicate(timeout=PATIENCE)[1])

    def by_datagrams(self, *calls):
        """Until the server reaches both that way."""
        while self.server.by_datagrams() != 2:
            for call in calls:
                self.assertIsNone(call.process.poll(), "a call has ended")

    def in_call(self):
        members = self.done("--as", "bob", "group", "members", "cooks", "--json")
        return sorted(m["name"] for m in map(json.loads, members.splitlines()) if m.get("in_call"))

    def hear(self, call, after=None):
        """Until it puts out a sound; what waits in the pipe is of before."""
        out = call.process.stdout.fileno()
        while after and select.select([out], [], [], 0)[0]:
            os.read(out, 1 << 20)
        for _ in range(100 * PATIENCE):
            if not select.select([out], [], [], PATIENCE)[0]:
                break
            samples = os.read(out, 1 << 16)
            if any(samples):
                return
        raise AssertionError("nothing is heard")


def speak(pipe):
    """A tone without end."""
    second = struct.pack("<48000h", *(round(9000 * math.sin(i * 0.08)) for i in range(48000)))
    try:
        while True:
            pipe.write(second)
            pipe.flush()
    except (OSError, ValueError):
        pass


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
