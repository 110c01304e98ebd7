"""The chinwag command with microphone and loudspeaker, which are null sinks of a
PulseAudio of the test's own: what is played into one is searched for in what is
played by the other, and what happens without an audio server, or when it dies.

What is said are the sweeps of bench/voice, again and again until one was heard."""

import os
import signal
import sys
import time
import wave

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "client"),
                os.path.join(HERE, "..", "..", "bench", "voice")]
from command import DONE, PATIENCE, WRONG_USE, Commands, main  # noqa: E402
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


class DeviceTest(Commands):
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

    def record(self):
        """Alice records a voice message: her process and terminal."""
        return self.on_terminal("--as", "alice", "record", "@bob", **self.devices("alice"))

    # --- calls --------------------------------------------------------------------

    def test_two_hear_each_other(self):
        self.cooks()
        alice, bob = self.in_call("alice"), self.in_call("bob")
        with Ear(self.studio, "aside") as aside, Ear(self.studio, "ear") as ear:
            self.play(ALICE, "mouth")
            ear.until(ALICE)
            self.play(BOB, "room")
            aside.until(BOB)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
            self.assertEqual(alice.end(signal.SIGINT)[0], DONE)
        self.assertFalse(hears(ear.samples, BOB))
        self.assertFalse(hears(aside.samples, ALICE))

    def test_who_is_muted_is_not_heard(self):
        """All that was played while she was muted has come to her when the meter,
        having risen, stands at nothing again."""
        self.cooks()
        bob = self.in_call("bob")
        alice, terminal = self.on_terminal("--as", "alice", "call", "cooks", "--no-noise",
                                           **self.devices("alice"))
        with Ear(self.studio, "ear") as ear:
            self.see(terminal, b"] #cooks")
            os.write(terminal, b"m")
            self.see(terminal, b"] muted #cooks")
            player = self.play(NOBODY, "mouth", every_ms=40)
            self.see(terminal, b"[####")
            player.kill()
            for _ in range(3):
                self.see(terminal, b"[..........] muted #cooks")
            os.write(terminal, b"m")
            self.see(terminal, b"] #cooks")
            self.play(ALICE, "mouth")
            ear.until(ALICE, lambda: self.shown(terminal))
            os.write(terminal, b"q")
            self.assertEqual(alice.wait(PATIENCE), DONE)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
        self.assertFalse(hears(ear.samples, NOBODY))

    # --- messages -----------------------------------------------------------------

    def test_a_recording_is_what_was_said(self):
        self.play(ALICE, "mouth")
        with Ear(self.studio, "mouth") as mouth:
            mouth.until(ALICE)
        record, terminal = self.record()
        self.see(terminal, b" 0.2 s  Enter sends, Space listens, Esc cancels")
        os.write(terminal, b"\x1b")
        self.see(terminal, b"nothing was sent")
        self.assertEqual(record.wait(PATIENCE), DONE)
        record, terminal = self.record()
        self.see(terminal, b" 2.0 s  Enter sends, Space listens, Esc cancels")
        os.write(terminal, b"\n")
        self.assertEqual(record.wait(PATIENCE), DONE)
        self.done("--as", "bob", "play", "@alice", "1", "--wav", self.path("out.wav"))
        with wave.open(self.path("out.wav")) as file:
            self.assertEqual(file.getparams()[:3], (1, 2, RATE))
            heard = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        self.assertGreaterEqual(len(heard), 2 * RATE)
        self.assertTrue(hears(heard, ALICE))
        with Ear(self.studio, "ear") as ear:
            self.done("--as", "bob", "play", "@alice", "1", **self.devices("bob"))
            ear.until(ALICE)
        self.assertEqual(self.done("--as", "bob", "history", "@alice").count("voice message"), 1)

    # --- the audio server -----------------------------------------------------------

    def long_message(self):
        with wave.open(self.path("long.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(sweeps(ALICE, 100).astype("<i2").tobytes())
        self.done("--as", "alice", "send-voice", "@bob", self.path("long.wav"))

    def test_the_audio_server_dies(self):
        self.cooks()
        self.long_message()
        witness = self.enterContext(
            self.start("--as", "alice", "call", "cooks", "--out", self.path("out.wav")))
        witness.err_until("in the call of #cooks")
        call = self.in_call("bob")
        with Ear(self.studio, "ear") as ear:
            play = self.enterContext(
                self.start("--as", "bob", "play", "@alice", "1", **self.devices("bob")))
            ear.until(ALICE)
            record, terminal = self.record()
            self.see(terminal, b" 0.2 s  Enter sends, Space listens, Esc cancels")
            self.studio.process.kill()
            self.see(terminal, b"lost the microphone, nothing was sent")
            self.assertEqual(record.wait(PATIENCE), WRONG_USE)
        code, _, err = play.end()
        self.assertEqual((code, err), (WRONG_USE, "chinwag: lost the loudspeaker\n"))
        call.err_until("lost the sound device; the call goes on")
        self.assertIn("bob", self.done("--as", "alice", "group", "members", "cooks"))
        self.assertEqual(call.end(signal.SIGINT)[0], DONE)
        witness.err_until("bob has left the call")
        self.assertEqual(witness.end(signal.SIGINT)[0], DONE)

    def test_the_audio_server_is_started_again(self):
        self.cooks()
        alice, bob = self.in_call("alice"), self.in_call("bob")
        self.studio.process.kill()
        self.studio.process.wait()
        for call in (alice, bob):
            call.err_until("lost the sound device; the call goes on")
        self.studio.start()
        for call in (alice, bob):
            call.err_until("the sound device is there again")
        with Ear(self.studio, "ear") as ear:
            self.play(ALICE, "mouth")
            ear.until(ALICE)
        for call in (alice, bob):
            self.assertEqual(call.end(signal.SIGINT)[0], DONE)

    def test_devices_by_name(self):
        """By the whole name, or a part of it; what is played is no microphone unless it is named."""
        self.cooks()
        shown = self.done("sound-devices", **self.devices("alice"))
        self.assertIn("loudspeaker ear", shown)
        self.assertIn("microphone  mouth.monitor", shown)
        nowhere = {**self.devices("alice"), "PULSE_SOURCE": "aside.monitor", "PULSE_SINK": "aside"}
        self.fails(WRONG_USE, "no sound device has 'trumpet' in its name", "--as", "alice", "call",
                   "cooks", "--device", "trumpet", **nowhere)
        alice = self.enterContext(self.start("--as", "alice", "call", "cooks", "--device",
                                             "mouth.monitor", **nowhere))
        bob = self.enterContext(self.start("--as", "bob", "call", "cooks", "--device", "EA",
                                           **nowhere))
        for call in (alice, bob):
            call.err_until("in the call of #cooks")
        with Ear(self.studio, "ear") as ear:
            self.play(ALICE, "mouth")
            ear.until(ALICE)
        for call in (alice, bob):
            self.assertEqual(call.end(signal.SIGINT)[0], DONE)

    def test_there_is_no_audio_server(self):
        """Nor anything else: SDL finds no driver of ALSA's."""
        self.cooks()
        nowhere = {"PULSE_SERVER": "unix:" + self.path("no"), "ALSA_CONFIG_PATH": "/dev/null"}
        for arguments in (("call", "cooks"), ("record", "@bob", "--seconds", "1")):
            self.fails(WRONG_USE, "start PulseAudio or PipeWire", "--as", "alice", *arguments,
                       **nowhere)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
