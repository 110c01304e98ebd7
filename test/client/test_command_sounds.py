"""Voice messages of sound files as others write them, and the files that messages become, by the chinwag
command against a real server. ffmpeg makes the files."""

import os
import subprocess
import sys
import wave

from command import DONE, WRONG_USE, main
from voices import RATE, Voices, hears, tone


# Whose ends ffmpeg does not miss, or only where they are within a frame.
CONTAINERS = (("avi",), ("pcm.avi", "-c:a", "pcm_s16le"), ("mov", "-c:a", "aac"), ("pcm.mov", "-c:a", "pcm_s16le"),
              ("mp4", "-movflags", "frag_every_frame+empty_moov+default_base_moof"), ("wma", "-c:a", "wmav2"), ("flv",),
              ("au", "-c:a", "pcm_s16be"), ("caf", "-c:a", "pcm_s16le"), ("w64",), ("rf64.wav", "-c:a", "adpcm_ms", "-rf64", "always"),
              ("adpcm.wav", "-c:a", "adpcm_ms"), ("voc", "-c:a", "pcm_s16le"), ("sox", "-c:a", "pcm_s32le"),
              ("ts",), ("mp2",), ("low.mp2", "-ar", "22050"), ("mka", "-c:a", "pcm_s16le"),
              ("live.webm", "-live", "1"), ("aifc", "-c:a", "pcm_s16le", "-f", "aiff"))
# Behind which other programs put tags of MP3 (ID3v1).
TAGGED = (("m4a",), ("wma", "-c:a", "wmav2"), ("flv",))


