"""A community of some size: imported, backed up twice while somebody talks, restored and verified;
then the restored one forgets it all while it runs, is killed in the middle of that, gives the room
back to the disk, and is killed in the middle of that.

    MESSAGES=1000000 FILES=5000 python3 large_backup.py PATH_OF_CHINWAGD

What took how long is printed, and how long the one who talks waited; nothing is asserted of it."""

import json
import os
import random
import subprocess
import sys
import threading
import time

MESSAGES = int(os.environ.get("MESSAGES", "1000000"))
FILES = int(os.environ.get("FILES", "5000"))
USERS = 50
STANDS_S = 1800  # so long nothing gets smaller: it never will
BEGIN = 1_600_000_000_000
WORDS = "soup ladle pan fire bread salt pepper who has the recipe of this evening".split()

os.environ["CHINWAGD"] = os.path.abspath(sys.argv[1])
from control import program         # noqa: E402
from harness import Peer, Server    # noqa: E402


class Clock:
    def __init__(self):
        self.begin = time.monotonic()

    def say(self, what):
        now = time.monotonic()
        print(f"{now - self.begin:8.1f} s  {what}", flush=True)
        self.begin = now


def write_export(folder):
    dice = random.Random(1)
    os.makedirs(folder + "/files")
    for number in range(FILES):
        with open(f"{folder}/files/{number}", "wb") as file:
            file.write(dice.randbytes(dice.randrange(100, 20000)))
    every = max(1, MESSAGES // FILES)
    names = [f"person{i}" for i in range(USERS)]
    with open(folder + "/import.jsonl", "w") as file:
        for group in range(10):
            file.write(json.dumps({"type": "group", "name": f"room{group}", "people": names}) + "\n")
        for number in range(MESSAGES):
            line = {"type": "msg_group", "conversation": f"#room{dice.randrange(10)}",
                    "sender": dice.choice(names), "time": BEGIN + number * 100,
                    "content": " ".join(dice.choices(WORDS, k=dice.randrange(2, 12)))}
            if number % every == 0 and number // every < FILES:
                line["file"] = f"files/{number // every}"
            file.write(json.dumps(line) + "\n")


def run(*words):
    done = subprocess.run([os.environ["CHINWAGD"], *words], stdout=subprocess.PIPE)
    assert done.returncode == 0, (words, done.stdout[-2000:])
    return done.stdout.decode().splitlines()


def back_up(server, folder):
    """Takes as long as it takes."""
    done = subprocess.run([program(), "--data", server.data, "backup", folder, "--json"],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


class Talker(threading.Thread):
    """Whispers, one after the other, until it is stopped."""

    def __init__(self, peer):
        super().__init__()
        self.peer, self.ends, self.waits = peer, threading.Event(), []
        self.error = None

    def run(self):
        try:
            self.talk()
        except Exception as error:  # raised by end()
            self.error = error

    def talk(self):
        while not self.ends.is_set():
            before = time.monotonic()
            self.peer.send("request", "whisper", self.peer.name, self.peer.token, self.peer.name, "on")
            while (answer := self.peer.recv())[0] != "response":
                pass
            assert answer[2] == 0, answer
            self.waits.append(time.monotonic() - before)

    def end(self):
        self.ends.set()
        self.join()
        if self.error:
            raise self.error
        waits = sorted(self.waits)
        return (f"meanwhile {len(waits)} whispers, each waited for its answer "
                f"{waits[len(waits) // 2] * 1000:.1f} ms in the middle, "
                f"{waits[-1] * 1000:.1f} ms at most")


def file_sizes(server):
    """Of the database, and of what users sent."""
    blobs = os.path.join(server.data, "blobs")
    return (os.path.getsize(server.database()),
            sum(len(files) for _, _, files in os.walk(blobs)))


def settle(server, done):
    """Waits until the sizes are so, however long that takes, while they change at all."""
    sizes, since = file_sizes(server), time.monotonic()
    while not done(*sizes):
        assert server.process.poll() is None
        time.sleep(1)
        before, sizes = sizes, file_sizes(server)
        since = since if sizes == before else time.monotonic()
        assert time.monotonic() - since < STANDS_S, f"bytes and files stand at {sizes}"


def forget(clock, data):
    """What was imported is years old; the server is killed while it goes, and while pages move."""
    with Server(data, keep_days=1) as server:
        settle(server, lambda _, left: left < FILES * 3 // 4)
        server.kill()
        before, files = file_sizes(server)
        shrinks = before > 8 << 20  # of a small one nothing is given back
        clock.say(f"killed while messages go: {files} files are left")
        server.start()
        talker = Talker(Peer(server).register("listener").login_extended("listener"))
        talker.start()
        settle(server, lambda _, left: left < files - FILES // 100 or left == 0)
        clock.say(f"{files - file_sizes(server)[1]} more files are gone while somebody talks")
        print("            " + talker.end(), flush=True)
        settle(server, lambda size, left: size < before if shrinks else left < FILES // 2)
        server.kill()
        clock.say("killed while the database gets smaller" if shrinks else "killed again")
        server.start()
        settle(server, lambda size, left: left == 0 and (size < before * 3 // 4 or not shrinks))
        assert server.stop() == 0
        clock.say(f"the database has {file_sizes(server)[0] >> 20} MiB of {before >> 20}")
        run("--check", "--data", server.data)
        run("--verify", "--data", server.data)
        clock.say("and nothing of what is left is damaged")


def main():
    clock = Clock()
    with Server() as server:
        export, folder, new = (f"{server.home}/{name}" for name in ("export", "backups", "new"))
        assert server.stop() == 0
        write_export(export)
        clock.say(f"an export of {MESSAGES} messages and {FILES} files is written")
        said = run("--import", export, "--data", server.data)[-1]
        assert f" {MESSAGES} messages, {FILES} files" in said, said
        clock.say(said)
        server.start()
        peer = Peer(server).register("talker").login_extended("talker")
        for number in ("first", "second"):
            talker = Talker(peer)
            talker.start()
            clock.say("the server runs")
            done = back_up(server, folder)
            clock.say(f"the {number} backup: {done['messages']} messages, {done['files']} files, "
                      f"{done['written_bytes'] >> 20} MiB written, "
                      f"{done['shared_bytes'] >> 20} MiB shared")
            print("            " + talker.end(), flush=True)
            assert done["messages"] >= MESSAGES and done["missing_files"] == 0
        peer.close()
        assert server.stop() == 0
        lines = run("--verify", folder)
        clock.say("the backup is verified")
        print("            " + run("--restore", folder, "--data", new)[0])
        clock.say("it is restored")
        again = run("--verify", "--data", new)
        assert lines[:-1] == again[:-1]
        assert again[-1] == f"{FILES} files of messages, 0 of them damaged", again[-1]
        clock.say("what was restored is verified: the same conversations, counts and sums")
        run("--check", "--data", new)
        clock.say("and nothing of it is damaged")
        forget(clock, new)


if __name__ == "__main__":
    main()
