"""The two libraries as a program outside sees them: their headers, what they export, the program on
docs/library.md, and the examples, against a real server with other clients.

What is heard is a tone, which is searched for; what is read is compared exactly."""

import hashlib
import json
import os
import re
import select
import signal
import ssl
import subprocess
import sys

from command import DONE, PATIENCE, main
from transports import certificate
from voices import RATE, Voices, hears, share, tone

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
BUILD, COMPILER = sys.argv.pop(1), sys.argv.pop(1).split()
FOLDERS = [os.path.join(BUILD, "src", room) for room in ("client", "voice")]
LIBRARIES = {"chinwag.h": ("src/client", "libchinwag", "libchinwag1", "CHINWAG_0.1"),
             "audio.h": ("src/voice", "libchinwag-audio", "libchinwag-audio1", "CHINWAG_AUDIO_0.1")}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def functions(header):
    """The names of its functions."""
    text = re.sub(r"/\*.*?\*/", "", read("include/chinwag", header), flags=re.S)
    return sorted(set(re.findall(r"\b(chinwag_[a-z0-9_]+)\(", text)))


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout}")
    return done.stdout


# Sends a second of a tone as a voice message, and says what comes back.
MESSAGES = """
#include <chinwag/audio.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    static int16_t pcm[48000], heard[48000];
    struct chinwag_options options = {
        .size = sizeof options, .server = argv[1], .features = CHINWAG_FEATURE_OPUS};
    struct chinwag_event event;
    struct chinwag_ogg_info info;
    size_t n;
    chinwag_client *client = chinwag_create(&options);
    chinwag_ogg_writer *writer = chinwag_ogg_writer_create(48000, 1);
    for (int i = 0; i < 48000; i++)
        pcm[i] = (int16_t)(i % 68 < 34 ? 6000 : -6000);
    if (argc != 4 || client == NULL || writer == NULL || !chinwag_ogg_writer_push(writer, pcm, 48000) ||
        !chinwag_ogg_writer_finish(writer))
        return 1;
    const void *file = chinwag_ogg_writer_take(writer, &n);
    int64_t login = chinwag_login(client, argv[2], getenv("CHINWAG_PASSWORD"));
    if (!chinwag_wait(client, login, 10000, &event) || event.code != CHINWAG_SUCCESS)
        return 1;
    int64_t sent = chinwag_voice_file(client, argv[3], 1, file, n);
    if (!chinwag_wait(client, sent, 10000, &event) || event.code != CHINWAG_SUCCESS)
        return 1;
    while (chinwag_poll(client, -1, &event) && event.type != CHINWAG_VOICE_MESSAGE)
        ;
    if (event.file == NULL || chinwag_ogg_read(event.file, event.file_length, &info) != CHINWAG_OGG_GOOD)
        return 1;
    int result = chinwag_ogg_decode(event.file, event.file_length, heard, 48000);
    long power = 0;
    for (int i = 0; i < 48000; i++)
        power += abs(heard[i]);
    printf("%s: %u channel, %d ms, %s, %s\\n", event.sender, info.channels, (int)info.duration_ms,
           chinwag_ogg_text(result), power / 48000 > 3000 ? "loud" : "soft");
    int bad = chinwag_ogg_read("no Ogg", 6, &info);
    printf("%s; %d\\n", chinwag_ogg_text(bad), chinwag_ogg_decode(event.file, event.file_length, heard, 47999));
    chinwag_ogg_writer_destroy(writer);
    chinwag_destroy(client);
    return 0;
}
"""


