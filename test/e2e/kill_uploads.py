"""Uploads beside the load of kill_test.py, and what must hold of their files after a kill.

Two clients upload files by chunks or by HTTP PUT, send them to somebody who is away, and
now and then drop an upload or delete a message. A kill finds them anywhere in this; on the
next connection they go on where the server says that it stands.

What must hold after each kill:
- an upload goes on at the length that its file has on the disk, behind all that was
  acknowledged;
- a file whose end was acknowledged has its row, and its bytes are on the disk, whole;
- one that was dropped or deleted has no row;
- after the start the folder has no file without a row, and a complete row has its file.
At the end somebody reads every file that was sent, once each, and none that was deleted."""

import collections
import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile

import zmq

from harness import PASSWORD, PATIENCE, Peer, decode

CHUNK = 48 * 1024
CHUNKS_MAX = 5      # of a file
AHEAD = 3 * CHUNK   # bytes that are sent before earlier ones are acknowledged
PIECE = 16 * 1024   # of a PUT, at a time
KEEPER = "keeper"
LOCK = 4851283918    # of a server over PostgreSQL: src/store/postgres/link.c
FORBIDDEN = 1027    # here: 4 uploads that were not sent

BEGUN, SENDING, DELETING, OVER = range(4)

Row = collections.namedtuple("Row", "content size done")


class File:
    def __init__(self, dice):
        # Every fourth has the content of another one.
        seed = dice.randrange(8) if dice.random() < 0.25 else dice.random()
        self.data = type(dice)(seed).randbytes(1 + int(dice.random() * CHUNKS_MAX * CHUNK))
        self.digest = hashlib.sha256(self.data).digest()
        self.id = None
        self.generation = None
        self.acknowledged = 0   # bytes
        self.state = BEGUN
        self.n = None           # of its message
        self.seq = None
        self.fate = dice.choices(("keep", "delete", "drop"), (6, 2, 1))[0]


class Files:
    """What is known of all files, and the folder that has them."""

    def __init__(self, server):
        self.server = server
        self.folder = os.path.join(server.data, "blobs")
        self.digests = {}   # id -> SHA-256, of those whose end was acknowledged
        self.unread = []    # ids of those that the next check reads
        self.removed = []   # ids of those whose removal was acknowledged
        self.kept = set()   # ids of those that were sent and are not to be deleted
        self.resumed = 0    # uploads that went on behind their beginning

    def on_disk(self, content):
        return os.path.join(self.folder, f"file-{content:014x}")

    def length(self, content):
        path = self.on_disk(content)
        return os.path.getsize(path) if os.path.exists(path) else 0

    def ended(self, file):
        self.digests[file.id] = file.digest
        self.unread.append(file.id)

    def forget(self, file):
        """Its removal is asked for: from now on it may be there or not."""
        self.digests.pop(file.id, None)

    def rows(self):
        """What the database has after a kill."""
        rows = self.postgres_rows() if "store" in self.server.settings else self.sqlite_rows()
        return {id_: Row(content, size, done) for id_, content, size, done in rows}

    def postgres_rows(self):
        """When the connection of the killed server, which holds the lock, has ended, too."""
        psql = [os.path.join(os.environ["POSTGRES_BIN"], "psql"), "-Atq", "-F", " ",
                self.server.settings["store"], "-c", f"SELECT pg_advisory_lock({LOCK}) IS NULL;"
                " SELECT id, content, size, (sha256 IS NOT NULL)::integer FROM chinwag.files"]
        lines = subprocess.run(psql, check=True, stdout=subprocess.PIPE).stdout.decode().split("\n")
        return [tuple(map(int, line.split())) for line in lines if " " in line]

    def sqlite_rows(self):
        """They are read beside a copy of the log, which the next start is to find as the kill has left
        it."""
        path = os.path.join(self.server.data, "chinwag.db")
        with tempfile.TemporaryDirectory(dir=self.server.home) as folder:
            copy = os.path.join(folder, "chinwag.db")
            os.link(path, copy)
            if os.path.exists(path + "-wal"):
                shutil.copy(path + "-wal", copy + "-wal")
            database = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
            rows = database.execute("SELECT id, content, size, sha256 IS NOT NULL FROM"
                                    " files").fetchall()
            database.close()
        return rows

    def check_rows(self, rows):
        for id_ in self.digests:
            assert id_ in rows and rows[id_].done, f"file {id_} was acknowledged, and is lost"
        for id_ in self.removed:
            assert id_ not in rows, f"file {id_} was removed, and is back"
        self.removed.clear()
        for id_ in self.unread:
            if id_ in self.digests:
                with open(self.on_disk(rows[id_].content), "rb") as file:
                    assert hashlib.sha256(file.read()).digest() == self.digests[id_], \
                        f"file {id_} was acknowledged, and is not whole"
        self.unread.clear()

    def check_folder(self, rows):
        """After a start, before anybody uploads."""
        found = {name for name in os.listdir(self.folder) if name.startswith("file-")} \
            if os.path.exists(self.folder) else set()
        named = {os.path.basename(self.on_disk(row.content)) for row in rows.values()}
        assert found <= named, f"files without a row: {found - named}"
        for id_, row in rows.items():
            assert not row.done or self.length(row.content) == row.size, \
                f"file {id_} has a row, and {self.length(row.content)} of {row.size} bytes"


