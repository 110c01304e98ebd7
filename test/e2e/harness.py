"""What the end-to-end tests share: a real chinwagd on a port that the system
picks, and clients made of nothing but pyzmq and msgpack, so that the bytes are
judged by programs that know nothing of Chinwag.

Nothing here sleeps. A time limit ends a test that would hang; no test passes
because some time has gone by."""

import concurrent.futures
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import msgpack
import zmq
from zmq.utils.monitor import recv_monitor_message

from transports import TRANSPORT, WebSocket, certificate, encrypt, public_key

# Seconds after which something that did not happen is taken to never happen.
PATIENCE = 20

PASSWORD = "correct horse"

# All is on this machine, and not behind the proxy that it may have.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "*"


def loopback_address(first=100):
    """An address of 127.0.0.0/8 for this process alone: a server that is killed
    and started again finds its port free, whatever runs beside it. With another
    `first` (of 64 each) it is another one. All are as long: lines of a screen break
    at the same places."""
    pid = os.getpid()
    return f"127.{first + (pid >> 14) % 64}.{100 + (pid >> 7) % 128}.{100 + pid % 128}"


def encode(*objects):
    """A message as drawn: each object in its shortest form, one after another."""
    return b"".join(msgpack.packb(o, use_bin_type=True) for o in objects)


def decode(data):
    unpacker = msgpack.Unpacker(None, raw=False, max_buffer_size=0)
    unpacker.feed(data)
    return list(unpacker)


def is_readable(stream, seconds=None):
    """By poll(2): select(2) has no room for the many descriptors of some tests."""
    poll = select.poll()
    poll.register(stream, select.POLLIN)
    return bool(poll.poll((PATIENCE if seconds is None else seconds) * 1000))