# In a call: a bot that says a tone, and one that listens and leaves out every fourth packet.
REPORTS = """
#include <chinwag/audio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv)
{
    int16_t said[CHINWAG_TICK], heard[CHINWAG_TICK];
    struct chinwag_options options = {.size = sizeof options, .server = argv[1],
        .features = CHINWAG_FEATURE_OPUS | CHINWAG_FEATURE_REPORTS};
    struct chinwag_event event;
    chinwag_client *client = chinwag_create(&options);
    chinwag_sender *sender = chinwag_sender_create(NULL);
    chinwag_receiver *receiver = chinwag_receiver_create();
    if (argc != 4 || client == NULL || sender == NULL || receiver == NULL ||
        !chinwag_wait(client, chinwag_login(client, argv[2], getenv("CHINWAG_PASSWORD")), 10000, &event) ||
        !chinwag_wait(client, chinwag_join_call(client, "cooks"), 10000, &event) ||
        event.code != CHINWAG_SUCCESS)
        return 1;
    puts("in the call");
    fflush(stdout);
    bool speaks = strcmp(argv[3], "speaks") == 0;
    for (int i = 0; i < CHINWAG_TICK; i++)
        said[i] = (int16_t)(speaks ? i % 60 < 30 ? 6000 : -6000 : 0);
    for (int64_t next_us = chinwag_clock_us();;) {
        int64_t left_us = next_us - chinwag_clock_us();
        if (chinwag_poll(client, left_us <= 0 ? 0 : (int)(left_us / 1000), &event)) {
            if (event.type == CHINWAG_CALL_DATA && (event.packet == NULL || event.sequence % 4 != 0))
                chinwag_receiver_take(receiver, &event, chinwag_clock_us());
            if (event.type == CHINWAG_CALL_REPORT && event.unheard > 0) {
                printf("%s misses %u, %u\\n", event.sender, event.unheard,
                       chinwag_call_way(client).lost_behind);
                fflush(stdout);
            }
        }
        for (; chinwag_clock_us() >= next_us; next_us += CHINWAG_TICK_MS * 1000) {
            chinwag_receiver_tick(receiver, next_us, heard);
            if (speaks)
                chinwag_sender_say(sender, said, NULL, client, "cooks");
            if (chinwag_receiver_report(receiver, client, next_us) != CHINWAG_SUCCESS)
                return 1;
        }
    }
}
"""


