"""People with microphones and loudspeakers, which are null sinks of a PulseAudio of the test's own
(bench/voice/studio.py): what they say are its sweeps, again and again until one was heard."""

import os
import sys
import time
import wave

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "client"),
                os.path.join(HERE, "..", "..", "bench", "voice")]
from command import PATIENCE, Commands  # noqa: E402
from studio import RATE, Recorder, Studio, click, likeness  # noqa: E402

# Sweeps are alike to each other by 0.3 at most.
ALICE, BOB, NOBODY = 0, 1, 4


def sweeps(number, seconds, every_ms=150):
    one = np.zeros(every_ms * RATE // 1000)
    one[:len(click(number))] = click(number)
    return np.tile(one, int(seconds * 1000 / every_ms))


def hears(samples, number):
    shape = click(number)
    return len(samples) > len(shape) and likeness(samples.astype(float), shape).max() > 0.6


class Ear(Recorder):
    """Listens to a loudspeaker."""

    searched = 0  # samples

    def hears(self, number):
        """In what came since this was asked last?"""
        samples = np.frombuffer(b"".join(list(self.blocks)), "<i2")
        first = max(self.searched - len(click(number)), 0)
        self.searched = len(samples)
        return hears(samples[first:], number)

    def until(self, number, meanwhile=lambda: None):
        end = time.monotonic() + PATIENCE
        while not self.hears(number):
            if time.monotonic() > end or not self.more.wait(PATIENCE):
                raise AssertionError(f"sweep {number} was not heard")
            self.more.clear()
            meanwhile()


class InStudio(Commands):
    def setUp(self):
        self.studio = self.enterContext(Studio())
        super().setUp()
        self.register("alice", "bob")

    def devices(self, name):
        """Alice speaks into the mouth, and Bob hears with the ear."""
        environment = self.studio.devices(
            *{"alice": ("mouth", "aside"), "bob": ("room", "ear")}[name])
        return {key: environment[key] for key in
                ("XDG_RUNTIME_DIR", "PULSE_SERVER", "PULSE_SOURCE", "PULSE_SINK")}

    def play(self, number, microphone, every_ms=150):
        """Until the test is over, or somebody kills it."""
        player = self.studio.play(sweeps(number, 3 * PATIENCE, every_ms), microphone)
        self.addCleanup(player.wait)
        self.addCleanup(player.kill)
        return player

    def cooks(self):
        self.done("--as", "alice", "group", "create", "cooks")
        self.done("--as", "bob", "group", "join", "cooks")

    def in_call(self, name, *options):
        running = self.enterContext(
            self.start("--as", name, "call", "cooks", *options, **self.devices(name)))
        running.err_until("in the call of #cooks")
        return running

    def long_message(self, seconds=100):
        with wave.open(self.path("long.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(sweeps(ALICE, seconds).astype("<i2").tobytes())
        self.done("--as", "alice", "send-voice", "@bob", self.path("long.wav"))
