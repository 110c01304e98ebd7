"""The room without hardware: PulseAudio of our own with null sinks for devices,
a player, recorders on one clock, and speech."""

import contextlib
import os
import subprocess
import tempfile
import threading
import time

import numpy as np

RATE = 48000
# What chinwag asks for, so that listening makes no device faster than it was.
LATENCY_MS = 5
# mouth, ear: of the two whose delay is measured. What the speaker hears goes aside;
# the listener's microphone is in a room of his own.
SINKS = ("mouth", "ear", "aside", "room")


class Studio:
    """The audio server. Programs started with `environment` find it and no other."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="chinwag-bench-voice-")
        self.socket = os.path.join(self.folder.name, "socket")
        self.environment = dict(os.environ, HOME=self.folder.name,
                                XDG_RUNTIME_DIR=self.folder.name,
                                PULSE_SERVER="unix:" + self.socket)
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def start(self):
        """Also again, when it has ended."""
        script = os.path.join(self.folder.name, "script.pa")
        with open(script, "w") as out:
            for sink in SINKS:
                print(f"load-module module-null-sink sink_name={sink} rate={RATE} channels=1 "
                      "channel_map=mono format=s16le norewinds=1", file=out)
            print(f"load-module module-native-protocol-unix auth-anonymous=1 "
                  f"socket={self.socket}", file=out)
        with open(os.path.join(self.folder.name, "log"), "w") as log:
            self.process = subprocess.Popen(
                ["pulseaudio", "-n", "-F", script, "--daemonize=no", "--use-pid-file=no",
                 "--exit-idle-time=-1", "--disallow-exit", "--log-target=stderr"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=log)
        for _ in range(200):
            if subprocess.run(["pactl", "info"], env=self.environment, capture_output=True).returncode == 0:
                return
            time.sleep(0.05)
        raise SystemExit("pulseaudio did not start: " + open(self.folder.name + "/log").read())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def devices(self, microphone, loudspeaker):
        """The environment of a program with these devices."""
        return dict(self.environment, PULSE_SOURCE=microphone + ".monitor",
                    PULSE_SINK=loudspeaker)

    def play(self, samples, sink="mouth"):
        """Begins to play; the caller waits for it or ends it."""
        path = os.path.join(self.folder.name, f"play-{time.monotonic_ns()}.raw")
        samples.astype("<i2").tofile(path)
        return subprocess.Popen(
            ["pacat", "--playback", f"--device={sink}", "--raw", "--format=s16le", f"--rate={RATE}",
             "--channels=1", "--latency-msec=200", path], env=self.environment,
            stdin=subprocess.DEVNULL)

    def control(self, *arguments):
        return subprocess.run(["pactl", *arguments], env=self.environment, check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()

    @contextlib.contextmanager
    def echo(self, loss_db, delay_ms):
        """Meanwhile the microphone in the room hears what the ear hears."""
        module = self.control("load-module", "module-loopback", "source=ear.monitor", "sink=room",
                              f"latency_msec={delay_ms}", "adjust_time=0")
        number = self.control("list", "short", "sink-inputs").split()[0]
        self.control("set-sink-input-volume", number, f"-{loss_db}dB")
        yield
        self.control("unload-module", module)

    def wire(self):
        """From the microphone to the loudspeaker by the audio server's own programs."""
        options = (f"--raw --format=s16le --rate={RATE} --channels=1 "
                   f"--latency-msec={LATENCY_MS}")
        return subprocess.Popen(
            ["sh", "-c", f"parec --device=mouth.monitor {options} | "
             f"pacat --playback --device=ear {options}"],
            env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True)


class Recorder:
    """Records what a sink plays, and when: each block is stamped when it comes. The
    clock of a null sink is the system's, so the least of (time - place) over the
    blocks around a place is its time but for a constant, which is the same for
    every recorder and goes in the difference of two."""

    def __init__(self, studio, sink):
        self.process = subprocess.Popen(
            ["parec", f"--device={sink}.monitor", "--raw", "--format=s16le", f"--rate={RATE}",
             "--channels=1", f"--latency-msec={LATENCY_MS}"], env=studio.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.blocks, self.stamps = [], []  # stamps: (samples so far, seconds)
        self.count = 0
        self.more = threading.Event()  # set with each block; who waits clears it
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        fd, rest = self.process.stdout.fileno(), b""
        while chunk := os.read(fd, 65536):
            now, chunk = time.monotonic(), rest + chunk
            whole = len(chunk) // 2 * 2
            rest = chunk[whole:]
            self.blocks.append(chunk[:whole])
            self.count += whole // 2
            self.stamps.append((self.count, now))
            self.more.set()

    def __enter__(self):
        while self.count == 0 and self.thread.is_alive():
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()
        self.samples = np.frombuffer(b"".join(self.blocks), "<i2")
        stamps = np.array(self.stamps)
        self.places, self.times = stamps[:, 0], stamps[:, 1]
        offsets = self.times - self.places / RATE
        # A recording that skipped (the machine was busy) goes on with another
        # constant: the least of 2 s around, not of all.
        self.offsets = np.array([
            offsets[np.searchsorted(self.places, p - RATE):
                    np.searchsorted(self.places, p + RATE) + 1].min() for p in self.places])

    def time_of(self, place):
        """Seconds of the system's clock at which this sample was heard."""
        at = min(np.searchsorted(self.places, place), len(self.places) - 1)
        return self.offsets[at] + place / RATE

    def place_of(self, seconds):
        at = min(np.searchsorted(self.times, seconds), len(self.places) - 1)
        return int((seconds - self.offsets[at]) * RATE)


# --- what is said -------------------------------------------------------------------

# Rising and falling sweeps which the codec and the noise suppressor keep; there are
# so many that none is taken for the one 2 s before it.
SWEEPS = ((500, 3000), (3000, 500), (500, 1500), (1500, 500),
          (1500, 3000), (3000, 1500), (900, 2200), (2200, 900))


def click(number):
    low, high = SWEEPS[number % len(SWEEPS)]
    t = np.arange(int(0.04 * RATE)) / RATE
    length = t[-1] + 1 / RATE
    phase = 2 * np.pi * (low * t + (high - low) / (2 * length) * t * t)
    return 12000 * np.sin(np.pi * t / length) * np.sin(phase)


def clicks(count, every_ms, lead_ms=1000):
    """Returns the sound and the places of the clicks in it."""
    places = [int((lead_ms + k * every_ms) * RATE / 1000) for k in range(count)]
    sound = np.zeros(places[-1] + RATE, np.float64)
    for k, place in enumerate(places):
        sound[place:place + len(click(k))] += click(k)
    return sound, places


TEXT = ("The kettle is on, and the bread comes out of the oven at six. Please bring two lemons, "
        "a bottle of milk and whatever the garden gives. Who has seen the sharp knife? "
        "It was on the table by the window an hour ago. ")


def speech(seconds, voice="en-gb", words_per_minute=160):
    """Speech for so long, 48 kHz, by espeak-ng and sox."""
    with tempfile.TemporaryDirectory() as folder:
        wav, raw = os.path.join(folder, "a.wav"), os.path.join(folder, "a.raw")
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(words_per_minute), "-w", wav, TEXT],
                       check=True)
        subprocess.run(["sox", "-R", wav, "-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed", raw,
                        "gain", "-n", "-6"], check=True)
        once = np.fromfile(raw, "<i2")
    return np.tile(once, int(seconds * RATE / len(once)) + 1)[:int(seconds * RATE)]


