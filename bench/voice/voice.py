"""How well Chinwag carries voice: from a virtual microphone to a virtual loudspeaker
by the real programs. docs/performance.md, Voice, has a run and what it means."""

import argparse
import contextlib
import os
import platform
import shlex
import signal
import subprocess
import sys
import time

import numpy as np

from hard import CAPS, Hard
from people import Caller, Server, cpu_s, read_wav, write_wav
from proxy import Proxy
from studio import RATE, Recorder, Studio, clicks, delays, segmental_snr, speech
from ways import ways

ROWS = []
# In these seconds of speech its echo is looked at.
ECHO_S = ((0, 3), (3, 10), (10, 20))


def row(what, values, unit="ms", note=""):
    """One line of the table: of a list its p50, p95, least and most."""
    values = np.array([v for v in values if v is not None], float)
    if len(values) == 0:
        ROWS.append((what, "-", "-", "-", unit, note))
    elif len(values) == 1:
        ROWS.append((what, f"{values[0]:.1f}", "", "", unit, note))
    else:
        ROWS.append((what, f"{np.percentile(values, 50):.1f}", f"{np.percentile(values, 95):.1f}",
                     f"{values.min():.1f} - {values.max():.1f}", unit, note))
    show(ROWS[-1])


def show(cells):
    print("%-44s %8s %8s %16s %-5s %s" % cells, flush=True)


def head():
    def first(command):
        out = subprocess.run(command, shell=True, capture_output=True, text=True).stdout
        return out.strip().split("\n")[0] or "unknown"
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    print("# command   " + shlex.join(sys.argv))
    print("# date      " + time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()))
    print("# commit    " + first("git describe --always --dirty 2>/dev/null"))
    print(f"# kernel    {platform.system()} {platform.release()}, {os.cpu_count()} cores, "
          f"{memory:.0f} GiB")
    print("# processor " + first("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo"))
    print("# audio     " + first("pulseaudio --version") + ", null sinks of 48 kHz, mono")
    print("# load      %.1f %.1f %.1f when it began\n" % os.getloadavg(), flush=True)
    show(("", "p50", "p95", "min - max", "", ""))