class Server:
    """A chinwagd. `settings` go into its config file; without any it has the
    cheapest password hash and no rate limits."""

    inherited = ()  # descriptors that it gets

    def __init__(self, data=None, wrap=(), **settings):
        self.binary = os.path.abspath(os.environ["CHINWAGD"])
        self.home = tempfile.mkdtemp(prefix="chinwag-test-")
        self.data = data or os.path.join(self.home, "data")
        self.wrap = list(wrap)
        self.settings = {"password_cost": "minimum", "requests_per_s": 0, "texts_per_s": 0,
                         "group_texts_per_s": 0, "strangers_per_minute": 0}
        if TRANSPORT == "wss":
            self.settings.update(certificate(self.home))
        self.settings.update(settings)
        self.address = loopback_address()
        self.port = 0
        self.attributes = ""  # of the listener
        self.log_path = os.path.join(self.home, "log")
        self.process = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__(None)
            raise

    def __exit__(self, kind, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process:
            self.process.stdout.close()
        if kind:
            sys.stderr.write(self.log())
        shutil.rmtree(self.home)

    def write_config(self):
        config = os.path.join(self.home, "config")
        with open(config, "w") as file:
            file.writelines(f"{key} = {value}\n" for key, value in self.settings.items())
        return config

    def spawn(self, *options):
        """Starts the process and does not wait for anything."""
        config = self.write_config()
        # Memory that is read before it was written shall not hold zeros.
        environment = dict(os.environ, MALLOC_PERTURB_="165")
        listen = [] if "--listen" in options else [
            "--listen", f"{self.address}:{self.port}{self.attributes}"]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*self.wrap, self.binary, *listen, "--data", self.data, "--config", config,
                 *options],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment,
                pass_fds=self.inherited)
        return self.process

    def start(self, *options):
        """Starts it and waits for the line that says where it listens. The port
        of the first start is kept for the following ones."""
        if self.process:
            self.process.stdout.close()
        self.spawn(*options)
        ready = is_readable(self.process.stdout)
        line = self.process.stdout.readline().decode() if ready else ""
        if not line.startswith("listening "):
            self.process.kill()
            raise AssertionError(f"not ready, but {line!r}: {self.log()}")
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def start_public(self):
        """At all addresses, so that other machines could connect; the tests do by one."""
        self.address = "0.0.0.0"
        self.start()
        self.address = "127.0.0.1"
        return self

    @property
    def endpoint(self):
        return f"tcp://{self.address}:{self.port}"

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_log(self, words):
        """Until the log has them."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.log():
            if time.monotonic() > deadline:
                raise AssertionError(f"not in the log: {words}\n{self.log()}")
            select.select([], [], [], 0.02)

    def wait_count(self, words, count):
        """Until the log has them so often."""
        deadline = time.monotonic() + PATIENCE
        while self.log().count(words) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"not {count} times in the log: {words}\n{self.log()}")
            select.select([], [], [], 0.02)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """A clean end, if it has not ended yet; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def refusal(self, *options):
        """Starts a server that is to refuse: returns its status, its output and the log."""
        process = self.spawn(*options)
        output, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, output.decode(), self.log()

    def ask_program(self, *options):
        """Runs the program beside the server, with its settings: status, output and what it says."""
        done = subprocess.run([self.binary, "--data", self.data, "--config", self.write_config(),
                               *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def memory_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        raise AssertionError("no VmRSS")

    def report(self):
        """The words of the report that SIGUSR1 makes it write."""
        before = len(self.log())
        self.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + PATIENCE
        while True:
            select.select([], [], [], 0.02)  # the log takes 200 lines a second
            if re.search(r"chinwagd: accounts: .*\n", self.log()[before:]):
                break
            if time.monotonic() > deadline:
                raise AssertionError("no accounts: " + self.log())
        return self.log().rsplit("chinwagd: accounts: ", 1)[1].splitlines()[0].split()

    def accounts(self):
        """Bytes that are held for all peers, and the most of late, as the server says."""
        words = self.report()
        return int(words[0]), int(words[6])

    def by_datagrams(self):
        """How many in calls it reaches by datagrams."""
        words = self.report()
        return int(words[words.index("calls") - 2])

    def database(self):
        """The path of the SQLite file in the data folder."""
        for folder, _, names in os.walk(self.data):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.isfile(path):  # the control socket
                    continue
                with open(path, "rb") as file:
                    if file.read(15) == b"SQLite format 3":
                        return path
        raise AssertionError("no database in " + self.data)


class Peer:
    """A client: one libzmq socket, or a WebSocket."""

    def __new__(cls, server, *_, **__):
        return super().__new__(WebPeer if TRANSPORT in ("ws", "wss") else Peer)

    def __init__(self, server, kind=zmq.DEALER, transport=TRANSPORT, key=None):
        """`key`: the server's for CURVE, if another one than it has now."""
        self.socket = zmq.Context.instance().socket(kind)
        self.socket.linger = 0
        self.socket.reconnect_ivl = 5
        self.monitor = self.socket.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
        if transport == "curve":
            encrypt(self.socket, key or public_key(server))
        self.socket.connect(server.endpoint)
        self.name = None
        self.token = None

    def close(self):
        # In this order: libzmq writes an event with a lock held, and blocks without end
        # if the other end of the monitor is closed; to switch it off needs that lock.
        self.socket.disable_monitor()
        self.monitor.close()
        self.socket.close()

    def wait_connected(self):
        """Until the transport's handshake is done (again)."""
        self.wait_event(zmq.EVENT_HANDSHAKE_SUCCEEDED)

    def wait_disconnected(self):
        self.wait_event(zmq.EVENT_DISCONNECTED)

    def wait_event(self, wanted):
        while self.monitor.poll(PATIENCE * 1000):
            if recv_monitor_message(self.monitor)["event"] == wanted:
                return
        raise AssertionError("the connection did not change")

    def send_bytes(self, data):
        self.socket.send(data)

    def send(self, *objects):
        self.send_bytes(encode(*objects))

    def recv_bytes(self):
        if not self.socket.poll(PATIENCE * 1000):
            raise AssertionError(f"{self.name}: nothing came")
        frames = self.socket.recv_multipart()
        if len(frames) != 1:
            raise AssertionError(f"{self.name}: a message of {len(frames)} frames: {frames}")
        return frames[0]

    def recv(self):
        return decode(self.recv_bytes())

    def expect(self, *objects):
        """The next message is this one, byte for byte."""
        self.expect_bytes(encode(*objects))

    def expect_bytes(self, wanted):
        data = self.recv_bytes()
        if data != wanted:
            raise AssertionError(f"{self.name}: wanted {wanted[:400]}, got {data[:400]}")

    def request(self, action, *arguments, code=0, answer=()):
        """Asks, and checks the answer byte for byte."""
        self.send("request", action, *arguments)
        self.expect("response", action, code, *answer)

    def ask(self, action, *arguments, code=0, answer=()):
        """The same with this peer's own username and token put in front."""
        self.request(action, self.name, self.token, *arguments, code=code, answer=answer)

    def nothing_waits(self):
        """Whatever the server sent before this was asked has been read."""
        self.request("nonsense", code=1024)

    def register(self, name, password=PASSWORD):
        self.request("register", name, password)
        return self

    def login(self, name, password=PASSWORD):
        """As a plain client."""
        self.send("request", "login", name, password)
        answer = self.recv()
        if answer[:3] != ["response", "login", 0] or len(answer) != 5:
            raise AssertionError(f"login of {name}: {answer}")
        self.name, self.token = answer[3:]
        return self

    def login_extended(self, name, since=None, password=PASSWORD, features=()):
        wishes = {"client": "test", "features": list(features)}
        if since is not None:
            wishes["since"] = since
        self.send("request", "login", name, password, wishes)
        answer = self.recv()
        if answer[:3] != ["response", "login", 0] or len(answer) != 6:
            raise AssertionError(f"extended login of {name}: {answer}")
        self.name, self.token, self.server_map = answer[3:]
        return self


class WebPeer(Peer):
    """The same by WebSocket, which does not reconnect by itself."""

    def __init__(self, server, kind=zmq.DEALER):
        if kind != zmq.DEALER:
            raise unittest.SkipTest("a REQ socket is libzmq's")
        self.socket = WebSocket(server, TRANSPORT == "wss", patience=PATIENCE)
        self.name = None
        self.token = None

    def close(self):
        self.socket.close()

    def wait_connected(self):
        pass

    def wait_disconnected(self):
        while self.socket.recv() is not None:
            pass

    def recv_bytes(self):
        message = self.socket.recv()
        if message is None:
            raise AssertionError(f"{self.name}: the connection was closed")
        return message


class Raw:
    """A TCP connection without libzmq, for what libzmq would never send."""

    GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)
    SERVER_GREETING_LENGTH = 64

    def __init__(self, server, receive_buffer=None, source=None):
        self.socket = socket.socket()
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(PATIENCE)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect((server.address, server.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server = server

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def recv_exactly(self, n):
        data = b""
        while len(data) < n:
            piece = self.socket.recv(n - len(data))
            if not piece:
                raise EOFError(data)
            data += piece
        return data

    def recv_until_closed(self):
        """All that comes until the server closes. Fails by time-out if it does not."""
        data = b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except ConnectionError:
            pass
        return data

    @staticmethod
    def ready(socket_type=b"DEALER"):
        body = b"\x05READY" + b"\x0bSocket-Type" + struct.pack(">I", len(socket_type)) + socket_type
        return bytes([4, len(body)]) + body

    def handshake(self, socket_type=b"DEALER", minor=1):
        self.send(self.GREETING[:11] + bytes([minor]) + self.GREETING[12:])
        self.send(self.ready(socket_type))
        greeting = self.recv_exactly(self.SERVER_GREETING_LENGTH)
        flags, command = self.recv_frame()
        assert flags == 4 and command.startswith(b"\x05READY"), command
        return greeting

    def recv_frame(self):
        flags = self.recv_exactly(1)[0]
        length = (struct.unpack(">Q", self.recv_exactly(8)) if flags & 2
                  else self.recv_exactly(1))[0]
        return flags, self.recv_exactly(length)

    @staticmethod
    def frame(body, more=False):
        if len(body) < 256:
            return bytes([more, len(body)]) + body
        return bytes([2 | more]) + struct.pack(">Q", len(body)) + body

    def send_frame(self, body, more=False):
        self.send(self.frame(body, more))

    def request(self, *objects):
        self.send_frame(encode(*objects))

    def recv(self):
        flags, body = self.recv_frame()
        while flags == 4 and body.startswith(b"\x04PING"):
            pong = b"\x04PONG" + body[7:]
            self.send(bytes([4, len(pong)]) + pong)
            flags, body = self.recv_frame()
        assert flags & 5 == 0, f"not a message of one frame: {flags} {body}"
        return decode(body)


class ServerTest(unittest.TestCase):
    """A test with a server of its own; `settings` of the class go into its config."""

    settings = {}

    def setUp(self):
        self.peers = []
        self.server = self.enterContext(Server(**self.settings))
        self.addCleanup(self.end)

    def end(self):
        """Ends the server, which thereby says what the sanitizers have found."""
        self.assertEqual(self.server.stop(), 0, self.server.log())
        for peer in self.peers:
            peer.close()

    def peer(self, kind=zmq.DEALER):
        self.peers.append(Peer(self.server, kind))
        return self.peers[-1]

    def raw(self, **options):
        self.peers.append(Raw(self.server, **options))
        return self.peers[-1]

    def user(self, name):
        """Registered and logged in, plain."""
        return self.peer().register(name).login(name)

    def extended(self, name):
        return self.peer().register(name).login_extended(name)


def at_once(*calls):
    """Calls all of them, each in a thread of its own; what they return. What one of them raises is
    raised, when all have ended."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as threads:
        running = [threads.submit(call) for call in calls]
    return [each.result() for each in running]


def main():
    """For the test files: python3 test_x.py [PATH OF CHINWAGD] [TEST...]"""
    if len(sys.argv) > 1 and os.path.sep in sys.argv[1]:
        os.environ["CHINWAGD"] = sys.argv.pop(1)
    unittest.main(module="__main__", verbosity=2)