class Uploader:
    """One client. What it does on a connection is the generator `life`, which is given one
    answer at a time."""

    def __init__(self, world, files, number):
        self.world = world
        self.files = files
        self.base = f"uploader{number}"
        self.names = []
        self.fresh_user()
        self.file = None
        self.http = None
        self.last = False   # it begins no other file

    def fresh_user(self):
        """An upload whose number was lost with the answer stays in the way of its user."""
        self.name = f"{self.base}of{len(self.names)}"
        self.names.append(self.name)
        self.token = None
        self.count = 0

    def attach(self, server):
        self.peer = Peer(server)
        self.peer.wait_connected()
        self.source = self.take_answer
        self.life = self.live()
        next(self.life)

    def disconnect(self):
        """After the server's end: what it had still acknowledged counts."""
        self.peer.wait_disconnected()
        while self.step():
            pass
        self.close()

    def close(self):
        self.peer.close()
        self.hang_up()

    def hang_up(self):
        if self.http:
            self.http.close()
        self.http = None

    def step(self):
        """Goes on if it can; False: it waits, or has done all."""
        value = self.source()
        if value is None:
            return False
        try:
            self.life.send(value)
        except StopIteration:
            self.source = self.never
        return True

    def finish(self):
        """The file that is under way, to its end."""
        self.last = True
        while self.source != self.never:
            if not self.step():
                poller = zmq.Poller()
                poller.register(self.peer.socket, zmq.POLLIN)
                if self.http:
                    poller.register(self.http, zmq.POLLOUT if self.source == self.send_piece
                                    else zmq.POLLIN)
                assert poller.poll(PATIENCE * 1000), f"{self.name}: nothing came"
        self.close()

    # --- what it waits for

    def never(self):
        return None

    def take_answer(self):
        try:
            return decode(self.peer.socket.recv(zmq.NOBLOCK))[2:]
        except zmq.Again:
            return None

    def alive(self):
        return self.world.server.process.poll() is None

    def send_piece(self):
        try:
            return self.http.send(self.body[:PIECE])
        except BlockingIOError:
            return None
        except ConnectionError:
            assert not self.alive(), "the server has closed a PUT"
            return None

    def take_head(self):
        try:
            piece = self.http.recv(4096)
        except BlockingIOError:
            return None
        except ConnectionError:
            piece = b""
        assert piece or not self.alive(), "the server has closed a PUT"
        return piece or None

    # --- what it does

    def send(self, action, *arguments):
        self.peer.send("request", action, self.name, self.token, *arguments)

    def ask(self, action, *arguments):
        self.send(action, *arguments)
        answer = yield
        assert answer[0] == 0, f"{self.name}: {action}: {answer}"
        return answer[1:]

    def live(self):
        yield from self.log_in()
        while not self.last or self.file:
            file = self.file = self.file or File(self.world.dice)
            if file.state == BEGUN:
                yield from self.upload()
            if file.state == SENDING:
                yield from self.share()
            if file.state == DELETING:
                yield from self.delete()
            self.file = None

    def log_in(self):
        if self.token:
            yield from self.ask("attach", {"features": []})
            return
        self.peer.send("request", "register", self.name, PASSWORD)
        yield
        self.peer.send("request", "login", self.name, PASSWORD, {"features": []})
        answer = yield
        assert answer[0] == 0, answer
        self.token = answer[2]

    def begin(self):
        """The number of bytes that the server has."""
        file = self.file
        if file.id:
            file.generation, offset = (yield from self.ask("resume_upload", file.id))[:2]
            assert file.acknowledged <= offset, \
                f"{file.acknowledged} bytes were acknowledged, it goes on at {offset}"
            # The bytes of a complete one may be those of another file.
            assert offset in (self.files.length(file.id), len(file.data)), \
                f"it goes on at {offset}, the disk has {self.files.length(file.id)}"
            self.files.resumed += offset != 0
            return offset
        self.send("upload", "soup.bin", len(file.data))
        answer = yield
        if answer[0] == FORBIDDEN:
            self.send("logout")
            self.fresh_user()
            answer = yield
            assert answer[0] == 0, answer
            yield from self.log_in()
            return (yield from self.begin())
        assert answer[0] == 0, answer
        file.id, file.generation = answer[1:3]
        return 0

    def upload(self):
        file = self.file
        at = yield from self.begin()
        if file.fate != "drop" or at == 0:
            if at < len(file.data):
                yield from (self.put if self.world.dice.random() < 0.5 else self.chunks)(at)
            yield from self.ask("end_upload", file.id, file.generation, file.digest)
            self.files.ended(file)
        if file.fate == "drop":
            yield from self.drop()
            return
        self.count += 1
        file.n, file.state = self.count, SENDING

    def drop(self):
        """If the answer is lost, nothing is known of the file."""
        file, self.file = self.file, None
        self.files.forget(file)
        yield from self.ask("drop_upload", file.id)
        self.files.removed.append(file.id)

    def chunks(self, at):
        file, sent = self.file, at
        while at < len(file.data):
            while sent < len(file.data) and sent - at < AHEAD:
                piece = file.data[sent:sent + CHUNK]
                self.send("upload_chunk", file.id, file.generation, sent, piece)
                sent += len(piece)
            code, at = (yield)[:2]
            assert code == 0, f"upload_chunk: {code} {at}"
            file.acknowledged = at

    def put(self, at):
        file, size = self.file, len(self.file.data)
        link, = (yield from self.ask("link_file", file.id, file.generation))[:1]
        server = self.world.server
        try:
            self.http = socket.create_connection((server.address, server.port), PATIENCE)
        except ConnectionError:
            assert not self.alive(), "the server takes no connection"
            self.source = self.never
            yield
        self.http.setblocking(False)
        self.body = (f"PUT {link} HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
                     f"Content-Length: {size - at}\r\n"
                     f"Content-Range: bytes {at}-{size - 1}/{size}\r\n"
                     "Connection: close\r\n\r\n").encode() + file.data[at:]
        self.source = self.send_piece
        while self.body:
            self.body = self.body[(yield):]
        self.source, head = self.take_head, b""
        while b"\r\n\r\n" not in head:
            head += yield
        self.source = self.take_answer
        assert head.startswith(b"HTTP/1.1 204 "), head
        file.acknowledged = size
        self.hang_up()

    def share(self):
        file = self.file
        if file.fate == "keep":
            self.files.kept.add(file.id)
        extras, = yield from self.ask("whisper", KEEPER, "", {"file": file.id, "n": file.n})
        file.seq = extras["seq"]
        file.state = DELETING if file.fate == "delete" else OVER

    def delete(self):
        self.files.forget(self.file)
        yield from self.ask("delete", KEEPER, self.file.seq)
        self.files.removed.append(self.file.id)


