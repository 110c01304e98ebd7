"""What is hard on a voice: stalls and losses and narrow networks, a network that dies, pipes that are
ahead, rooms. docs/performance.md, Voice, has a run. Needs root for the networks (lab.py)."""

import os
import re
import subprocess
import time

from lab import Lab
from people import Caller, Server, read_wav, write_wav
from studio import RATE, find, clicks, speech

SERVER, SPEAKER, LISTENER = "10.78.1.1", "10.78.1.2", "10.78.2.2"
# ms of round trip and loss of each of the two ways' wires.
LOSSES = ((40, 0), (40, 0.02), (40, 0.05), (100, 0.05), (200, 0), (200, 0.02))
CAPS = "80,64,48,32"


class FarServer(Server):
    """In a namespace; `where` (address) of a person is in another one."""

    def __init__(self, build, lab, udp):
        super().__init__(build)
        self.lab, self.base, self.udp = lab, dict(os.environ), udp

    def __enter__(self):
        self.callers = []
        with open(self.path("config"), "w") as out:
            print("password_cost = interactive\nregistration = open", file=out)
            print("udp =", "yes" if self.udp else "no", file=out)
        self.process = subprocess.Popen(
            [*self.lab.inside("server"), os.path.join(self.build, "chinwagd"), "--data",
             self.path("data"), "--config", self.path("config"), "--listen", f"{SERVER}:4242"],
            stdout=subprocess.PIPE, stderr=open(self.path("log"), "w"), text=True)
        lines = "".join(self.process.stdout.readline() for _ in range(2))
        found = re.search(r"public key (\S+)", lines)
        if not found:
            raise SystemExit("chinwagd did not start: " + lines + open(self.path("log")).read())
        self.key, self.address = found[1], f"{SERVER}:4242"
        return self

    def person(self, name, place, founds=False):
        environment = self.environment(self.base, name, None)
        chinwag = [*self.lab.inside(place), os.path.join(self.build, "chinwag")]
        for arguments in (("register", name, "--server-key", self.key),
                          ("group", "create" if founds else "join", self.group)):
            subprocess.run([*chinwag, *arguments], env=environment, check=True,
                           stdout=subprocess.DEVNULL)
        return environment