class SoundsTest(Voices):
    def convert(self, name, *options, source="in.wav"):
        """A file that ffmpeg makes of the tone."""
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", self.path(source), *options,
                        self.path(name)], check=True)
        return self.path(name)

    def arrives(self, number, seconds):
        """Bob hears the tone in message `number`, for about so long."""
        self.done("--as", "bob", "fetch", "--yes", "@alice", str(number), self.path("out.wav"))
        channels, rate, samples = self.read_wav("out.wav")
        samples = samples[::channels]
        self.assertTrue(hears(samples, 700, rate), number)
        self.assertLess(abs(len(samples) / rate - seconds), 0.2, number)  # MP3 of a low rate ends late

    def test_files_of_others(self):
        self.write_wav("in.wav", 1, RATE, tone(700, 1))
        kinds = [("24.wav", "-c:a", "pcm_s24le"), ("32.wav", "-c:a", "pcm_s32le"),
                 ("float.wav", "-c:a", "pcm_f32le"), ("double.wav", "-c:a", "pcm_f64le"),
                 ("8.wav", "-c:a", "pcm_u8"), ("a.wav", "-c:a", "pcm_alaw"),
                 ("mu.wav", "-c:a", "pcm_mulaw"), ("96k.wav", "-ar", "96000"),
                 ("8k.wav", "-ar", "8000"), ("5.1.wav", "-ac", "6"),
                 ("adpcm.wav", "-c:a", "adpcm_ms"), ("one.flac",), ("one.mp3",), ("one.m4a",),
                 ("one.webm",), ("one.aac",), ("one.aiff",), ("bare.mp3", "-write_xing", "0"),
                 ("low.mp3", "-ar", "22050", "-q:a", "4"), ("lower.mp3", "-ar", "11025", "-write_xing", "0"),
                 ("old.mp3", "-metadata", "title=x", "-write_id3v1", "1", "-write_xing", "0"), ("vorbis.ogg", "-c:a", "libvorbis", "-ac", "2"),
                 ("tags.opus", "-metadata", "title=at home", "-c:a", "libopus"),
                 ("60.opus", "-c:a", "libopus", "-frame_duration", "60"),
                 ("surround.opus", "-c:a", "libopus", "-ac", "6", "-mapping_family", "1"),
                 *((f"whole.{name}", *options) for name, *options in CONTAINERS)]
        for number, (name, *options) in enumerate(kinds, 1):
            self.done("--as", "alice", "send-voice", "@bob", self.convert(name, *options))
            self.arrives(number, 1)
        for number, (name, *options) in enumerate(TAGGED, len(kinds) + 1):
            with open(self.convert(f"tagged.{name}", *options), "ab") as file:
                file.write(b"TAG" + bytes(125))
            self.done("--as", "alice", "send-voice", "@bob", self.path(f"tagged.{name}"))
            self.arrives(number, 1)

    def test_what_a_file_says_of_itself_is_not_its_length(self):
        comments = [("-metadata", f"comment={words}") for words in
                    ("Duration: 01:00:00.00", "a\n  Duration: 01:00:00.00, start: 0", "Video: of a cat",
                     "a\n  Stream #0:1: Video: h264", "Estimating duration", "la " * 8000)]
        self.write_wav("in.wav", 1, RATE, tone(700, 2))
        for number, comment in enumerate(comments, 1):
            path = self.convert("said.mka", *comment, "-c:a", "libvorbis", "-ac", "2")
            self.done("--as", "alice", "send-voice", "@bob", path)
            self.arrives(number, 2)
            os.truncate(path, os.path.getsize(path) * 4 // 5)
            self.refused("send-voice", "@bob", path)

    def test_a_part_of_a_file_of_opus(self):
        """Its positions do not begin at 0."""
        self.write_wav("in.wav", 1, RATE, tone(700, 4))
        self.convert("long.opus", "-c:a", "libopus")
        self.done("--as", "alice", "send-voice", "@bob",
                  self.convert("part.opus", "-c", "copy", "-ss", "2", source="long.opus"))
        self.arrives(1, 2)

    def test_tags_do_not_travel(self):
        self.write_wav("in.wav", 1, RATE, tone(700, 1))
        path = self.convert("tags.opus", "-metadata", "title=at home", "-c:a", "libopus")
        self.done("--as", "alice", "send-voice", "@bob", path)
        _, file = self.messages_of("bob")
        with open(path, "rb") as sent, open(file, "rb") as came:
            self.assertIn(b"at home", sent.read())
            self.assertNotIn(b"at home", came.read())

    def test_pipes_of_sound(self):
        """A WAV file whose writer did not know its length, and one that says it is empty."""
        self.write_wav("in.wav", 1, RATE, tone(700, 1))
        piped = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", self.path("in.wav"), "-f",
                                "wav", "-"], check=True, stdout=subprocess.PIPE).stdout
        with open(self.path("in.wav"), "rb") as file:
            empty = bytearray(file.read())
        empty[40:44] = bytes(4)
        with open(self.convert("one.flac"), "rb") as file:
            flac = file.read()
        for number, data in enumerate((piped, bytes(empty), flac), 1):
            with self.start("--as", "alice", "send-voice", "@bob", "-",
                            stdin=subprocess.PIPE) as alice:
                alice.process.stdin.write(data)
                alice.process.stdin.close()
                alice.process.stdin = None
                self.assertEqual(alice.end(), (DONE, "", ""))
            self.arrives(number, 1)

    def refused(self, *args):
        """As damaged; of some formats nothing can be read then."""
        code, out, err = self.run_command("--as", "alice", *args)
        self.assertEqual((code, out), (WRONG_USE, ""), args)
        self.assertRegex(err, "it is damaged, or its end is missing|no sound can be read from it, not by ffmpeg", args)

    def test_what_is_not_sent(self):
        path = self.write_wav("in.wav", 1, RATE, tone(700, 2))
        os.truncate(path, 100000)
        self.fails(WRONG_USE, "it is cut off", "send-voice", "@bob", path)
        self.write_wav("whole.wav", 1, RATE, tone(700, 2))
        path = self.convert("cut.flac", source="whole.wav")
        os.truncate(path, os.path.getsize(path) // 3)
        self.fails(WRONG_USE, "it is damaged, or its end is missing", "send-voice", "@bob", path)
        # What says how long it is, what only ends within a frame, and what lacks the page that ends it.
        for kind in (("cut.mp3",), ("bare.mp3", "-write_xing", "0"), ("tags.mp3", "-metadata", "title=x", "-write_xing", "0"),
                     ("low.mp3", "-ar", "22050", "-write_xing", "0"), ("cut.webm",), ("cut.mka", "-c:a", "libvorbis", "-ac", "2"),
                     ("cut.m4a",), ("fast.m4a", "-movflags", "+faststart"), ("cut.aiff",), ("cut.aac",), ("cut.ogg", "-c:a", "libvorbis", "-ac", "2")):
            path = self.convert(*kind, source="whole.wav")
            os.truncate(path, os.path.getsize(path) * 4 // 5)
            self.refused("send-voice", "@bob", path)
        for name, *options in CONTAINERS:
            path = self.convert(f"cut.{name}", *options, source="whole.wav")
            for part in (4, 3, 2):
                os.truncate(path, os.path.getsize(path) * part // 5 & ~1)
                self.refused("send-voice", "@bob", path)
        path = self.convert("cut.opus", "-c:a", "libopus", source="whole.wav")
        os.truncate(path, os.path.getsize(path) // 3)
        self.fails(WRONG_USE, "it is damaged, not Ogg Opus, or its length is wrong", "send-voice", "@bob", path)
        path = self.write_wav("long.wav", 1, 8000, [1] * (120 * 8000 + 1))
        self.convert("long.flac", source="long.wav")
        self.fails(WRONG_USE, "longer than 120 seconds", "send-voice", "@bob", self.path("long.flac"))
        self.write_wav("in.wav", 1, RATE, tone(700, 1))
        path = self.convert("one.flac")
        self.fails(WRONG_USE, "ffmpeg, which reads other formats, is not installed: install it, or "
                   "convert the file", "send-voice", "@bob", path, PATH=self.path("nothing"))
        open(self.path("empty.wav"), "wb").close()
        self.fails(WRONG_USE, "it is empty", "send-voice", "@bob", self.path("empty.wav"))
        self.assertIn("no conversations yet", self.run_command("--as", "bob", "chats")[2])

    def test_a_file_that_names_others(self):
        """What it names is not sent: whoever has made it may have chosen it."""
        self.write_wav("in.wav", 1, RATE, tone(700, 1))
        self.convert("mine.ts", "-c:a", "mp2")
        self.convert("mine.mp3")
        lists = {"a.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n",
                 "a.mp3": "ffconcat version 1.0\nfile {}\n"}
        for name, text in lists.items():
            for other in ("mine.ts", "mine.mp3", self.path("mine.ts"), self.path("mine.mp3"),
                          "file:" + self.path("mine.ts"), "file://" + self.path("mine.ts")):
                with open(self.path(name), "w", encoding="utf-8") as file:
                    file.write(text.format(other))
                self.fails(WRONG_USE, "no sound can be read from it", "send-voice", "@bob", self.path(name))

    def test_where_a_message_goes(self):
        path = self.write_wav("in.wav", 1, RATE, tone(700, 1))
        self.done("--as", "alice", "send-voice", "@bob", path)
        fetch = ("--as", "bob", "fetch", "@alice", "1")
        with open(self.path("mine.opus"), "w") as file:
            file.write("mine")
        self.fails(WRONG_USE, "it is there already; --yes replaces it", *fetch, self.path("mine.opus"))
        with open(self.path("mine.opus")) as file:
            self.assertEqual(file.read(), "mine")
        self.fails(WRONG_USE, "there already", "--as", "bob", "play", "@alice", "1", "--wav", path)
        self.done(*fetch, self.path("mine.opus"), "--yes")
        with open(self.path("mine.opus"), "rb") as file:
            whole = file.read()
        self.done(*fetch, self.path("mine.wav"))
        with self.room(1000):
            self.fails(WRONG_USE, "File too large", *fetch, self.path("mine.wav"), "--yes")
            self.fails(WRONG_USE, "File too large", *fetch, self.path("mine.opus"), "--yes")
            self.fails(WRONG_USE, "File too large", *fetch, self.path("other.opus"))
        with open(self.path("mine.opus"), "rb") as file:
            self.assertEqual(file.read(), whole)
        self.assertEqual(len(self.read_wav("mine.wav")[2]), RATE)
        self.assertEqual([name for name in os.listdir(self.folder.name) if "part" in name or "other" in name], [])
        self.fails(WRONG_USE, "written as FILE.opus or FILE.wav", *fetch, self.path("out.mp3"))
        self.assertFalse(os.path.exists(self.path("out.mp3")))
        os.mkfifo(self.path("fifo.wav"))
        with self.start(*fetch, self.path("fifo.wav")) as bob:
            with open(self.path("fifo.wav"), "rb") as fifo:
                with wave.open(fifo) as file:
                    self.assertEqual(file.getnframes(), RATE)
                    file.readframes(RATE)
            self.assertEqual(bob.end(), (DONE, "", ""))
        with self.start(*fetch, "-") as bob, open(self.path("mine.opus"), "rb") as file:
            data, _ = bob.process.communicate()
            self.assertEqual(data, file.read())


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
