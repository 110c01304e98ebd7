"""A client of the datagrams of calls, written from docs/protocol.md with libsodium and none of our
code: it can do each step wrong. Used by test_datagrams.py."""

import base64
import ctypes
import hashlib
import socket
import struct

SODIUM = ctypes.CDLL("libsodium.so.23")
AUDIO, PROBE, ANSWER, CHALLENGE, PROOF, TWICE = range(6)
HEAD = 17


def derived(key, number):
    """crypto_kdf: BLAKE2b with the number as salt."""
    return hashlib.blake2b(b"", digest_size=32, key=key, person=b"chinwagu".ljust(16, b"\0"),
                           salt=struct.pack("<Q", number).ljust(16, b"\0")).digest()


class Datagrams:
    def __init__(self, server, told, address=None):
        """`told`: the map of join_call's answer."""
        secret = base64.urlsafe_b64decode(told["udp_key"] + "==")
        assert len(secret) == 40
        self.id, key = secret[:8], secret[8:]
        self.to_server, self.from_server = derived(key, 0), derived(key, 1)
        self.server = (address or server.address, server.port)
        self.counter = self.heard = self.got = self.number = self.answered = 0
        self.socket = None
        self.move()

    def move(self):
        """Goes on from another address: another port of this machine."""
        if self.socket:
            self.socket.close()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(30)
        self.socket.connect(self.server)  # an answer from another address does not come here

    def close(self):
        self.socket.close()

    def sealed(self, content, counter=None):
        if counter is None:
            self.counter = counter = self.counter + 1
        head = b"\xc5" + self.id + struct.pack(">Q", counter)
        out, n = ctypes.create_string_buffer(len(content) + 16), ctypes.c_ulonglong()
        SODIUM.crypto_aead_chacha20poly1305_ietf_encrypt(
            out, ctypes.byref(n), content, ctypes.c_ulonglong(len(content)), head,
            ctypes.c_ulonglong(HEAD), None, bytes(4) + head[9:], self.to_server)
        return head + out.raw

    def send_raw(self, datagram):
        self.socket.send(datagram)
        return datagram

    def send(self, content):
        return self.send_raw(self.sealed(content))

    def speak(self, packet):
        return self.send(bytes([AUDIO]) + packet)

    def speak_twice(self, before, packet, ago=1):
        """With that of the datagram `ago` before."""
        return self.send(struct.pack(">BBH", TWICE, ago, len(before)) + before + packet)

    def recv(self):
        datagram = self.socket.recv(2048)
        head, box = datagram[:HEAD], datagram[HEAD:]
        assert head[:9] == b"\xc5" + self.id, head
        out, n = ctypes.create_string_buffer(len(box)), ctypes.c_ulonglong()
        assert SODIUM.crypto_aead_chacha20poly1305_ietf_decrypt(
            out, ctypes.byref(n), None, box, ctypes.c_ulonglong(len(box)), head,
            ctypes.c_ulonglong(HEAD), bytes(4) + head[9:], self.from_server) == 0
        counter = struct.unpack(">Q", head[9:])[0]
        assert counter > self.heard, "a counter is used once"
        self.heard = counter
        self.got += 1
        return out.raw[:n.value]

    def probe(self, twice=False, got=None):
        """`twice`: with the wish for audio twice. `got`: how many datagrams came, if that is a lie."""
        self.number += 1
        self.send(bytes([PROBE]) + struct.pack(">IIIIB", self.number, self.answered, self.heard,
                                               self.got if got is None else got, twice))

    def answer(self):
        """Reads until an answer; challenges are met."""
        while True:
            content = self.recv()
            if content[0] == CHALLENGE:
                self.send(bytes([PROOF]) + content[1:])
            elif content[0] == ANSWER:
                self.answered = struct.unpack(">I", content[1:5])[0]
                return content

    def live(self):
        """Until the server sends audio this way."""
        self.probe()
        self.answer()
        self.probe()
        return self.answer()

    @staticmethod
    def said(audio):
        """Speaker and packet, and whether it was lost before the server."""
        n = audio[0] & 127
        again = ("again",) if audio[0] & 128 else ()
        return audio[1:1 + n].decode(), audio[1 + n:], *again

    def audio(self):
        """The next audio: its speaker and packet."""
        while (content := self.recv())[0] != AUDIO:
            assert content[0] != TWICE, content
        return self.said(content[1:])

    def two(self):
        """How many datagrams ago the older one was sent, and both."""
        while (content := self.recv())[0] != TWICE:
            assert content[0] != AUDIO, content
        ago, n = content[1], int.from_bytes(content[2:4], "big")
        return ago, self.said(content[4:4 + n]), self.said(content[4 + n:])

    def silent(self):
        """Nothing came: what is asked now is answered first."""
        self.probe()
        assert self.recv()[0] == ANSWER