class Hard:
    def __init__(self, options, row):
        self.options, self.row = options, row
        self.seconds = options.seconds or (20 if options.quick else 60)

    # --- networks -----------------------------------------------------------------------

    def call(self, near, far, seconds, meanwhile=lambda t, wires: None, udp=True):
        """The speaker talks over the wire `near`, the listener hears over `far`. Returns what both
        printed each second, with the times since the call began, and the wires."""
        with Lab("speaker", "server", "listener") as lab:
            wires = [lab.wire("speaker", SPEAKER, "server", SERVER, seed=self.options.seed, **near),
                     lab.wire("listener", LISTENER, "server", "10.78.2.1", seed=self.options.seed,
                              **far)]
            subprocess.run(["ip", "-n", lab.names["listener"], "route", "add", SERVER, "via",
                            "10.78.2.1"], check=True)
            with FarServer(self.options.build, lab, udp) as server:
                alice = server.person("alice", "speaker", True)
                bob = server.person("bob", "listener")
                path = server.path("said.wav")
                write_wav(path, speech(seconds))
                listener = Caller(server, bob, "--out", server.path("heard.wav"),
                                  inside=lab.inside("listener"))
                sent = [way.bytes for way in wires[0].ways]
                speaker = Caller(server, alice, "--wav", path, "--gate", "open", "--no-gain",
                                 inside=lab.inside("speaker"))
                begin = time.monotonic()
                while speaker.process.poll() is None:
                    time.sleep(0.05)
                    meanwhile(time.monotonic() - begin, wires)
                up = (wires[0].ways[0].bytes - sent[0]) * 8 / 1000 / seconds
                listener.leave()
                heard = read_wav(server.path("heard.wav"))
        return speaker, listener, heard, up

    def heard(self, name, speaker, listener, up):
        """Rows of what was not heard: lost, late or never sent, and not repaired from FEC. Packets
        are counted, which a busy machine changes less than times."""
        last = listener.speaker("alice")
        late = last.get("late", 0) + last.get("dropped", 0)
        unsent = speaker.stats[-1]["unsent"]
        said = last.get("received", 0) - last.get("duplicates", 0) + last.get("lost", 0) + unsent
        away = last.get("lost", 0) + late + unsent - last.get("repaired", 0)
        by_udp = sum(second["udp"] for second in speaker.stats)
        self.row(name + ": not heard", [100 * max(0, away) / said if said else 100], "%",
                 f"of {said}: {last.get('lost', 0)} lost, {late} late, {unsent} not sent, "
                 f"{last.get('repaired', 0)} repaired; {up:.0f} kbit/s up"
                 + (f"; {by_udp} of {len(speaker.stats)} s by datagrams" if by_udp else ""))
        self.row("  jitter buffer", [s["speakers"][0]["buffer_ms"]
                                     for s in listener.stats if s["speakers"]])

    def losses(self):
        for rtt, loss in LOSSES:
            for udp in (True, False):
                wire = {"delay_ms": rtt / 2, "loss": loss}
                speaker, listener, _, up = self.call(wire, wire, self.seconds, udp=udp)
                self.heard(f"RTT {rtt} ms, {100 * loss:g} % a way, {'UDP' if udp else 'TCP'}",
                           speaker, listener, up)

    def caps(self):
        for kbit in map(int, self.options.caps.split(",")):
            for place, wires in (("speaker", ({"delay_ms": 30, "kbit": kbit}, {"delay_ms": 30})),
                                 ("listener", ({"delay_ms": 30}, {"delay_ms": 30, "kbit": kbit}))):
                for udp in (True, False):
                    speaker, listener, _, up = self.call(*wires, self.seconds, udp=udp)
                    self.heard(f"{kbit} kbit/s at the {place}, {'UDP' if udp else 'TCP'}",
                               speaker, listener, up)

    def blocked(self):
        """UDP does not pass for 8 s, first at the speaker, then at the listener."""
        for place in (0, 1):
            told = []

            def meanwhile(t, wires, place=place, told=told):
                if t > 6 and not told:
                    told.append(time.monotonic())
                    wires[place].block_udp(8)
            wire = {"delay_ms": 20}
            speaker, listener, _, up = self.call(wire, wire, 24, meanwhile)
            near = (speaker, listener)[place]
            ways = [(at - told[0], s["udp"]) for at, s in zip(near.times, near.stats)]
            name = f"UDP is blocked for 8 s at the {('speaker', 'listener')[place]}"
            self.heard(name, speaker, listener, up)
            self.row("  by the connection after", [min(at for at, udp in ways if at > 0 and not udp)],
                     "s", "as a line a second says")
            self.row("  by datagrams again, after it passes", [
                min(at for at, udp in ways if at > 8 and udp) - 8], "s")

    def stalls(self):
        """An uplink of 128 kbit/s stands still."""
        for stall in (1, 3, 8):
            told = []

            def meanwhile(t, wires, stall=stall, told=told):
                if t > 6 and not told:
                    told.append(time.monotonic() + stall)
                    wires[0].stall(stall)
            speaker, listener, _, _ = self.call({"delay_ms": 20, "kbit": 128}, {}, 6 + stall + 7,
                                                meanwhile)
            after = [(at - told[0], s["speakers"][0]["buffer_ms"])
                     for at, s in zip(listener.times, listener.stats) if s["speakers"]]
            self.row(f"after a stall of {stall} s: buffer",
                     [ms for at, ms in after if 0.2 < at < 5.5], note=" ".join(
                         f"{at:.1f} s: {ms}" for at, ms in after if 0 < at < 5.5) +
                     f"; {speaker.stats[-1]['unsent']} not sent")

    def dead(self):
        """All packets of the old connection are lost; new ones are not."""
        died = []

        def meanwhile(t, wires):
            if t > 4 and not died:
                died.append(time.monotonic())
                wires[0].forget()
        speaker, listener, _, _ = self.call({"delay_ms": 20}, {}, 20, meanwhile)
        for what, part in (("the network is dead: noticed", "no answer"),
                           ("  left", "lost the connection"), ("  in the call again", "connected again")):
            self.row(what, [at - died[0] for at, line in speaker.said if part in line], "s")

    # --- pipes and rooms -------------------------------------------------------------------

    def pipe(self):
        """What is said into a pipe 0.6 s before the call begins, and after it in real time."""
        sound, places = clicks(20, 1000, 2000)
        with Server(self.options.build) as server:
            base = dict(os.environ)
            alice, bob = server.register("alice", base, None, True), server.register("bob", base)
            listener = Caller(server, bob, "--out", server.path("heard.wav"))
            began = time.monotonic()
            source, sink = os.pipe()
            os.write(sink, bytes(2 * RATE * 6 // 10))
            speaker = Caller(server, alice, "--raw", "--gate", "open", stdin=source)
            data, begin = sound.astype("<i2").tobytes(), time.monotonic()
            for at in range(0, len(data), 960):
                time.sleep(max(0, begin + at / 2 / RATE - time.monotonic()))
                os.write(sink, data[at:at + 960])
            os.close(sink)
            speaker.leave()
            listener.leave()
            heard, offset = read_wav(server.path("heard.wav")), begin - began
        late = []
        for k, place in enumerate(places):
            at = place + int(offset * RATE)
            found = find(heard, at, at + RATE, k)
            late.append(None if found is None else (found - at) * 1000 / RATE)
        self.row("a pipe that begins 0.6 s before the call", late, note="in the listener's file")

    def rooms(self):
        """The gate: onsets of real voices, and rooms; a test prints and checks the same."""
        test = os.path.join(self.options.build, "test/audio/test_gate")
        if not os.path.exists(test):
            print(f"rooms: {test} is not built (tools/build build -Dtests=enabled)")
            return
        out = subprocess.run([test], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in out.stdout.splitlines():
            if "peak" in line or "leave" in line or line.startswith("gain"):
                print("  " + line)
