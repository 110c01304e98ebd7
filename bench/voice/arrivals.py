"""Records when the packets of a real call arrive, for test/audio/test_jitter.c:
speech by espeak-ng, `chinwag call` behind a proxy that delays 15 to 25 ms each way
and stalls twice, chinwagd, and a listener that notes the time of each packet.

    /usr/bin/python3 bench/voice/arrivals.py BUILD > test/audio/arrivals.txt

A line is a packet: microseconds since the first, sequence, timestamp."""

import os
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), *part)
                for part in ((), ("..", "..", "test", "e2e"))]
from harness import PASSWORD, Peer, Server  # noqa: E402
from proxy import Proxy  # noqa: E402

TEXT = ("The soup is ready. Please come to the table, all of you, before it is cold. "
        "There is bread, and there is butter, and somebody has brought a cake. ") * 3


def main():
    build = sys.argv[1]
    os.environ["CHINWAGD"] = os.path.join(build, "chinwagd")
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        wave = os.path.join(folder, "speech.wav")
        subprocess.run(["espeak-ng", "-w", wave, TEXT], check=True)
        bob = Peer(server).register("bob")
        bob.send("request", "login", "bob", PASSWORD, {"features": ["opus"]})
        bob.name, bob.token = bob.recv()[3:5]
        bob.ask("create_group", "cooks")
        bob.send("request", "join_call", bob.name, bob.token, "cooks")
        bob.recv()
        with Proxy(server.address, server.port, 15, 10, seed=7) as proxy:
            command = [os.path.join(build, "chinwag"), "--server", proxy.address]
            environment = dict(os.environ, HOME=folder, XDG_STATE_HOME=folder,
                               CHINWAG_PASSWORD=PASSWORD)
            for arguments in (["register", "alice"], ["group", "join", "cooks"]):
                subprocess.run([*command, *arguments], env=environment, check=True,
                               stdout=subprocess.DEVNULL)
            with subprocess.Popen([*command, "call", "cooks", "--wav", wave],
                                  env=environment) as call:
                record(bob, call, proxy)


def record(bob, call, proxy):
    began, stalls = None, [5, 12]
    while call.poll() is None:
        if not bob.socket.poll(100):
            continue
        message = bob.recv()
        if message[:2] != ["update", "call_data"]:
            continue
        now = time.monotonic_ns() // 1000
        began = began or now
        packet = message[3].data
        print(now - began, int.from_bytes(packet[:4], "big"), int.from_bytes(packet[4:8], "big"))
        if stalls and now - began > stalls[0] * 1000000:
            proxy.stall(0.3)
            stalls.pop(0)


main()
