"""WebSocket with those who did not write it: npm's ws and Python's websockets, each as client
and as server. PATH OF PEER, the folder of test/node."""

import asyncio
import os
import subprocess
import sys
import unittest

import websockets

PEER, NODE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
del sys.argv[1:]

PATIENCE = 60
LENGTHS = [0, 1, 125, 126, 127, 65535, 65536, 1 << 20]


def node(*arguments):
    return ["node", os.path.join(NODE, "websocket.js"), *arguments]


class Counterparts(unittest.TestCase):
    def begin(self, *command):
        """Starts a program that prints its port first."""
        program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        return program, int(program.stdout.readline())

    def run_peer(self, port):
        done = subprocess.run([PEER, "connect", str(port)], stdout=subprocess.PIPE, text=True,
                              timeout=PATIENCE, check=True)
        self.assertEqual(done.stdout.split(), [*map(str, LENGTHS), "closed"])

    def test_npm_ws_as_client(self):
        _, port = self.begin(PEER, "serve")
        done = subprocess.run(node("client", str(port)), stdout=subprocess.PIPE, text=True,
                              timeout=PATIENCE, check=False)
        self.assertEqual(done.stdout, "ok 1000\n")

    def test_npm_ws_as_server(self):
        program, port = self.begin(*node("serve"))
        self.run_peer(port)
        self.assertEqual(program.stdout.readline(), "closed 1000\n")

    def test_python_websockets_as_client(self):
        _, port = self.begin(PEER, "serve")
        asyncio.run(asyncio.wait_for(self.talk(port), PATIENCE))

    async def talk(self, port):
        async with websockets.connect(f"ws://127.0.0.1:{port}/ws", subprotocols=["chinwag.1"],
                                      max_size=None) as socket:
            self.assertEqual(socket.subprotocol, "chinwag.1")
            self.assertEqual(socket.extensions, [])
            for length in LENGTHS:
                body = (b"\0\xfe#" * (length // 3 + 1))[:length]
                await socket.send(body)
                self.assertEqual(await socket.recv(), body)
            await socket.send([b"in ", b"three ", b"pieces"])
            self.assertEqual(await socket.recv(), b"in three pieces")
            await socket.send("\u20ac")
            self.assertEqual(await socket.recv(), "\u20ac")
            await (await socket.ping(b"01234567"))
            await socket.close(4321, "enough")
            self.assertEqual(socket.close_code, 4321)

    def test_python_websockets_as_server(self):
        asyncio.run(asyncio.wait_for(self.serve(), PATIENCE))

    async def serve(self):
        codes = asyncio.Queue()

        async def echo(socket):
            async for body in socket:
                await socket.send(body)
            await codes.put((socket.subprotocol, socket.close_code))

        async with websockets.serve(echo, "127.0.0.1", 0, subprotocols=["chinwag.1"],
                                    max_size=None) as server:
            port = server.sockets[0].getsockname()[1]
            await asyncio.to_thread(self.run_peer, port)
            self.assertEqual(await codes.get(), ("chinwag.1", 1000))

    def test_a_server_without_our_subprotocol(self):
        asyncio.run(asyncio.wait_for(self.serve_another(), PATIENCE))

    async def serve_another(self):
        async with websockets.serve(lambda socket: socket.wait_closed(), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            done = await asyncio.to_thread(
                subprocess.run, [PEER, "connect", str(port)], stderr=subprocess.PIPE, text=True,
                timeout=PATIENCE, check=False)
        self.assertEqual((done.returncode, done.stderr),
                         (1, "peer: the server did not upgrade to WebSocket with chinwag.1\n"))


unittest.main(verbosity=2)
