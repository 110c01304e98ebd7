"""What a manager of services does with the server: it waits until the server is ready, hears that it
lives, hands it listening sockets, and sets it by the environment. The manager is this test, and
systemd-socket-activate where it is installed."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from harness import PATIENCE, Peer, Raw, Server, main

# As a manager begins a process: the socket becomes descriptor 3.
ACTIVATE_BY_HAND = os.path.join(os.path.dirname(os.path.abspath(__file__)), "activate.sh")


# With which a peer of ZMTP begins.
SIGNATURE = b"\xff" + bytes(8) + b"\x7f"


class Manager:
    """A NOTIFY_SOCKET."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="chinwag-test-")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.path = os.path.join(self.folder, "notify")
        self.socket.bind(self.path)

    def __enter__(self):
        os.environ["NOTIFY_SOCKET"] = self.path
        return self

    def __exit__(self, *_):
        for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
            os.environ.pop(name, None)
        self.socket.close()
        shutil.rmtree(self.folder)

    def hear(self):
        return self.socket.recv(4096).decode()


class Service(unittest.TestCase):
    def test_it_says_when_it_is_ready_reads_again_and_stops(self):
        with Manager() as manager, Server() as server:
            self.assertEqual(manager.hear(), "READY=1")
            server.process.send_signal(signal.SIGHUP)
            self.assertRegex(manager.hear(), r"\ARELOADING=1\nMONOTONIC_USEC=\d+\Z")
            self.assertEqual(manager.hear(), "READY=1")
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(manager.hear(), "STOPPING=1")
            self.assertEqual(server.process.wait(PATIENCE), 0)

    def test_what_was_asked_is_answered_before_it_ends(self):
        """A client that sends without end: all that the server took is on the disk, and answered."""
        with Server() as server:
            Peer(server).register("bob").close()
            alice = Peer(server).register("alice").login("alice")
            alice.close()
            raw = Raw(server)
            raw.handshake()
            raw.request("request", "attach", "alice", alice.token)
            self.assertEqual(raw.recv(), ["response", "attach", 0, "alice"])
            for number in range(2000):
                raw.request("request", "whisper", "alice", alice.token, "bob", str(number))
            self.assertEqual(raw.recv(), ["response", "whisper", 0])
            server.process.send_signal(signal.SIGTERM)
            answered = 1
            try:
                while raw.recv() == ["response", "whisper", 0]:
                    answered += 1
            except (EOFError, ConnectionError):
                pass
            self.assertEqual(server.process.wait(PATIENCE), 0)
            raw.close()
            stored = sqlite3.connect(server.database()).execute(
                "SELECT count(*) FROM messages").fetchone()[0]
            self.assertEqual(stored, answered)

    def test_a_second_signal_does_not_wait(self):
        with Server() as server:
            server.process.send_signal(signal.SIGTERM)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(PATIENCE), 0)

    def test_the_watchdog_hears_it(self):
        os.environ["WATCHDOG_USEC"] = "100000"
        with Manager() as manager, Server():
            self.assertEqual([manager.hear() for _ in range(3)], ["READY=1"] + ["WATCHDOG=1"] * 2)

    def test_a_watchdog_of_another_process_is_not_told(self):
        os.environ.update(WATCHDOG_USEC="100000", WATCHDOG_PID="1")
        with Manager() as manager, Server() as server:
            self.assertEqual(manager.hear(), "READY=1")
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(manager.hear(), "STOPPING=1")

    def test_a_socket_is_handed_over(self):
        """Who connects before the server runs is served by it, since nothing is closed between."""
        server = Server()
        with socket.create_server((server.address, 0)) as listening:
            server.port = listening.getsockname()[1]
            early = socket.create_connection((server.address, server.port), PATIENCE)
            early.sendall(SIGNATURE)
            server.inherited = (listening.fileno(),)
            server.wrap = [ACTIVATE_BY_HAND, str(listening.fileno())]
            with server:
                self.assertEqual(early.recv(11)[:1], b"\xff")  # the server's greeting
                peer = Peer(server)
                peer.register("alice")
                peer.close()
                self.assertNotIn("handed over", server.log())
            early.close()

    def test_a_socket_without_a_listener_is_named(self):
        server = Server()
        with socket.create_server(("127.0.0.1", 0)) as listening:  # the server's is another one
            server.inherited = (listening.fileno(),)
            server.wrap = [ACTIVATE_BY_HAND, str(listening.fileno())]
            with server:
                self.assertIn("a socket was handed over (descriptor 3) for which there is no "
                              "listener: add 'listen = HOST:PORT'", server.log())

    def test_systemd_activates_it(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = Server(wrap=["systemd-socket-activate", "-l", f"127.0.0.1:{port}"])
        server.address, server.port = "127.0.0.1", port
        server.spawn()
        try:
            server.wait_log(f"Listening on 127.0.0.1:{port}")
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as early:
                early.sendall(SIGNATURE)
                self.assertEqual(early.recv(11)[:1], b"\xff")
        finally:
            server.__exit__(None)

    def test_variables_that_cannot_be_meant_so_are_refused(self):
        with Server() as server:
            server.stop()
            for name, value, said in [
                    ("NOTIFY_SOCKET", "here", "NOTIFY_SOCKET must be the path of a socket"),
                    ("CHINWAG_QUOTA_MIB", "much", "CHINWAG_QUOTA_MIB in the environment: quota_mib "
                                                  "must be a number"),
                    ("CHINWAG_LISTEN", "127.0.0.1:1;nowhere", "CHINWAG_LISTEN in the environment")]:
                os.environ[name] = value
                status, output, log = server.refusal("--listen", "127.0.0.1:0")
                del os.environ[name]
                self.assertEqual((status, output), (78, ""))
                self.assertIn(said, log)

    def test_the_environment_overrides_the_file(self):
        os.environ["CHINWAG_FILE_MIB_MAX"] = "0"
        try:
            with Server(file_mib_max=7) as server:
                alice = Peer(server).register("alice").login_extended("alice")
                alice.send("request", "upload", "alice", alice.token, "a.txt", 1)
                self.assertEqual(alice.recv()[3]["limit"], 0)
                alice.close()
        finally:
            del os.environ["CHINWAG_FILE_MIB_MAX"]

    def test_the_printed_config_is_a_config(self):
        with Server() as server:
            server.stop()
            printed = subprocess.run([server.binary, "--print-config"], check=True,
                                     stdout=subprocess.PIPE).stdout.decode()
            keys = [line[1:].split(" = ")[0] for line in printed.splitlines()
                    if line.startswith("#") and line[1:2].islower()]
            self.assertEqual(len(keys), len(set(keys)))
            path = os.path.join(server.home, "printed")
            with open(path, "w") as file:
                file.write("".join(line[1:] if line[1:2].islower() and not line.endswith("= \n") else
                                   line for line in printed.splitlines(True)
                                   ).replace("data = data", f"data = {server.data}"))
            process = server.spawn("--config", path, "--listen", "127.0.0.1:0")
            self.assertRegex(process.stdout.readline(), b"\\Alistening 127.0.0.1:")


if __name__ == "__main__":
    main()
