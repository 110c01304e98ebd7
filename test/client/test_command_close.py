"""How the command ends its connections, as servers see it that others wrote: Python's websockets and
ssl (OpenSSL), and chinwagd, with everything that passes in both directions noted on the way."""

import asyncio
import base64
import hashlib
import os
import socket
import ssl
import struct
import sys
import threading

import websockets

from command import Commands, PATIENCE, REFUSED, Server, main
from harness import encode
from transports import certificate

REFUSAL = encode("response", "register", 1030)
CLOSED = struct.pack(">H", 1000)


def unmasked(frames):
    """The last frame of a client: first byte and body."""
    while frames:
        first, length = frames[0], frames[1] & 127
        head = 2 if length < 126 else 4
        if length == 126:
            length = struct.unpack(">H", frames[2:4])[0]
        mask, body = frames[head:head + 4], frames[head + 4:head + 4 + length]
        frames = frames[head + 4 + length:]
    return first, bytes(b ^ mask[i % 4] for i, b in enumerate(body))


class Tls(threading.Thread):
    """One connection of WebSocket over TLS. `heard` is all that came, decrypted; `clean`, whether a
    close_notify ended it."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        files = certificate(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(files["tls_certificate"], files["tls_key"])
        self.authority = files["tls_certificate"]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard, self.clean = b"", None
        self.start()

    def run(self):
        connection, _ = self.listener.accept()
        self.listener.close()
        connection.settimeout(PATIENCE)
        with self.context.wrap_socket(connection, server_side=True,
                                      suppress_ragged_eofs=False) as tls:
            head = b""
            while b"\r\n\r\n" not in head:
                head += tls.recv(4096)
            key = head.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
            accept = base64.b64encode(hashlib.sha1(
                key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
            tls.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        b"Connection: Upgrade\r\nSec-WebSocket-Protocol: chinwag.1\r\n"
                        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
            self.heard = tls.recv(4096)
            tls.sendall(bytes([0x82, len(REFUSAL)]) + REFUSAL)
            try:
                while piece := tls.recv(4096):
                    self.heard += piece
                self.clean = True
            except ssl.SSLError:
                self.clean = False


class OnTheWay(threading.Thread):
    """Passes one connection on to a server, and keeps what passes: to it, and from it."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.passed = [b"", b""]
        self.start()

    def run(self):
        client, _ = self.listener.accept()
        self.listener.close()
        server = socket.create_connection((self.server.address, self.server.port))
        with client, server:
            back = threading.Thread(target=self.pass_on, args=(1, server, client), daemon=True)
            back.start()
            self.pass_on(0, client, server)
            back.join()

    def pass_on(self, way, source, sink):
        while piece := source.recv(65536):
            self.passed[way] += piece
            try:
                sink.sendall(piece)
            except OSError:
                pass  # it has gone; what is still said to it is noted
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Closes(Commands):
    def test_websockets_is_told_1000(self):
        asyncio.run(asyncio.wait_for(self.by_websockets(), PATIENCE))

    async def by_websockets(self):
        codes = asyncio.get_running_loop().create_future()

        async def answer(connection, _=None):
            await connection.recv()
            await connection.send(REFUSAL)
            await connection.wait_closed()
            codes.set_result(connection.close_code)

        async with websockets.serve(answer, "127.0.0.1", 0, subprotocols=["chinwag.1"]) as server:
            port = server.sockets[0].getsockname()[1]
            code, _, _ = await asyncio.to_thread(
                self.run_command, "--server", f"ws://127.0.0.1:{port}", "register", "alice")
            self.assertEqual((code, await codes), (REFUSED, 1000))

    def test_openssl_is_sent_a_close_notify(self):
        server = Tls(self.folder.name)
        code, _, err = self.run_command("--server", f"wss://localhost:{server.port}", "register",
                                        "alice", SSL_CERT_FILE=server.authority)
        self.assertEqual(code, REFUSED, err)
        server.join(PATIENCE)
        self.assertEqual(unmasked(server.heard), (0x88, CLOSED))
        self.assertTrue(server.clean)

    def test_chinwagd_answers_the_close(self):
        server = Server()
        way = OnTheWay(server)
        server.port = way.port  # a Host header has the port
        self.enterContext(server)
        self.fails(REFUSED, "no such user", "--server", f"ws://localhost:{way.port}", "login", "nobody")
        way.join(PATIENCE)
        to_server = way.passed[0].split(b"\r\n\r\n", 1)[1]
        self.assertEqual(unmasked(to_server), (0x88, CLOSED))
        self.assertEqual(way.passed[1][-4:], b"\x88\x02" + CLOSED)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
