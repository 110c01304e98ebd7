#!/usr/bin/python3
"""A hook that goes out, when its receiver is away for long: how many messages wait, how often each is
tried, and what is said of those that are given up. The clock of the command is the test's, which
moves it on instead of waiting."""

import os
import queue
import re
import signal
import sys
import unittest

from command import DONE, Commands, main
from harness import PATIENCE, Peer
from test_command_json import SECRET, Receiver

QUEUE, ATTEMPTS = 1000, 20


class HookTest(Commands):
    def setUp(self):
        super().setUp()
        self.register("alice")
        secret = self.done("--as", "alice", "bot", "create", "deploys").strip()
        for group in "ops", "dev":
            self.done("--as", "alice", "group", "create", group)
            self.done("--as", "alice", "group", "add-bot", group, "deploys")
        code, _, err = self.run_command("login", "deploys", CHINWAG_PASSWORD=secret)
        self.assertEqual(code, DONE, err)
        self.clock_ms = 0
        self.move_clock(0)
        self.receiver = Receiver()
        with self.receiver.running():  # it has a port, and nobody listens there
            pass

    def move_clock(self, ms):
        """By whole seconds, at once."""
        self.clock_ms += -(-ms // 1000) * 1000
        with open(self.path("clock.new"), "w", encoding="ascii") as file:
            print(self.clock_ms, file=file)
        os.replace(self.path("clock.new"), self.path("clock"))

    def hook(self):
        hook = self.start("--as", "deploys", "hook", self.receiver.url(), "--allow-http",
                          "--allow-private", CHINWAG_HOOK_SECRET=SECRET,
                          LD_PRELOAD=CLOCK, STEADY_CLOCK=self.path("clock"))
        hook.err_until("listening as deploys")
        return hook

    def fail_once(self, hook):
        """The next attempt, whose time comes at once; how long it says it waits after it."""
        line = hook.err_until("takes no message")
        wait_ms = round(1000 * float(re.search(r"trying again in ([0-9.]+) s", line)[1]))
        self.move_clock(wait_ms)
        return wait_ms

    def say(self, *texts):
        """In both groups in turn: neither a member nor a group exceeds its rate."""
        for at in range(0, len(texts), 150):
            name, group, said = f"cook{at}", ("ops", "dev")[at // 150 % 2], texts[at:at + 150]
            peer = Peer(self.server).register(name).login_extended(name)
            peer.send("request", "join_group", name, peer.token, group)
            for text in said:
                peer.send("request", "msg_group", name, peer.token, group, text)
            for _ in range(1 + len(said)):
                while (message := peer.recv())[0] != "response":
                    pass
                self.assertEqual(message[2], 0, message)
            peer.close()

    def posted(self):
        return self.receiver.posts.get(timeout=PATIENCE)[2].decode()

    def posted_when_it_tries_again(self):
        for _ in range(10 * PATIENCE):
            self.move_clock(60_000)
            try:
                return self.receiver.posts.get(timeout=1)[2].decode()
            except queue.Empty:
                pass
        self.fail("nothing is posted")

    def test_what_nobody_takes_is_given_up(self):
        self.say("one", "two")
        with self.hook() as hook:
            waits = [self.fail_once(hook) for _ in range(ATTEMPTS)]
            line = hook.err_until("gives up")
            self.assertRegex(line, r"^chinwag: after many attempts it gives up message \d+ \(.+\)$")
            # Each waits twice as long as the one before, give or take a fifth, up to a minute.
            for number, wait_ms in enumerate(waits):
                usual = min(250 * 2 ** number, 60_000)
                self.assertGreaterEqual(wait_ms, 0.4 * usual, waits)
                self.assertLessEqual(wait_ms, 1.6 * usual, waits)
            with self.receiver.running():
                self.assertIn('"content":"two"',
                              self.posted_when_it_tries_again().replace(" ", ""))
                hook.err_until("takes messages again")
                self.assertEqual(hook.end(signal.SIGTERM)[0], DONE)
        with self.receiver.running(), self.hook() as hook:  # neither comes again
            self.done("--as", "alice", "send", "#ops", "three")
            self.assertIn('"content":"three"', self.posted().replace(" ", ""))
            hook.end(signal.SIGTERM)
        self.assertTrue(self.receiver.posts.empty())

    def test_a_queue_that_is_full_drops_the_oldest(self):
        more = 80
        with self.hook() as hook:
            self.say(*[f"number {i}" for i in range(QUEUE + more)])
            hook.err_until("too many messages wait for 127.0.0.1; from now on the oldest are "
                           "dropped")
            self.done("--as", "alice", "send", "#ops", "the last")
            with self.receiver.running():
                first = self.posted_when_it_tries_again()
                number = int(re.search(r"number (\d+)", first)[1])
                for i in range(number + 1, QUEUE + more):
                    self.assertIn(f"number {i}", self.posted())
                self.assertIn("the last", self.posted())
                line = hook.err_until("were dropped")
                self.assertEqual(hook.end(signal.SIGTERM)[0], DONE)
            self.assertIn(number, (more, more + 1))
            self.assertEqual(line, f"chinwag: {number} messages were dropped")
        self.assertTrue(self.receiver.posts.empty())


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    CLOCK = os.path.abspath(sys.argv.pop(2))
    main()