class Bench:
    def __init__(self, options):
        self.options = options
        self.stack = contextlib.ExitStack()
        self.studio = self.stack.enter_context(Studio())

    def listen(self, sound, meanwhile=None):
        """Plays to the microphone and records both ends until it is over."""
        with Recorder(self.studio, "mouth") as said, Recorder(self.studio, "ear") as heard:
            player = self.studio.play(sound)
            while player.poll() is None:
                time.sleep(0.05)
                if meanwhile:
                    meanwhile()
            time.sleep(0.5)
        return said, heard

    def delays(self, count, every_ms, meanwhile=None):
        sound, places = clicks(count, every_ms)
        said, heard = self.listen(sound, meanwhile)
        return delays(said, heard, places)

    def pair(self, server, address=None, *options):
        """Two with devices: one at the mouth, one at the ear."""
        mouth, ear = self.studio.devices("mouth", "aside"), self.studio.devices("room", "ear")
        speaker = Caller(server, server.register("alice", mouth, address, True), *options)
        listener = Caller(server, server.register("bob", ear, address), *options)
        time.sleep(1)
        return speaker, listener

    # --- a: native to native -------------------------------------------------------

    def alone(self):
        wire = self.studio.wire()
        time.sleep(1)
        rows = self.delays(self.options.clicks, 250)
        os.killpg(wire.pid, signal.SIGTERM)
        wire.wait()
        row("audio server alone (parec | pacat)", [d for _, d in rows], note=missing(rows))

    def loopback(self, *options):
        with Server(self.options.build) as server:
            speaker, listener = self.pair(server, None, *options)
            rows = self.delays(self.options.clicks, 500)
            speaker.leave()
            listener.leave()
            values = [d for _, d in rows]
            name = " ".join(("mouth to ear", *options))
            row(name, values, note=missing(rows))
            buffer = [s["speakers"][0]["buffer_ms"] for s in listener.stats if s["speakers"]]
            row("  of it the jitter buffer", buffer)
            if not options:
                self.plain_p50 = np.percentile([v for v in values if v is not None], 50)

    # --- b: a network ------------------------------------------------------------------

    def network(self):
        """20 ms and up to 10 ms of jitter on each of the two ways of each connection:
        25 ms on average, so that a voice spends 40 to 60 ms in this network."""
        o = self.options
        with Server(o.build) as server, \
                Proxy(server.host, server.port, 15, 10, o.seed) as proxy:
            speaker, listener = self.pair(server, proxy.address)
            base = self.studio.environment
            near = Caller(server, server.register("near", base), "--out", server.path("near.wav"))
            far = Caller(server, server.register("far", base, proxy.address), "--out",
                         server.path("far.wav"))
            rows = self.delays(o.clicks, 500)
            before = listener.speaker("alice")
            text = speech(15 if o.quick else 30)
            self.listen(text)
            time.sleep(1.2)
            after = listener.speaker("alice")
            for caller in (speaker, listener, near, far):
                caller.leave()
            values = [d for _, d in rows]
            row("mouth to ear, 40 ms RTT and jitter", values, note=missing(rows))
            if hasattr(self, "plain_p50"):
                row("  added by the network", [v - self.plain_p50 for v in values if v is not None])
            self.concealed("  concealed, clicks", before, {})
            self.concealed("  concealed, speech", after, before)
            a, b = read_wav(server.path("near.wav")), read_wav(server.path("far.wav"))
            self.concealed("  concealed, the one without a network", near.speaker("alice"), {})
            self.compare(a, b)

    def concealed(self, name, now, before):
        def grown(key):
            return now.get(key, 0) - before.get(key, 0)
        row(name, [grown("concealed_ms")],
            note=f"in {grown('received')} packets; lost {grown('lost')}, late {grown('late')}, "
                 f"dropped {grown('dropped')}")

    def compare(self, reference, heard):
        median, mean, count = segmental_snr(reference, heard)
        row("  segmental SNR, 20 ms, median", [median], "dB", f"mean {mean:.1f}, {count} segments")

    # --- c: a stall ----------------------------------------------------------------------

    def stall(self):
        o = self.options
        every_s, count = 4.0, 2 if o.quick else 12
        with Server(o.build) as server, Proxy(server.host, server.port, 0, 0, o.seed) as proxy:
            speaker, listener = self.pair(server, proxy.address)
            stalls, begin = [], time.monotonic() + 4

            def meanwhile():
                if len(stalls) < count and time.monotonic() >= begin + len(stalls) * every_s:
                    stalls.append(proxy.stall(0.3))
            rows = self.delays(int((count + 1) * every_s / 0.25) + 12, 250, meanwhile)
            time.sleep(1.2)
            seen = listener.speaker("alice")
            speaker.leave()
            listener.leave()
        usual = np.median([d for t, d in rows if d is not None and t < stalls[0] - 0.3])
        self.after_stalls(rows, stalls, usual)
        self.concealed("  concealed, with %d stalls" % len(stalls), seen, {})

    def after_stalls(self, rows, stalls, usual):
        """Back to normal: when the first click after a stall was heard that came no
        more than 20 ms later than usual, and none after it came later than that."""
        back = []
        for at in stalls:
            after = [(t - at, d) for t, d in rows if 0 <= t - at < 3.5]
            late = [k for k, (_, d) in enumerate(after) if d is not None and d > usual + 20]
            good = [1000 * t + d for t, d in after[max(late, default=-1) + 1:] if d is not None]
            back.append(good[0] if good else 3500)
        row("delay before a stall of 300 ms", [usual])
        for first in np.arange(-0.25, 2.0, 0.25):
            part = [d for t, d in rows for at in stalls if first <= t - at < first + 0.25]
            lost = sum(d is None for d in part)
            row("  said %+.2f to %+.2f s from its begin" % (first, first + 0.25), part,
                note=f"{lost} of {len(part)} not heard" if lost else "")
        row("back to normal, from its begin", back, note=f"{len(stalls)} stalls; aim 1,000")

    # --- d: many -------------------------------------------------------------------------

    def many(self, plain):
        """25 in a call: alice (device) and carol (a file) talk, bob (device) and the
        others listen, one of them plain if asked for."""
        o = self.options
        with Server(o.build) as server:
            speaker, listener = self.pair(server)
            quiet = ("--no-noise", "--no-gain")
            base = self.studio.environment
            path = server.path("carol.wav")
            write_wav(path, speech(60 * o.minutes + 60, "en-us", 175))
            crowd = [Caller(server, server.register("carol", base), "--wav", path, *quiet)]
            for i in range(22):
                environment = server.register(f"guest{i:02}", base)
                if i == 0 and plain:
                    crowd.append(Caller(server, environment, "--plain", "--out", server.path("p.wav")))
                else:
                    crowd.append(Caller(server, environment, "--raw", "--seconds", "100000", *quiet))
            name = "25 in a call" + (", one plain" if plain else "")
            rows, usage = self.minutes(server, o.minutes)
            last = listener.speaker("alice")
            for caller in (speaker, listener, *crowd):
                caller.leave()
            self.report_many(name, rows, usage, last)

    def minutes(self, server, minutes):
        usage = [(time.monotonic(), server.cpu_s(), server.rss_kib())]

        def meanwhile():
            if time.monotonic() >= usage[-1][0] + 60:
                usage.append((time.monotonic(), server.cpu_s(), server.rss_kib()))
        rows = self.delays(int(minutes * 60 / 0.7), 700, meanwhile)
        usage.append((time.monotonic(), server.cpu_s(), server.rss_kib()))
        return rows, usage

    def report_many(self, name, rows, usage, last):
        row(name + ": mouth to ear", [d for _, d in rows], note=missing(rows))
        begin = rows[0][0]
        for minute in range(int((rows[-1][0] - begin) / 60) + 1):
            part = [(t, d) for t, d in rows if minute <= (t - begin) / 60 < minute + 1]
            if len(part) > 20:
                row(f"  minute {minute + 1}", [d for _, d in part], note=missing(part))
        times = np.array([t for t, d in rows if d is not None])
        values = np.array([d for _, d in rows if d is not None])
        if self.options.minutes >= 1:
            row("  drift, fitted", [np.polyfit(times / 60, values, 1)[0]], "ms/min")
        self.concealed("  concealed", last, {})
        row("  server's CPU", [100 * (b[1] - a[1]) / (b[0] - a[0])
                               for a, b in zip(usage, usage[1:]) if b[0] - a[0] > 10], "%")
        row("  server's memory", [u[2] / 1024 for u in usage], "MiB",
            " ".join("%.1f" % (u[2] / 1024) for u in usage))

    # --- e: a room -----------------------------------------------------------------------

    def echo(self):
        """Bob's microphone hears his loudspeaker. What comes back to Alice, who speaks,
        and whether she hears him, when he speaks at last."""
        without = self.echoes("--no-echo")
        for (first, last), loud, quiet in zip(ECHO_S, without, self.echoes()):
            less = 10 * np.log10(np.mean(10 ** (loud / 10)) / np.mean(10 ** (quiet / 10)))
            row("  of it taken out, %d to %d s" % (first, last), [less], "dB")

    def echoes(self, *options):
        """dB of what was said that second, for the seconds of each of ECHO_S."""
        seconds, (bob, places) = ECHO_S[-1][1], clicks(12, 500)
        noise = np.random.default_rng(self.options.seed).normal(0, 20, RATE * (seconds + 20))
        with Server(self.options.build) as server, self.studio.echo(12, 30):
            speaker, listener = self.pair(server, None, *options)
            hiss = self.studio.play(noise, "room")
            with Recorder(self.studio, "mouth") as said, Recorder(self.studio, "room") as room, \
                    Recorder(self.studio, "aside") as back:
                player = self.studio.play(speech(seconds + 8))
                time.sleep(seconds + 1)
                self.studio.play(bob / 4, "room").wait()
                player.wait()
            hiss.terminate()
            hiss.wait()
            speaker.leave()
            listener.leave()
        name = " ".join(("echo", *options))
        levels = echo_levels(said, back, seconds)
        for first, last in ECHO_S:
            row(f"{name}, {first} to {last} s", levels[first:last], "dB", "of what was said")
        rows = delays(room, back, places)
        row("  who speaks against it is heard", [d for _, d in rows], note=missing(rows))
        return [levels[first:last] for first, last in ECHO_S]

    # --- f: a picture --------------------------------------------------------------------

    def picture(self):
        with Server(self.options.build) as server:
            speaker, listener = self.pair(server)
            text = speech(10)
            said, heard = self.listen(text)
            speaker.leave()
            listener.leave()
        start = int(np.argmax(np.abs(said.samples) > 1000)) + 2 * RATE
        end = start + 6 * RATE
        there = heard.place_of(said.time_of(start))
        wav = os.path.join(self.options.build, "voice-said-and-heard.wav")
        png = os.path.join(self.options.build, "voice.png")
        write_wav(wav, said.samples[start:end], heard.samples[there:there + 6 * RATE])
        subprocess.run(["sox", wav, "-n", "rate", "16k", "spectrogram", "-x", "800", "-y", "220",
                        "-t", "said (above) and heard (below), one clock", "-c", " ", "-z", "80", "-o", png],
                       check=True)
        print(f"\n{png}: what was said beside what was heard ({wav} to listen to)")


