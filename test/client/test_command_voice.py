"""Voice by the chinwag command against a real server, by files and pipes: who
hears whom, and what a recording is when it arrives.

What is said is a tone, and what is heard is searched for it: on a busy machine
some of it may be late and so not be heard, but nobody hears what was not said."""

import json
import os
import signal
import struct
import sys
import termios

from command import DONE, PATIENCE, REFUSED, WRONG_USE, main
from voices import ALONE, RATE, SAID_S, Voices, hears, level, share, tone


class VoiceTest(Voices):
    # --- messages -----------------------------------------------------------------

    def test_samples(self):
        samples = [(i * 37) % 65536 - 32768 for i in range(3200)]
        path = self.write_wav("in.wav", 2, 16000, samples)
        self.done("--as", "alice", "send-voice", "--plain", "@bob", path)
        code, out, _ = self.run_command("--as", "bob", "listen", "--count", "1", "--save-voice",
                                        self.path("voice"))
        self.assertEqual(code, DONE)
        name = os.listdir(self.path("voice"))[0]
        self.assertRegex(out, r"^\[1\] \d\d:\d\d alice sent a voice message \(0\.1 s\): .*/" + name)
        self.assertEqual(self.read_wav("voice/" + name), (2, 16000, samples))
        self.fails(WRONG_USE, "no sound can be read from it", "send-voice", "@bob", sys.argv[0])
        path = self.write_wav("short.wav", 1, 7999, [1] * 100)
        self.fails(WRONG_USE, "8,000 and 48,000 Hz", "send-voice", "@bob", path)
        path = self.write_wav("long.wav", 1, 8000, [1] * (120 * 8000 + 1))
        self.fails(WRONG_USE, "longer than 120 seconds", "send-voice", "@bob", path)

    def test_a_plain_call_mixes(self):
        """Two who speak at once are heard at once, and not one after the other."""
        self.register("carol")
        self.cooks("bob", "carol")
        said = {"alice": 700, "carol": 1100}
        with self.in_call("bob", "--plain", "--out", self.path("out.wav")) as bob:
            callers = [self.in_call(name, "--plain", "--wav", self.write_wav(
                name + ".wav", 1, 44100, tone(hertz, 2, 44100))) for name, hertz in said.items()]
            for caller in callers:
                with caller:
                    self.assertEqual(caller.end()[0], DONE)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
        samples, rate = self.heard("out.wav")
        self.assertEqual(rate, RATE)
        n = rate // 10
        both = [all(share(samples[i:i + n], hertz, rate) > 0.2 for hertz in said.values())
                for i in range(0, len(samples) - n, n // 2)]
        self.assertTrue(any(both))

    def test_a_recording_is_ogg_opus(self):
        path = self.write_wav("in.wav", 1, RATE, tone(700, 1))
        self.done("--as", "alice", "send-voice", "@bob", path)
        _, file = self.messages_of("bob")
        self.assertTrue(file.endswith(".opus"))
        with open(file, "rb") as opus:
            data = opus.read()
        self.assertEqual(data[:4], b"OggS")
        self.assertLess(len(data), 16000)
        self.done("--as", "bob", "fetch", "@alice", "1", self.path("out.wav"))
        samples, rate = self.heard("out.wav")
        self.assertEqual((len(samples), rate), (RATE, RATE))
        self.assertTrue(hears(samples, 700))
        self.done("--as", "bob", "fetch", "@alice", "1", self.path("out.opus"))
        with open(self.path("out.opus"), "rb") as opus:
            self.assertEqual(opus.read(), data)

    def test_a_file_of_opus_goes_as_it_is(self):
        path = self.write_wav("in.wav", 1, RATE, tone(700, 0.5))
        self.done("--as", "alice", "send-voice", "@bob", path)
        _, first = self.messages_of("bob")
        self.done("--as", "bob", "record", "@alice", "--wav", first)
        _, second = self.messages_of("alice")
        self.assertNotEqual(first, second)
        with open(first, "rb") as one, open(second, "rb") as other:
            self.assertEqual(one.read(), other.read())
        with open(first, "r+b") as damaged:
            damaged.truncate(300)
        self.fails(WRONG_USE, "damaged, not Ogg Opus", "send-voice", "@bob", first)

    def test_record_from_a_device(self):
        """SDL's dummy is a microphone in a silent room."""
        self.fails(WRONG_USE, "--seconds N", "record", "@bob", SDL_AUDIODRIVER="dummy")
        self.done("--as", "alice", "record", "@bob", "--seconds", "1", SDL_AUDIODRIVER="dummy")
        _, file = self.messages_of("bob")
        self.done("--as", "bob", "fetch", "@alice", "1", self.path("out.wav"))
        samples, _ = self.heard("out.wav")
        self.assertEqual(len(samples), RATE)
        self.assertTrue(file.endswith(".opus"))

    def test_opus_reaches_who_has_none(self):
        path = self.write_wav("in.wav", 1, RATE, tone(700, 1))
        self.done("--as", "alice", "send-voice", "@bob", path)
        message, file = self.messages_of("bob", "--plain")
        self.assertTrue(file.endswith(".wav"))
        self.assertEqual((message["channels"], message["sample_rate"]), (1, RATE))
        self.assertEqual((message["seconds"], len(message["waveform"])), (1, 64))
        samples, rate = self.heard("voice/" + os.path.basename(file))
        self.assertEqual((len(samples), rate), (RATE, RATE))
        self.assertTrue(hears(samples, 700))

    def test_samples_reach_who_has_opus(self):
        samples = tone(700, 0.5, 8000)
        path = self.write_wav("in.wav", 1, 8000, samples)
        self.done("--as", "alice", "send-voice", "--plain", "@bob", path)
        message, file = self.messages_of("bob")
        self.assertEqual(message["seconds"], 0.5)
        self.assertEqual(self.read_wav("voice/" + os.path.basename(file)), (1, 8000, samples))
        self.done("--as", "bob", "fetch", "@alice", "1", self.path("out.opus"))
        with open(self.path("out.opus"), "rb") as opus:
            self.assertEqual(opus.read(4), b"OggS")

    def test_who_has_listened(self):
        path = self.write_wav("in.wav", 1, RATE, tone(700, 0.5))
        self.done("--as", "alice", "send-voice", "@bob", path)
        self.assertRegex(self.done("--as", "alice", "history", "@bob"),
                         r"\(voice message, 0\.5 s\)  \(sent\)\n$")
        self.done("--as", "alice", "play", "@bob", "1", "--wav", self.path("own.wav"))
        self.assertNotIn("listened", self.done("--as", "alice", "history", "@bob"))
        with self.start("--as", "alice", "listen", "--events") as alice:
            alice.err_until("listening as alice")
            self.done("--as", "bob", "play", "@alice", "1", "--wav", self.path("out.wav"))
            while "bob has listened to [1]" not in alice.out():
                pass
        self.assertTrue(hears(self.heard("out.wav")[0], 700))
        self.assertRegex(self.done("--as", "alice", "history", "@bob"),
                         r"\(voice message, 0\.5 s, listened to\)\n$")
        entry = json.loads(self.done("--as", "alice", "history", "@bob", "--json"))
        self.assertEqual((entry["duration"], len(entry["waveform"])), (500, 64))
        self.assertGreater(entry["played"], entry["time"])

    # --- calls --------------------------------------------------------------------

    def test_two_hear_each_other(self):
        self.cooks("bob")
        path = self.write_wav("long.wav", 1, RATE, tone(600, 1) * 60)
        with self.in_call("bob", "--wav", path, "--out", self.path("bob_out.wav")) as bob:
            self.say("alice", 1000, "--out", self.path("alice_out.wav"))
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
        alice_heard, rate = self.heard("alice_out.wav")
        bob_heard, _ = self.heard("bob_out.wav")
        self.assertEqual(rate, RATE)
        self.assertTrue(hears(alice_heard, 600))
        self.assertFalse(hears(alice_heard, 1000))
        self.assertTrue(hears(bob_heard, 1000))
        self.assertFalse(hears(bob_heard, 600))

    def test_pipes(self):
        self.cooks("bob")
        with open(self.path("in.raw"), "wb") as raw:
            samples = tone(800, SAID_S)
            raw.write(struct.pack(f"<{len(samples)}h", *samples))
        with self.in_call("bob", "--raw", "--seconds", "1000") as bob:
            with open(self.path("in.raw"), "rb") as raw, \
                    self.in_call("alice", "--raw", "--frame", "10", stdin=raw) as alice:
                self.assertEqual(alice.end()[0], DONE)
            bob.process.send_signal(signal.SIGINT)
            data, _ = bob.process.communicate()
        self.assertEqual(len(data) % 480, 0)
        self.assertTrue(hears(struct.unpack(f"<{len(data) // 2}h", data), 800))

    def test_a_file_goes_as_it_is(self):
        """A steady tone is noise to a suppressor, which is for microphones."""
        self.cooks("bob")
        path = self.write_wav("in.wav", 1, RATE, tone(660, 3))
        heard = {}
        for options in ((), ("--noise",)):
            with self.start("--as", "bob", "call", "cooks", "--out", self.path("out.wav")) as bob:
                bob.err_until("in the call of #cooks")
                code, _, err = self.run_command("--as", "alice", "call", "cooks", "--no-gain", "--wav",
                                                path, *options)
                self.assertEqual(code, DONE, err)
                self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
            heard[options] = level(*self.heard("out.wav"))
        self.assertTrue(0.8 < heard[()] / level(tone(660, 2)) < 1.3, heard)
        self.assertLess(heard["--noise",], heard[()])

    def test_music_is_heard_of_both_channels(self):
        """Nothing is suppressed, and who plays mono hears both."""
        left, right = tone(700, 3), tone(1100, 3)
        both = [sample for pair in zip(left, right) for sample in pair]
        path = self.write_wav("music.wav", 2, RATE, both)
        self.cooks("bob")
        with self.start("--as", "bob", "call", "cooks", "--out", self.path("out.wav")) as bob:
            bob.err_until("in the call of #cooks")
            code, _, err = self.run_command("--as", "alice", "call", "cooks", "--music", "--wav", path)
            self.assertEqual(code, DONE, err)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
        samples, rate = self.heard("out.wav")
        n = rate // 2
        pieces = [samples[i:i + n] for i in range(0, len(samples) - n, n)]
        heard = [min(share(piece, 700, rate), share(piece, 1100, rate)) for piece in pieces]
        self.assertGreaterEqual(sum(each > 0.4 for each in heard), 3, heard)
        mono = [(sample + other) / 2 for sample, other in zip(left, right)]
        self.assertTrue(0.7 < level(samples, rate) / level(mono) < 1.3, level(samples, rate))

    def test_a_plain_speaker_is_heard(self):
        self.cooks("bob")
        with self.in_call("bob", "--out", self.path("out.wav"), "--stats") as bob:
            path = self.write_wav("in.wav", 1, 44100, tone(900, SAID_S, 44100))
            code, _, _ = self.run_command("--as", "alice", "call", "--plain", "cooks", "--wav",
                                          path, *ALONE)
            self.assertEqual(code, DONE)
            code, _, err = bob.end(signal.SIGINT)
        self.assertEqual(code, DONE)
        self.assertRegex(err, r"list .* alice\n")
        self.assertTrue(hears(self.heard("out.wav")[0], 900))

    def test_a_plain_listener_hears(self):
        self.cooks("bob")
        with self.start("--as", "bob", "call", "--plain", "cooks", "--out",
                        self.path("out.wav")) as bob:
            bob.err_until("in the call of #cooks")
            self.say("alice", 900)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
        samples, rate = self.heard("out.wav")
        self.assertTrue(hears(samples, 900, rate))

    def test_volume_of_a_speaker(self):
        self.cooks("bob")
        with self.in_call("bob", "--out", self.path("out.wav"), "--volume", "alice=0") as bob:
            self.say("alice", 1000)
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)
        samples, _ = self.heard("out.wav")
        self.assertGreater(len(samples), 0)
        self.assertEqual(set(samples), {0})

    def test_statistics(self):
        self.cooks("bob")
        with self.in_call("bob", "--out", self.path("out.wav"), "--stats", "--json") as bob:
            self.say("alice", 1000, "--stats")
            while not (stats := json.loads(bob.out()))["speakers"] or "round_trip_ms" not in stats:
                pass
            bob.end(signal.SIGINT)
        speaker = stats["speakers"][0]
        self.assertEqual((speaker["name"], speaker["plain"]), ("alice", False))
        self.assertGreater(speaker["received"], 0)
        self.assertEqual(stats["sent"], 0)

    def test_who_comes_and_goes(self):
        self.cooks("bob")
        with self.in_call("bob", "--out", self.path("out.wav")) as bob:
            self.say("alice", 1000)
            bob.err_until("alice has joined the call")
            bob.err_until("alice has left the call")
            with self.in_call("alice", "--out", self.path("other.wav")) as alice:
                alice.err_until("bob is in the call")
                alice.end(signal.SIGINT)

    def test_joins_again(self):
        self.cooks("bob")
        with self.in_call("bob", "--out", self.path("out.wav")) as bob:
            self.server.kill()
            bob.err_until("lost the connection to the server")
            self.server.start()
            bob.err_until("connected again")
            with self.in_call("alice", "--out", self.path("other.wav")) as alice:
                alice.err_until("bob")  # is in the call, or joins it later
                self.say("alice", 1000)
            bob.end(signal.SIGINT)
        self.assertTrue(hears(self.heard("out.wav")[0], 1000))

    def test_the_lines_of_alsa_are_not_shown(self):
        """With a sound card it records, and ends; without one ALSA has much to say."""
        code, _, err = self.run_command(
            "--as", "alice", "record", "@bob", "--seconds", "1", SDL_AUDIODRIVER="alsa",
            PULSE_SERVER="unix:/no/such/socket")
        self.assertIn(code, (DONE, WRONG_USE))
        self.assertNotIn("ALSA lib", err)

    def test_without_a_device(self):
        self.cooks("bob")
        nowhere = {"SDL_AUDIODRIVER": "pulseaudio", "PULSE_SERVER": "unix:/no/such/socket"}
        self.fails(WRONG_USE, "there is no sound device", "call", "cooks", **nowhere)
        self.fails(WRONG_USE, "--wav FILE", "call", "cooks", **nowhere)

    def test_with_a_device(self):
        """SDL's dummy is a microphone in a silent room, and a deaf loudspeaker."""
        self.cooks("bob")
        with self.in_call("bob", "--stats", "--json", SDL_AUDIODRIVER="dummy") as bob:
            self.say("alice", 1000)
            while not json.loads(bob.out())["speakers"]:
                pass
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    # --- calls of two -----------------------------------------------------------------

    def call_of_two(self, name, peer, *options):
        return self.start("--as", name, "call", peer, *ALONE, "--out", self.path(f"{name}.wav"),
                          *options)

    def rings(self, listen):
        ring = json.loads(listen.out())
        self.assertEqual((ring["type"], ring["sender"], ring["conversation"]),
                         ("ring", "alice", "alice"))
        return ring["state"]

    def test_two_call_each_other(self):
        alices = self.write_wav("a.wav", 1, RATE, tone(1000, SAID_S))
        bobs = self.write_wav("b.wav", 1, RATE, tone(600, 1) * 60)
        with self.listen("bob") as listen, \
                self.call_of_two("alice", "@BOB", "--wav", alices) as alice:
            self.assertIn("calling @bob", alice.err_until("calling"))
            self.assertEqual(self.rings(listen), "ringing")
            with self.call_of_two("bob", "@alice", "--wav", bobs) as bob:
                bob.err_until("in the call of @alice")
                self.assertEqual(self.rings(listen), "answered")
                # Alice leaves when all was said, and with her it is over.
                code, _, err = alice.end()
                self.assertEqual((code, err), (DONE, "chinwag: bob has joined the call\n"))
                code, _, err = bob.end()
                self.assertEqual(code, DONE)
                self.assertEqual(err, "chinwag: alice is in the call\n"
                                      "chinwag: alice has left the call\n")
        self.assertTrue(hears(self.heard("bob.wav")[0], 1000))
        self.assertTrue(hears(self.heard("alice.wav")[0], 600))
        self.assertIn("there is no message", self.run_command("--as", "bob", "history", "@alice")[2])

    def test_how_a_ring_ends(self):
        path = self.write_wav("a.wav", 1, RATE, tone(700, 0.5))
        self.fails(REFUSED, "CALL_NOT_REACHABLE, 1282", "--as", "alice", "call", "@bob", "--wav", path)
        with self.listen("bob") as listen:
            self.assertEqual(json.loads(listen.out())["kind"], "call")
            with self.call_of_two("alice", "@bob", "--wav", path) as alice:
                self.assertEqual(self.rings(listen), "ringing")
                self.done("--as", "bob", "refuse", "@alice")
                self.assertEqual(self.rings(listen), "refused")
                code, _, err = alice.end()
                self.assertEqual(code, REFUSED)
                self.assertIn("bob does not take the call", err)
            with self.call_of_two("alice", "@bob", "--wav", path) as alice:
                alice.err_until("calling @bob")
                self.assertEqual(self.rings(listen), "ringing")
                self.assertEqual(alice.end(signal.SIGINT)[0], DONE)
                self.assertEqual(self.rings(listen), "given_up")
            self.fails(REFUSED, "not calling you", "--as", "bob", "refuse", "@alice")
            self.fails(REFUSED, "not calling you", "--as", "bob", "call", "@alice", "--answer", "--wav", path)
            self.done("--as", "bob", "send-voice", "@alice", path, "--reply-to", "2")
        history = self.done("--as", "bob", "history", "@alice").splitlines()
        self.assertRegex(history[1], r"^\[2\] \d\d:\d\d alice: \(missed call\)$")
        self.assertRegex(history[2], r"bob \(you\) answers \[2\] \(alice: missed call\): \(voice message")
        self.assertIn("2 unread", self.done("--as", "bob", "chats"))

    def test_the_screen_of_a_call_of_two(self):
        with self.listen("bob"):
            call, terminal = self.on_terminal("--as", "alice", "call", "@bob", "--out", os.devnull)
            self.see(terminal, b" calling @bob: alice")
            os.write(terminal, b"q")
            self.assertEqual(call.wait(PATIENCE), DONE)
            call, terminal = self.on_terminal("--as", "alice", "call", "@bob", "--out", os.devnull)
            self.see(terminal, b" calling @bob: alice")
            with self.call_of_two("bob", "@alice") as bob:
                self.see(terminal, b"] @bob: alice 1 bob")
                self.server.kill()
                self.server.start()
                bob.err_until("the call is over")
                self.see(terminal, b"the call is over")
                self.assertEqual(call.wait(PATIENCE), REFUSED)

    # --- by hand --------------------------------------------------------------------

    def test_keys_of_a_call(self):
        self.cooks("bob")
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--ptt", "--out",
                                          self.path("out.wav"))
        before = termios.tcgetattr(terminal)[3]
        self.see(terminal, b" hold space #cooks: bob")
        self.assertFalse(termios.tcgetattr(terminal)[3] & termios.ECHO)
        for keys, part in ((b"m", b" muted #"), (b"d", b" muted deaf #"), (b"md", b" hold space #"),
                           (b"+\x1b[A+", b" volume 120 % #"), (b"---", b" volume 90 % #")):
            os.write(terminal, keys)
            self.see(terminal, part)
        with self.in_call("alice", "--out", self.path("alice.wav")):
            for keys, part in ((b"", b": bob 1 alice"), (b"12", b": bob 1 (alice)"),
                               (b"1", b": bob 1 alice")):
                os.write(terminal, keys)
                self.see(terminal, part)
        os.write(terminal, b"q")
        self.assertEqual(call.wait(PATIENCE), DONE)
        self.assertTrue(before & termios.ECHO)
        self.assertEqual(termios.tcgetattr(terminal)[3], before)

    def test_keys_of_a_recording(self):
        record, terminal = self.on_terminal("--as", "alice", "record", "@bob",
                                            SDL_AUDIODRIVER="dummy")
        self.see(terminal, b"0.2 s  Enter sends, Space listens, Esc cancels")
        os.write(terminal, b"\x1b")
        self.see(terminal, b"nothing was sent")
        self.assertEqual(record.wait(PATIENCE), DONE)
        record, terminal = self.on_terminal("--as", "alice", "record", "@bob",
                                            SDL_AUDIODRIVER="dummy")
        self.see(terminal, b"0.2 s  Enter sends, Space listens, Esc cancels")
        os.write(terminal, b" ")
        self.see(terminal, b" s  Enter sends, Space pauses, Esc cancels")
        os.write(terminal, b" ")  # pauses, or if it is over begins again
        self.see(terminal, b"Enter sends, Space pauses, Esc cancels")
        self.assertIn("no conversations yet", self.run_command("--as", "bob", "chats")[2])
        os.write(terminal, b"\n")
        self.assertEqual(record.wait(PATIENCE), DONE)
        self.assertEqual(self.done("--as", "bob", "history", "@alice").count("voice message"), 1)
        self.done("--as", "bob", "play", "@alice", "1", "--speed", "2", SDL_AUDIODRIVER="dummy")
        self.fails(WRONG_USE, "--speed does not take '3': 1, 1.5 or 2", "--as", "bob", "play",
                   "@alice", "1", "--speed", "3")
        self.fails(WRONG_USE, "--speed is about playing; --wav writes the recording as it is", "--as", "bob",
                   "play", "@alice", "1", "--speed", "2", "--wav", self.path("fast.wav"))

    def test_wrong_use(self):
        for frame in ("15", "30", "80"):
            self.fails(WRONG_USE, f"--frame does not take '{frame}'", "call", "cooks", "--frame", frame)
        self.fails(WRONG_USE, "latency measures packets of --frame 10 or 20", "latency", "--frame", "60")
        for gate in ("0", "-91", "loud", "-50x"):
            self.fails(WRONG_USE, "--gate does not take", "call", "cooks", "--gate", gate)
        for volume in ("=5", "bob", "bob=201", "bob=-1", "bob=x"):
            self.fails(WRONG_USE, "--volume does not take", "call", "cooks", "--volume", volume)
        self.fails(WRONG_USE, "'carol' is not in the call of @bob", "call", "@bob", "--volume", "carol=50")
        self.fails(WRONG_USE, "chinwag call @NAME --answer", "call", "cooks", "--answer")
        self.fails(WRONG_USE, "--plain is about the call of a group", "call", "@bob", "--plain")
        for option in (("--bitrate", "12"), ("--frame", "40"), ("--frame", "60")):
            self.fails(WRONG_USE, "--plain sends samples: without --bitrate, and with --frame 10 or 20", "call",
                       "cooks", "--plain", *option)
        self.fails(WRONG_USE, "a person is called by chinwag call @NAME", "call", "@")
        self.fails(WRONG_USE, "cannot play no.wav", "call", "cooks", "--wav", "no.wav")
        self.fails(WRONG_USE, "neither @NAME nor #GROUP", "record", "bob")
        self.fails(WRONG_USE, "is no number of a message", "play", "@bob", "x")

    def test_latency(self):
        self.cooks()
        for _ in range(10):  # on a busy machine the server may not seem near
            table = json.loads(self.done("--as", "alice", "latency", "--seconds", "3", "--json"))
            if table["capture"]["p50"] != 20:
                break
        self.assertGreater(table["found"], 0)
        self.assertEqual(table["capture"]["p50"], 10)
        self.assertEqual(table["lookahead"]["p50"], 2.5)
        stages = [row["p50"] for name, row in table.items()
                  if name not in ("found", "mouth_to_ear")]
        self.assertEqual(len(stages), 10)
        self.assertEqual(table["playout"]["p50"], 3.75)  # what a device begins with
        self.assertGreaterEqual(table["mouth_to_ear"]["p95"], table["mouth_to_ear"]["p50"])
        self.assertNotIn("latency", self.done("--as", "alice", "group", "list"))


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