class LibraryTest(Voices):
    def compile(self, name, source):
        """The program, linked with both shared libraries."""
        with open(self.path(name + ".c"), "w", encoding="utf-8") as file:
            file.write(source)
        run(*COMPILER, "-std=c11", "-Wall", "-Wextra", "-Werror", self.path(name + ".c"), "-o",
            self.path(name), "-I", os.path.join(ROOT, "include"),
            *(f"-L{folder}" for folder in FOLDERS), "-lchinwag-audio", "-lchinwag",
            *(f"-Wl,-rpath,{folder}" for folder in FOLDERS))
        return self.path(name)

    def begin(self, program, *arguments):
        """A program with the address of the server, and a line of it."""
        process = subprocess.Popen([program, self.environment["CHINWAG_SERVER"], *arguments],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment)
        self.addCleanup(self.close, process)
        return process

    @staticmethod
    def close(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    @staticmethod
    def line(process):
        """Waits for the next line; the pipe is read byte by byte, so that none is in a buffer."""
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
            byte = os.read(process.stdout.fileno(), 1) if ready else b""
            if not byte:
                raise AssertionError(f"no line came: {line!r}, {process.poll()}")
            line += byte
        return line.decode().rstrip("\n")

    def example(self, name, *arguments):
        return self.begin(os.path.join(BUILD, "examples", name), *arguments)

    # --- what the libraries are -------------------------------------------------------

    def test_what_is_declared_is_exported_under_its_version(self):
        for header, (room, library, package, version) in LIBRARIES.items():
            declared = functions(header)
            listed = read(room, library + ".map")
            self.assertEqual(re.findall(r"^    (chinwag_\w+);$", listed, re.M), declared)
            exported = run("nm", "-D", "--defined-only", os.path.join(BUILD, room, library + ".so"))
            self.assertEqual(sorted(re.findall(r"T (\S+)", exported)),
                             [f"{name}@@{version}" for name in declared])
            symbols = re.findall(r"^ (chinwag_\S+) [0-9.]+$",
                                 read("packaging/debian", package + ".symbols"), re.M)
            self.assertEqual(symbols, [f"{name}@{version}" for name in declared])

    def test_the_version_is_one(self):
        version = re.search(r"^  version: '(\S+)'", read("meson.build"), re.M)[1]
        program = self.compile("version", """
#include <chinwag/chinwag.h>
#include <stdio.h>
int main(void)
{
    printf("%d.%d.%d %d %s\\n", CHINWAG_VERSION_MAJOR, CHINWAG_VERSION_MINOR, CHINWAG_VERSION_PATCH,
           CHINWAG_VERSION_NUMBER, chinwag_version());
    return 0;
}
""")
        major, minor, patch = (int(part) for part in version.split("."))
        self.assertEqual(run(program).split(),
                         [version, str(major * 10000 + minor * 100 + patch), version])

    def test_the_headers_are_also_of_cplusplus(self):
        for header in LIBRARIES:
            run("c++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c++",
                os.path.join(ROOT, "include/chinwag", header))

    def test_missing_memory_ends_nothing(self):
        """Each allocation of a conversation and of sound fails once: starved.c says how."""
        said = run(os.environ["STARVED"], self.environment["CHINWAG_SERVER"], "alice", "bob",
                   env=self.environment).splitlines()
        self.assertEqual([re.sub("[0-9]+", "N", line) for line in said],
                         ["plain: N rounds", "sound: N rounds"] * 2)

    def test_missing_memory_of_the_codecs_is_told(self):
        """Each allocation, also of libogg, fails once: starved_codecs.c says how."""
        said = run(os.environ["STARVED_CODECS"]).splitlines()
        self.assertEqual([line.split(":")[0] for line in said], ["first"] + ["file", "hear", "say"] * 2)

    def test_missing_memory_never_unseals(self):
        """The same with the server's key: without memory for CURVE nothing is sent plainly."""
        with open(os.path.join(self.server.data, "curve.key"), encoding="ascii") as file:
            key = re.search(r"^public (\S+)$", file.read(), re.M)[1]
        said = run(os.environ["STARVED"], self.environment["CHINWAG_SERVER"], "alice", "bob", key,
                   env=self.environment).splitlines()
        self.assertEqual([line.split(":")[0] for line in said], ["plain", "sound", "sealed"] * 2)

    # --- what programs do with them ---------------------------------------------------

    def test_the_program_of_the_page(self):
        source = re.search(r"^```c\n(.*?)^```$", read("docs/library.md"), re.M | re.S)[1]
        program = self.begin(self.compile("page", source), "alice", "bob")
        hello, = self.messages("bob", 1)
        self.assertEqual((hello["sender"], hello["content"]), ("alice", "hello"))
        self.done("--as", "bob", "send", "@alice", "Grüße")
        self.assertEqual(self.line(program), "bob: Grüße")
        self.done("--as", "bob", "send", "@alice", "bye")
        out, err = program.communicate(timeout=PATIENCE)
        self.assertEqual((program.returncode, out, err), (0, b"bob: bye\n", b""))

    def test_the_program_of_the_page_says_what_is_wrong(self):
        source = re.search(r"^```c\n(.*?)^```$", read("docs/library.md"), re.M | re.S)[1]
        program = self.compile("page", source)
        nobody = self.begin(program, "alice", "nobody")
        out, err = nobody.communicate(timeout=PATIENCE)
        self.assertEqual((nobody.returncode, out), (1, b""))
        self.assertEqual(err, b"there is no such user\n")

    def test_voice_messages_there_and_back(self):
        program = self.begin(self.compile("messages", MESSAGES), "alice", "bob")
        _, file = self.messages_of("bob")
        self.done("--as", "bob", "record", "@alice", "--wav", file)
        out, err = program.communicate(timeout=PATIENCE)
        self.assertEqual((program.returncode, err.decode()), (0, ""))
        self.assertEqual(out.decode(), "bob: 1 channel, 1000 ms, it is good, loud\n"
                         "it is no Ogg file, or damaged; 2\n")

    def test_the_echo_bot_repeats_texts(self):
        self.cooks("bob")
        bot = self.example("echo_bot", "bob", "cooks")
        self.assertEqual(self.line(bot), "in the call")
        with self.listen("alice") as alice:
            self.done("--as", "alice", "send", "@bob", "soup at 7?\nGrüße")
            said, answer = (json.loads(alice.out()) for _ in range(2))
        self.assertEqual((said["sender"], answer["sender"]), ("alice", "bob"))
        self.assertEqual(answer["content"], "soup at 7?\nGrüße")

    def test_the_echo_bot_repeats_sound(self):
        self.cooks("bob")
        bot = self.example("echo_bot", "bob", "cooks")
        self.assertEqual(self.line(bot), "in the call")
        said = self.write_wav("said.wav", 1, RATE, tone(700, 3))
        with self.in_call("alice", "--wav", said, "--out", self.path("heard.wav")) as alice:
            self.assertEqual(alice.end()[0], DONE)
        samples, _ = self.heard("heard.wav")
        self.assertTrue(hears(samples, 700))
        self.assertFalse(hears(samples, 1100))
        loudest = max(samples, key=abs)
        self.assertGreater(abs(loudest), 3000)

    def test_bots_tell_each_other_how_they_are_heard(self):
        self.cooks("bob")
        program = self.compile("reports", REPORTS)
        speaker = self.begin(program, "alice", "speaks")
        self.assertEqual(self.line(speaker), "in the call")
        listener = self.begin(program, "bob", "listens")
        self.assertEqual(self.line(listener), "in the call")
        unheard = 0
        while unheard < 20:  # a quarter, or more where the machine is slow
            told = re.fullmatch(r"bob misses (\d+), (\d+)", self.line(speaker))
            unheard = int(told[1])
            self.assertGreaterEqual(int(told[2]), unheard)

    def test_a_bot_and_the_command_tell_each_other(self):
        self.cooks("bob")
        program = self.compile("reports", REPORTS)
        listener = self.begin(program, "bob", "listens")
        self.assertEqual(self.line(listener), "in the call")
        said = self.write_wav("said.wav", 1, RATE, tone(700, 60))
        with self.in_call("alice", "--wav", said, "--stats", "--json") as alice:
            line = alice.err_until("of what you say")
            self.assertRegex(line, r"^chinwag: the others miss \d{2,3} % of what you say: the network is bad$")
            while json.loads(alice.out())["unheard"] < 20:
                pass
            code, _, err = alice.end(signal.SIGINT)
        self.assertEqual(code, DONE, err)

    def test_the_recorder_records_a_call(self):
        self.register("carol")
        self.cooks("bob", "carol")
        recorder = self.example("call_recorder", "bob", "cooks", self.path("call.opus"))
        self.assertEqual(self.line(recorder), "bob is there")
        for name, hertz in (("alice", 700), ("carol", 1100)):
            said = self.write_wav(name + ".wav", 1, RATE, tone(hertz, 2))
            with self.in_call(name, "--wav", said) as caller:
                self.assertEqual(self.line(recorder), f"{name} has joined")
                self.assertEqual(caller.end()[0], DONE)
            self.assertEqual(self.line(recorder), f"{name} has left")
        recorder.send_signal(signal.SIGTERM)
        out, err = recorder.communicate(timeout=PATIENCE)
        self.assertEqual((recorder.returncode, out, err), (0, b"", b""))
        run("ffmpeg", "-nostdin", "-v", "error", "-y", "-i", self.path("call.opus"),
            self.path("call.wav"))
        samples, rate = self.heard("call.wav")
        self.assertEqual(rate, RATE)
        n = rate // 10
        at = {hertz: [i for i in range(0, len(samples) - n, n)
                      if share(samples[i:i + n], hertz, rate) > 0.7] for hertz in (700, 1100, 1700)}
        self.assertTrue(at[700] and at[1100])
        self.assertEqual(at[1700], [])
        self.assertLess(max(at[700]), min(at[1100]))  # one after the other, as they spoke


class WebSocketTest(Voices):
    def make_server(self):
        server = super().make_server()
        server.address = "127.0.0.1"  # of this machine's addresses the only one that is a name
        return server

    def starve(self, scheme):
        said = run(os.environ["STARVED"], f"{scheme}://127.0.0.1:{self.server.port}", "alice", "bob",
                   env=self.environment).splitlines()
        self.assertEqual([line.split(":")[0] for line in said], ["plain", "sound"] * 2)

    def test_missing_memory(self):
        self.starve("ws")


class TlsTest(WebSocketTest):
    def make_server(self):
        server = super().make_server()
        server.settings.update(certificate(server.home))
        return server

    def test_missing_memory(self):
        key = run("openssl", "x509", "-in", self.server.settings["tls_certificate"], "-noout",
                  "-pubkey")
        self.environment["TLS_PIN"] = hashlib.sha256(ssl.PEM_cert_to_DER_cert(
            key.replace("PUBLIC KEY", "CERTIFICATE"))).hexdigest()
        self.starve("wss")


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