def echo_levels(said, back, seconds):
    """dB of each second's echo, which is on its way for 0.15 s, of what was said in it."""
    begin = said.time_of(int(np.argmax(np.abs(said.samples) > 500)))
    values = [level(back, begin + k + 0.15) - level(said, begin + k) for k in range(seconds)]
    return np.maximum(values, -80)


def level(recorder, at_s):
    place = recorder.place_of(at_s)
    return 10 * np.log10(1e-3 + np.mean(recorder.samples[place:place + RATE].astype(float) ** 2))


def missing(rows):
    lost = sum(d is None for _, d in rows)
    return f"{len(rows)} clicks" + (f", {lost} not heard" if lost else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", default="build", help="where chinwagd and chinwag are")
    parser.add_argument("--quick", action="store_true", help="under two minutes")
    parser.add_argument("--minutes", type=float, help="of the call of 25 (10, quick 0.15)")
    parser.add_argument("--seconds", type=int, help="of each call of losses and caps (60, quick 20)")
    parser.add_argument("--caps", default=CAPS, help=f"kbit/s of the narrow networks ({CAPS})")
    parser.add_argument("--clicks", type=int, help="for each figure (150, quick 20)")
    parser.add_argument("--seed", type=int, default=4242, help="of the network's jitter")
    hard = ("stalls", "losses", "caps", "blocked", "dead", "pipe", "rooms")
    parts = ("alone", "loopback", "short", "network", "stall", "many", "plain", "ways", "echo", "picture",
             *hard)
    parser.add_argument("--only", help="some of these, with commas between them: " +
                        " ".join(parts) + " (short: packets of 10 ms; not in quick, nor are ways, echo, losses, caps and blocked; those from "
                        "stalls to dead need root)")
    options = parser.parse_args()
    options.minutes = options.minutes or (0.15 if options.quick else 10)
    options.clicks = options.clicks or (20 if options.quick else 150)
    options.only = options.only or ",".join(p for p in parts if p not in ("short", "ways", "echo", "losses", "caps", "blocked") or not options.quick)
    head()
    bench = Bench(options)
    with bench.stack:
        for part in options.only.split(","):
            if part in hard:
                getattr(Hard(options, row), part)()
                continue
            {"alone": bench.alone, "loopback": bench.loopback,
             "short": lambda: bench.loopback("--frame", "10"), "network": bench.network,
             "stall": bench.stall, "many": lambda: bench.many(False),
             "plain": lambda: bench.many(True),
             "ways": lambda: ways(options, bench.stack, row), "echo": bench.echo, "picture": bench.picture}[part]()


if __name__ == "__main__":
    main()
