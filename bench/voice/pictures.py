"""Spectrograms of the gate and of the echo canceller: what a microphone hears, what left before they
were made anew, and what leaves now. docs/performance.md has the pictures.

The voices are those of alsa-utils and pocketsphinx-testdata; the room, the loudspeaker and its clock
are simulated. Needs a C compiler, git, sox, and the libraries of src/audio."""

import argparse
import glob
import os
import subprocess
import tempfile

import numpy as np

from people import write_wav
from studio import RATE

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
ALSA = "/usr/share/sounds/alsa/"
LIBRIVOX = "/usr/share/pocketsphinx/test/data/librivox/"
# The last commit before both.
BEFORE = "56719bf"


def build(tree, program):
    """sent.c with the rooms `audio` and `base` of a tree."""
    sources = [path for room in ("audio", "base") for path in glob.glob(f"{tree}/src/{room}/*.c")]
    version = "-DCW_VERSION=\"0\""
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "opus", "ogg", "speexdsp"], check=True,
                           capture_output=True, text=True).stdout.split()
    subprocess.run(["cc", "-O2", "-w", "-D_GNU_SOURCE", version, f"-I{tree}/src", f"-I{tree}/include",
                    f"{HERE}/sent.c", *sources, "-o", program, *flags, "-lm"], check=True)
    return program


def check_out(commit, folder):
    tree = os.path.join(folder, "before")
    os.mkdir(tree)
    archive = subprocess.Popen(["git", "-C", ROOT, "archive", commit, "src", "include"],
                               stdout=subprocess.PIPE)
    subprocess.run(["tar", "x", "-C", tree], stdin=archive.stdout, check=True)
    if archive.wait() != 0:
        raise SystemExit(f"git has no commit {commit}")
    return tree


def voice(path):
    """At 48 kHz, one channel."""
    made = subprocess.run(["sox", path, "-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed", "-t",
                           "raw", "-"], check=True, stdout=subprocess.PIPE)
    return np.frombuffer(made.stdout, "<i2") / 32768


def level(sound, dbfs, peak=True):
    now = np.max(np.abs(sound)) if peak else np.sqrt(np.mean(sound ** 2))
    return sound * 10 ** (dbfs / 20) / now


def pink(n, dbfs):
    """As loud in each octave: white noise through a filter of its spectrum."""
    spectrum = np.fft.rfft(np.random.default_rng(7).normal(size=n))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[:10] = 0
    return level(np.fft.irfft(spectrum, n), dbfs, peak=False)


def words():
    """A room in which nobody speaks for 5 s, then six words, as a usual laptop hears them."""
    parts = [np.zeros(5 * RATE)]
    for name in ("Front_Left", "Side_Right", "Front_Center"):
        parts += [voice(f"{ALSA}{name}.wav"), np.zeros(RATE)]
    sound = level(np.concatenate(parts), -24)
    return sound + pink(len(sound), -57), None


def echo():
    """Somebody far away speaks, and nobody here: what a Bluetooth loudspeaker makes of it, 250 ms late,
    12 dB down, by a clock that is 50 ppm off."""
    far = level(np.concatenate([voice(path) for path in sorted(glob.glob(LIBRIVOX + "*.wav"))]),
                -6)[:16 * RATE]
    at = np.arange(len(far)) * (1 + 50e-6) - 0.25 * RATE
    back = np.interp(at, np.arange(len(far)), far, left=0) * 10 ** (-12 / 20)
    return back + np.random.default_rng(9).normal(0, 4e-4, len(far)), far


def raw(path, sound):
    np.clip(np.round(sound * 32767), -32768, 32767).astype("<i2").tofile(path)


def picture(folder, programs, name, heard, far, title, out):
    mic, loudspeaker = os.path.join(folder, "mic"), os.path.join(folder, "far")
    raw(mic, heard)
    if far is not None:
        raw(loudspeaker, far)
    rows = [np.fromfile(mic, "<i2")]
    for program in programs:
        sent = os.path.join(folder, "sent")
        subprocess.run([program, mic, "" if far is None else loudspeaker, sent], check=True)
        rows.append(np.fromfile(sent, "<i2"))
        rest = rows[-1][10 * RATE:].astype(float) if far is not None else rows[-1].astype(float)
        print(f"{name}: {10 * np.log10(np.mean(rest ** 2) / 2 ** 30 + 1e-12):.1f} dBFS, "
              f"{100 * np.mean(rest != 0):.0f} % of the time something leaves")
    wav, png = os.path.join(folder, "three.wav"), os.path.join(out, f"voice-{name}.png")
    write_wav(wav, *rows)
    subprocess.run(["sox", wav, "-n", "rate", "16k", "spectrogram", "-x", "640", "-y", "129", "-z", "66",
                    "-Z", "-20", "-q", "12", "-t", title, "-c", " ", "-o", png], check=True)
    print(f"{png}: {os.path.getsize(png)} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--before", default=BEFORE, help="the commit to compare with (%(default)s)")
    parser.add_argument("--out", default=os.path.join(ROOT, "docs"), help="where the pictures go")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        programs = [build(check_out(options.before, folder), os.path.join(folder, "sent-before")),
                    build(ROOT, os.path.join(folder, "sent-now"))]
        picture(folder, programs, "gate", *words(), "heard by the microphone; sent before; sent now",
                options.out)
        picture(folder, programs, "echo", *echo(), "echo at the microphone; sent before; sent now",
                options.out)


if __name__ == "__main__":
    main()
