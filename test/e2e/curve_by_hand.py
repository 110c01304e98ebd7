"""A client of CURVE written from RFC 26 (CurveZMQ), with libsodium's boxes and none of our code: it
can do each step wrong, which libzmq never would. Used by test_reach_attacks.py.

`wrong` changes one part of what is sent: part's name -> function of its bytes. Parts: `hello` (the
whole command), `hello_key` (the public key in it), `cookie`, `vouch_key` and `vouch_server` (what
the vouch is about), `initiate` (the whole command)."""

import ctypes
import secrets
import struct

from harness import Raw

SODIUM = ctypes.CDLL("libsodium.so.23")
GREETING = Raw.GREETING[:12] + b"CURVE".ljust(20, b"\0") + bytes(32)
METADATA = b"\x0bSocket-Type\0\0\0\6DEALER"
WELCOME_LENGTH = 64 + 2 + 168  # what a server has sent then


def key_pair():
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    assert SODIUM.crypto_box_keypair(public, secret) == 0
    return public.raw, secret.raw


def box(plain, nonce, public, secret):
    assert len(nonce) == 24
    sealed = ctypes.create_string_buffer(len(plain) + 16)
    if SODIUM.crypto_box_easy(sealed, plain, ctypes.c_ulonglong(len(plain)), nonce, public,
                              secret) != 0:
        return secrets.token_bytes(len(plain) + 16)  # the key is one that nobody can seal for
    return sealed.raw


def open_box(sealed, nonce, public, secret):
    plain = ctypes.create_string_buffer(max(1, len(sealed) - 16))
    opened = SODIUM.crypto_box_open_easy(plain, sealed, ctypes.c_ulonglong(len(sealed)), nonce,
                                         public, secret)
    assert opened == 0, "the server's box does not open"
    return plain.raw


def framed(body, command):
    if len(body) < 256:
        return bytes([4 if command else 0, len(body)]) + body
    return bytes([6 if command else 2]) + struct.pack(">Q", len(body)) + body


class ByHand:
    """On a connection of class Raw; server_key: the 32 octets."""

    def __init__(self, raw, server_key, **wrong):
        self.raw, self.server_key, self.wrong = raw, server_key, wrong
        self.long, self.short = key_pair(), key_pair()
        self.counter = 0

    def part(self, name, data):
        return self.wrong.get(name, lambda right: right)(data)

    def nonce(self):
        self.counter += 1
        return struct.pack(">Q", self.counter)

    def hello(self):
        public = self.part("hello_key", self.short[0])
        nonce = self.nonce()
        sealed = box(bytes(64), b"CurveZMQHELLO---" + nonce, self.server_key, self.short[1])
        return framed(self.part("hello", b"\x05HELLO\x01\0" + bytes(72) + public + nonce + sealed),
                      True)

    def welcome(self):
        """Sends greeting and HELLO, and reads WELCOME: the keys are known then."""
        self.raw.send(GREETING + self.hello())
        self.raw.recv_exactly(64)
        _, command = self.raw.recv_frame()
        assert command.startswith(b"\x07WELCOME"), command
        plain = open_box(command[24:], b"WELCOME-" + command[8:24], self.server_key, self.short[1])
        self.server_short, self.cookie = plain[:32], plain[32:]

    def initiate(self):
        nonce, vouch_nonce = self.nonce(), secrets.token_bytes(16)
        about = self.part("vouch_key", self.short[0]) + self.part("vouch_server", self.server_key)
        vouch = box(about, b"VOUCH---" + vouch_nonce, self.server_short, self.long[1])
        sealed = box(self.long[0] + vouch_nonce + vouch + METADATA, b"CurveZMQINITIATE" + nonce,
                     self.server_short, self.short[1])
        whole = b"\x08INITIATE" + self.part("cookie", self.cookie) + nonce + sealed
        return framed(self.part("initiate", whole), True)

    def ready(self):
        """The whole handshake."""
        self.welcome()
        self.raw.send(self.initiate())
        _, command = self.raw.recv_frame()
        assert command.startswith(b"\x05READY"), command

    def message(self, body, prefix=b"CurveZMQMESSAGEC", counter=None):
        """The frame of a MESSAGE, not sent."""
        nonce = self.nonce() if counter is None else struct.pack(">Q", counter)
        return framed(b"\x07MESSAGE" + nonce + box(b"\0" + body, prefix + nonce, self.server_short,
                                                   self.short[1]), False)

    def recv(self):
        """The content of the next MESSAGE; PINGs are read over."""
        while True:
            _, command = self.raw.recv_frame()
            assert command.startswith(b"\x07MESSAGE"), command
            plain = open_box(command[16:], b"CurveZMQMESSAGES" + command[8:16], self.server_short,
                             self.short[1])
            if plain[0] & 4 == 0:
                return plain[1:]
