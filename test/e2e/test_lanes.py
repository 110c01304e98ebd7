"""Files beside chat: who waits for which disk and which line. Counted, not timed: which thread syncs
what, how many bytes the kernel holds of a file, and that a message passes while a file stands still."""

import collections
import os
import re
import select
import socket
import threading
import unittest

from harness import PASSWORD, PATIENCE, Raw, Server, main
from test_files import CHUNK, FileTest

SYNC_MAX = 256 * 1024  # CW_FILE_SYNC_MAX


class Threads(FileTest):
    def server_of_test(self):
        server = Server()
        server.wrap = ["strace", "-D", "-f", "-qq", "-y", "-s", "0", "-o",
                       os.path.join(server.home, "trace"), "-e",
                       "trace=pwrite64,fdatasync,fsync,epoll_wait,epoll_pwait"]
        return server

    def test_no_file_is_written_where_messages_pass(self):
        """Not on the loop, and not on the thread that commits; and of a file at most 256 KiB wait
        for one sync."""
        data = os.urandom(40 * CHUNK)
        _, file, generation = self.ask(self.alice, "upload", "soup.bin", len(data))[:3]
        for at in range(0, len(data), CHUNK):
            self.send(self.alice, "upload_chunk", file, generation, at, data[at:at + CHUNK])
            self.bob.send("request", "whisper", "bob", self.bob.token, "alice", f"number {at}")
        for _ in range(0, len(data), CHUNK):
            self.assertEqual(self.answer(self.alice, "upload_chunk")[0], 0)
            self.assertEqual(self.answer(self.bob, "whisper")[0], 0)
        self.server.stop()
        loop, commits, writers, unsynced, longest = set(), set(), set(), 0, 0
        with open(os.path.join(self.server.home, "trace"), encoding="utf-8") as trace:
            for line in trace:
                thread, call = line.split(maxsplit=1)
                if call.startswith("epoll"):
                    loop.add(thread)
                elif "sync(" in call and "chinwag.db-wal>" in call:
                    commits.add(thread)
                elif "/file-" in call:
                    writers.add(thread)
                    written = re.search(r'"\.\.\., ([0-9]+), [0-9]+', call)
                    unsynced = unsynced + int(written[1]) if written else 0
                    longest = max(longest, unsynced)
        for threads in loop, commits, writers:
            self.assertNotEqual(threads, set())
        self.assertEqual(writers & (loop | commits), set())
        self.assertLessEqual(longest, SYNC_MAX)
        self.assertGreaterEqual(longest, CHUNK)
        self.assertEqual(unsynced, 0)


class Relay:
    """A line to the server. What comes from it passes as far as the connection has `credit`; None: at
    once."""

    def __init__(self, server):
        self.to = (server.address, server.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address, self.port = self.listener.getsockname()
        self.wake, self.waker = socket.socketpair()
        self.credit = collections.defaultdict(lambda: None)  # by the port at the server
        self.ports, self.port_of = [], {}  # of the ends at the server
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def end(self):
        self.waker.close()
        self.thread.join()

    def give(self, port, n):
        self.credit[port] = (self.credit[port] or 0) + n
        self.waker.send(b"x")

    def connect(self, pairs):
        home, _ = self.listener.accept()
        out = socket.socket()
        out.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        out.connect(self.to)
        pairs[home], pairs[out] = out, home
        self.port_of[out] = out.getsockname()[1]
        self.ports.append(self.port_of[out])

    def waits(self, one):
        """It comes from the server, and has no credit."""
        return one in self.port_of and self.credit[self.port_of[one]] == 0

    def pass_on(self, one, other):
        port = self.port_of.get(one)
        credit = self.credit[port] if port else None
        try:
            data = one.recv(4096 if credit is None else min(credit, 4096))
        except OSError:
            data = b""
        if credit is not None:
            self.credit[port] -= len(data)
        try:
            if data:
                other.sendall(data)
            else:
                other.shutdown(socket.SHUT_WR)
        except OSError:  # it has gone
            pass
        return data

    def run(self):
        pairs, closed = {}, set()
        while True:
            ready, _, _ = select.select(
                [self.listener, self.wake, *[s for s in pairs if s not in closed
                                             and not self.waits(s)]], [], [])
            for one in ready:
                if one is self.listener:
                    self.connect(pairs)
                elif one is self.wake and not one.recv(4096):
                    for end in (*pairs, self.listener, self.wake):
                        end.close()
                    return
                elif one is not self.wake and not self.pass_on(one, pairs[one]):
                    closed.add(one)


class Lines(FileTest):
    def held(self, port):
        """Bytes that the kernel holds for the server's connection with this port."""
        with open("/proc/net/tcp", encoding="ascii") as table:
            for line in table:
                _, local, remote, _, queues = line.split()[:5]
                if local.endswith(f":{self.server.port:04X}") and \
                        remote.endswith(f":{port:04X}"):
                    return int(queues.partition(":")[0], 16)
        raise AssertionError("there is no such connection")

    def chat(self, relay, name):
        raw = Raw(relay)
        self.addCleanup(raw.close)
        raw.handshake(minor=0)
        raw.request("request", "login", name, PASSWORD, {"client": "test", "features": []})
        return raw, raw.recv()[4]

    def test_chat_beside_a_file_that_comes_slowly(self):
        data = os.urandom(2 * 1024 * 1024)
        file = self.upload(self.alice, data)
        self.assertEqual(self.ask(self.alice, "whisper", "bob", "", {"file": file})[0], 0)
        link = self.ask(self.bob, "link_file", file, 0)[1]
        relay = Relay(self.server)
        self.addCleanup(relay.end)
        bob, _ = self.chat(relay, "bob")
        get = socket.create_connection((relay.address, relay.port))
        self.addCleanup(get.close)
        get.settimeout(PATIENCE)
        while len(relay.ports) < 2:
            self.assertTrue(relay.thread.is_alive())
        port = relay.ports[1]
        relay.credit[port] = 0
        get.sendall(f"GET {link} HTTP/1.1\r\nHost: localhost:{self.server.port}\r\n"
                    "Connection: close\r\n\r\n".encode())
        came, most, number = b"", 0, 0
        while b"\r\n\r\n" not in came or len(came.partition(b"\r\n\r\n")[2]) < len(data):
            relay.give(port, 16 * 1024)  # then the file stands still
            while piece := self.piece(get, relay, port):
                came += piece
            number += 1
            text = f"number {number}"
            self.assertEqual(self.ask(self.alice, "whisper", "bob", text)[0], 0)
            self.assertEqual(bob.recv()[:4], ["update", "whisper", "alice", text])
            if len(came) < len(data):
                most = max(most, self.held(port))
        self.assertEqual(came.partition(b"\r\n\r\n")[2], data)
        self.assertGreater(number, 100)
        # A piece, and what the other end has not taken.
        self.assertLess(most, 2 * CHUNK)

    def piece(self, get, relay, port):
        """What passes; nothing when the credit is used up."""
        while relay.credit[port] != 0 or select.select([get], [], [], 0)[0]:
            if select.select([get], [], [], 0.01)[0]:
                return get.recv(65536)
        return b""


del FileTest  # its tests are those of test_files.py

if __name__ == "__main__":
    main()