# --- what was heard -----------------------------------------------------------------


def likeness(heard, shape):
    """At each place how alike the sound is to the shape, -1 to 1."""
    n = len(shape)
    size = 1 << int(np.ceil(np.log2(len(heard) + n)))
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(shape, size)), size)
    power = np.concatenate(([0], np.cumsum(heard.astype(np.float64) ** 2)))
    power = power[n:] - power[:-n]
    return product[:len(power)] / np.sqrt((power + n) * np.sum(shape ** 2))


def find(heard, first, last, number, least=0.5):
    """The place of click `number` from `first` to `last`, or None."""
    first, shape = max(first, 0), click(number)
    part = heard[first:last + len(shape)].astype(np.float64)
    if len(part) <= len(shape):
        return None
    alike = likeness(part, shape)
    best = int(np.argmax(alike))
    return first + best if alike[best] >= least else None


def first_click(said):
    """The place of the first click. The same sweep comes again later, as like or
    liker: so not the best place, the earliest that is as good as any."""
    alike = likeness(said[:30 * RATE].astype(np.float64), click(0))
    good = np.flatnonzero(alike > 0.9)
    if len(good) == 0:
        raise SystemExit("the first click was not recorded at the microphone")
    return good[0] + int(np.argmax(alike[good[0]:good[0] + RATE // 100]))


def delays(said, heard, places):
    """(seconds of the system's clock, delay in ms or None) of each click: said and
    heard are Recorders, places those of the clicks in what was played."""
    rows, at_start = [], first_click(said.samples) - places[0]
    for k, place in enumerate(places):
        about = at_start + place
        at = find(said.samples, about - int(0.8 * RATE), about + int(0.8 * RATE), k, 0.9)
        if at is None:
            continue  # the player itself stumbled: not said
        at_start = at - place
        t = said.time_of(at)
        # A device may render a little before its time.
        first = heard.place_of(t - 0.02)
        found = find(heard.samples, first, first + int(1.2 * RATE), k)
        rows.append((t, None if found is None else 1000 * (heard.time_of(found) - t)))
    return rows


def segmental_snr(reference, heard, segment_ms=20, floor=-10, ceiling=35):
    """Median and mean in dB over the segments in which somebody speaks, each at its
    own best place within 5 ms of its neighbours': a jitter buffer stretches."""
    n, reach = RATE * segment_ms // 1000, RATE * 5 // 1000
    block = RATE // 2
    lag, values = None, []
    for start in range(0, len(reference) - block, block):
        part = reference[start:start + block].astype(np.float64)
        if np.sqrt(np.mean(part ** 2)) < 200:
            continue
        around = int(0.5 * RATE) if lag is not None else 3 * RATE
        first = max(0, start + (lag or 0) - around)
        where = heard[first:start + (lag or 0) + around + block].astype(np.float64)
        if len(where) <= block:
            break
        alike = likeness(where, part)
        if alike.max() > 0.3:
            lag = first + int(np.argmax(alike)) - start
        if lag is None:
            continue
        values += segments(reference, heard, start, block, n, reach, lag)
    values = np.clip(values, floor, ceiling)
    return float(np.median(values)), float(np.mean(values)), len(values)


def segments(reference, heard, start, block, n, reach, lag):
    values = []
    for at in range(start, start + block - n + 1, n):
        said = reference[at:at + n].astype(np.float64)
        first = at + lag - reach
        if np.sqrt(np.mean(said ** 2)) < 200 or first < 0 or first + n + 2 * reach > len(heard):
            continue
        area = heard[first:first + n + 2 * reach].astype(np.float64)
        best = int(np.argmax(np.correlate(area, said, "valid")))
        noise = np.sum((area[best:best + n] - said) ** 2)
        values.append(10 * np.log10(np.sum(said ** 2) / (noise + 1e-9)))
    return values
