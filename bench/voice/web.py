"""How long a voice takes through the browser client: from a virtual microphone to a virtual
loudspeaker, click in to click out, beside the floor in the same run, which is the microphone
connected straight to the loudspeaker in the same browser. docs/performance.md, Voice."""

import argparse
import contextlib
import json
import os
import subprocess

from voice import Bench, head, row

HERE = os.path.dirname(os.path.abspath(__file__))


class Rooms(Bench):
    """Browsers use the default devices, and take no monitor as a microphone."""

    def __init__(self, options):
        super().__init__(options)
        self.studio.control("load-module", "module-remap-source", "master=mouth.monitor",
                            "source_name=microphone")
        self.studio.control("set-default-source", "microphone")
        self.studio.control("set-default-sink", "ear")

    @contextlib.contextmanager
    def browser(self, *arguments):
        process = subprocess.Popen(["node", os.path.join(HERE, "web_page.mjs"), *arguments],
                                   env=self.studio.environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        if process.stdout.readline() != "ready\n":
            raise SystemExit("the browser did not start: " + " ".join(arguments))
        self.measured = {}
        yield
        process.stdin.close()
        self.measured = json.loads(process.stdout.readline() or "{}")
        process.wait()

    def run(self, browser, *echo):
        medians = {}
        for what in ("floor", "voice"):
            with self.browser(browser, what, *echo):
                # The buffer finds its length in the first seconds.
                self.delays(8, 250)
                rows = [d for _, d in self.delays(self.options.clicks, 500)]
            heard = sorted(d for d in rows if d is not None)
            note = f"{len(rows) - len(heard)} of {len(rows)} not heard" if len(heard) < len(rows) else ""
            row(" ".join((browser, what, *echo)), rows, note=note)
            medians[what] = heard[len(heard) // 2] if heard else float("nan")
            if what == "voice":
                row("  of it the jitter buffer", [self.measured.get("delayMs")])
                row("  gaps of the device", [self.measured.get("stalls")], unit="")
        row(f"{browser}: beyond the floor", [medians["voice"] - medians["floor"]])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=60)
    parser.add_argument("--browsers", nargs="+", default=["chromium", "firefox"])
    options = parser.parse_args()
    head()
    rooms = Rooms(options)
    with rooms.stack:
        for browser in options.browsers:
            rooms.run(browser)
            rooms.run(browser, "echo")


if __name__ == "__main__":
    main()
