"""The transports of the tests: what a Peer of harness.py is connected by. TRANSPORT=curve, ws or
wss runs the tests of a file over another one than plain ZMTP; they say the same over each.

The WebSocket client here is written from RFC 6455 alone, with the standard library."""

import base64
import os
import queue
import secrets
import socket
import ssl
import struct
import subprocess
import threading

import zmq
import zmq.utils.z85

TRANSPORT = os.environ.get("TRANSPORT", "null")


def certificate(folder):
    """Settings of a server with a certificate of its own making, for localhost."""
    names = {"tls_certificate": os.path.join(folder, "certificate.pem"),
             "tls_key": os.path.join(folder, "key.pem")}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out",
                    names["tls_certificate"], "-keyout", names["tls_key"]],
                   check=True, stderr=subprocess.DEVNULL)
    return names


def z85(key):
    """A key of CURVE as libzmq wants it, from the form that it has in files and links."""
    return zmq.utils.z85.encode(base64.urlsafe_b64decode(key + "="))


def public_key(server):
    """The server's key for CURVE, as libzmq wants it, from its key file."""
    with open(os.path.join(server.data, "curve.key"), encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words[:1] == ["public"]:
                return z85(words[1])
    raise AssertionError("no public key")


def encrypt(zmq_socket, server_key):
    zmq_socket.curve_serverkey = server_key
    zmq_socket.curve_publickey, zmq_socket.curve_secretkey = zmq.curve_keypair()


class WebSocket:
    """A connection of WebSocket; messages are read by a thread, which answers PINGs as
    browsers do, whatever the test does meanwhile."""

    def __init__(self, server, tls, host="localhost", patience=20, headers=""):
        self.socket = socket.create_connection((server.address, server.port), patience)
        if tls:
            context = ssl.create_default_context(cafile=server.settings["tls_certificate"])
            self.socket = context.wrap_socket(self.socket, server_hostname=host)
        self.patience = patience
        self.sending = threading.Lock()
        self.buffer = b""
        self.messages = queue.Queue()
        self.upgrade(f"{host}:{server.port}", headers)
        self.socket.settimeout(None)
        self.reader = threading.Thread(target=self.read_all, daemon=True)
        self.reader.start()

    def upgrade(self, host, headers):
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.socket.sendall(f"GET /ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
                            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                            "Sec-WebSocket-Version: 13\r\n"
                            f"Sec-WebSocket-Protocol: chinwag.1\r\n{headers}\r\n".encode())
        while b"\r\n\r\n" not in self.buffer:
            piece = self.socket.recv(4096)
            if not piece:
                raise AssertionError(f"no upgrade: {self.buffer}")
            self.buffer += piece
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 101 "):
            raise AssertionError(f"no upgrade: {head}")

    def take(self, n):
        while len(self.buffer) < n:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError
            self.buffer += piece
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def read_frame(self):
        first, length = self.take(2)
        if length == 126:
            length = struct.unpack(">H", self.take(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self.take(8))[0]
        return first, self.take(length)

    def read_all(self):
        try:
            while True:
                first, body = self.read_frame()
                if first == 0x89:
                    self.send_frame(0x8a, body)
                elif first == 0x82:
                    self.messages.put(body)
        except (EOFError, OSError, ValueError):
            self.messages.put(None)

    def send_frame(self, first, body):
        mask = secrets.token_bytes(4)
        if len(body) < 126:
            head = bytes([first, 0x80 | len(body)])
        elif len(body) < 65536:
            head = bytes([first, 0xfe]) + struct.pack(">H", len(body))
        else:
            head = bytes([first, 0xff]) + struct.pack(">Q", len(body))
        stream = mask * (len(body) // 4 + 1)
        masked = (int.from_bytes(body, "big") ^
                  int.from_bytes(stream[:len(body)], "big")).to_bytes(len(body), "big")
        with self.sending:
            self.socket.sendall(head + mask + masked)

    def send(self, data):
        self.send_frame(0x82, data)

    def recv(self):
        """A message, or None when the connection is closed."""
        return self.messages.get(timeout=self.patience)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
        self.reader.join(self.patience)
