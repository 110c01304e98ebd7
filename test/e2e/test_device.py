"""The chinwag command with microphone and loudspeaker, which are null sinks of a
PulseAudio of the test's own: what is played into one is searched for in what is
played by the other, and what happens without an audio server, or when it dies."""

import os
import signal
import sys
import wave

import numpy as np

from ear import ALICE, BOB, NOBODY, Ear, InStudio, hears
from command import DONE, PATIENCE, WRONG_USE, main
from studio import RATE


class DeviceTest(InStudio):
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