class Keeper:
    """Reads at the end what was sent."""

    def __init__(self, server):
        self.peer = Peer(server).login_extended(KEEPER)

    def ask(self, action, *arguments):
        self.peer.send("request", action, KEEPER, self.peer.token, *arguments)
        while (answer := self.peer.recv())[0] == "update":
            pass
        assert answer[:3] == ["response", action, 0], answer
        return answer[3:]

    def received(self, sender):
        """The files in the order of their messages."""
        last = 0
        while page := self.ask("history", sender, {"after": last, "limit": 200})[0]["list"]:
            yield from (entry["file"] for entry in page if "file" in entry)
            last = page[-1]["seq"]

    def hash(self, file_id):
        digest, at, size = hashlib.sha256(), 0, 1
        while at < size:
            size, offset, piece = self.ask("fetch_file", file_id, at)[:3]
            assert offset == at, f"file {file_id}: bytes at {offset} instead of {at}"
            digest.update(piece)
            at += len(piece)
        return digest.digest()

    def check(self, files, senders):
        received = [file_id for sender in senders for file_id in self.received(sender)]
        assert sorted(received) == sorted(files.kept), \
            f"not received once: {set(received) ^ files.kept}, of {len(received)}"
        for file_id in received:
            assert self.hash(file_id) == files.digests[file_id], f"file {file_id} is not whole"
        self.peer.close()
