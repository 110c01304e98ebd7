"""Tones that the command says, and what hears them: for its tests."""

import cmath
import json
import os
import struct
import wave

from command import DONE, Commands

RATE = 48000
SAID_S = 2  # so long is a tone in a call: on a busy machine some of it comes too late
ALONE = ("--no-echo", "--no-noise", "--no-gain")  # a tone is noise to a suppressor


def tone(hertz, seconds, rate=RATE):
    step = 2 * cmath.pi * hertz / rate
    return [int(10000 * cmath.sin(i * step).real) for i in range(int(seconds * rate))]


def share(window, hertz, rate):
    """How much of the window's power is this tone: its correlation with it."""
    step = -2j * cmath.pi * hertz / rate
    power = sum(x * x for x in window)
    found = abs(sum(x * cmath.exp(step * i) for i, x in enumerate(window)))
    return 2 * found * found / len(window) / power if power > len(window) else 0


def hears(samples, hertz, rate=RATE):
    """Is there a tenth of a second that is this tone?"""
    n = rate // 10
    windows = range(0, max(len(samples) - n, 0), n // 2)
    return any(share(samples[i:i + n], hertz, rate) > 0.7 for i in windows)


def level(samples, rate=RATE):
    """Of the loudest half second the median of the samples' sizes: what fills a gap, on a busy
    machine, does not change it."""
    n = rate // 2
    pieces = [sorted(map(abs, samples[i:i + n])) for i in range(0, len(samples) - n + 1, n)]
    return max(piece[n // 2] for piece in pieces)


class Voices(Commands):
    def setUp(self):
        super().setUp()
        self.register("alice", "bob")

    def write_wav(self, name, channels, rate, samples):
        with wave.open(self.path(name), "wb") as file:
            file.setparams((channels, 2, rate, 0, "NONE", ""))
            file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
        return self.path(name)

    def read_wav(self, name):
        with wave.open(self.path(name), "rb") as file:
            data = file.readframes(file.getnframes())
            return file.getnchannels(), file.getframerate(), list(
                struct.unpack(f"<{len(data) // 2}h", data))

    def cooks(self, *names):
        self.done("--as", "alice", "group", "create", "cooks")
        for name in names:
            self.done("--as", name, "group", "join", "cooks")

    def in_call(self, name, *options, **changes):
        running = self.start("--as", name, "call", "cooks", *ALONE, *options, **changes)
        running.err_until("in the call of #cooks")
        return running

    def say(self, name, hertz, *options):
        """Says a tone, and leaves."""
        path = self.write_wav(f"{name}.wav", 1, RATE, tone(hertz, SAID_S))
        code, _, err = self.run_command("--as", name, "call", "cooks", *ALONE, "--wav", path,
                                        *options)
        self.assertEqual(code, DONE, err)

    def heard(self, name):
        channels, rate, samples = self.read_wav(name)
        self.assertEqual(channels, 1)
        return samples, rate

    def messages_of(self, name, *options):
        """What one listen brings: the message, and the file that it wrote."""
        code, out, err = self.run_command("--as", name, "listen", "--json", "--count", "1",
                                          "--save-voice", self.path("voice"), *options)
        self.assertEqual(code, DONE, err)
        message = json.loads(out)
        return message, message["file"]
