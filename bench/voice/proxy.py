"""A network of our own between the programs: a TCP proxy that delays what passes
by some milliseconds each way, in order, and that can stand still. Seeded."""

import asyncio
import random
import threading
import time


class Proxy:
    """Delays each way by delay_ms and up to jitter_ms more. It runs in a thread."""

    def __init__(self, host, port, delay_ms=0.0, jitter_ms=0.0, seed=1):
        self.target = (host, port)
        self.delay_s, self.jitter_s = delay_ms / 1000, jitter_ms / 1000
        self.random = random.Random(seed)
        self.stalled_until = 0.0
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        self.ready.wait()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def stall(self, seconds):
        """From now on nothing passes for so long, either way. Returns the time."""
        now = time.monotonic()
        self.stalled_until = now + seconds
        return now

    def run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def serve(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self.carry(reader, far_writer), self.carry(far_reader, writer))

    async def carry(self, reader, writer):
        """What is read is due at a time of its own, never before what came before."""
        waiting, last = asyncio.Queue(), 0.0
        sender = asyncio.ensure_future(self.send(waiting, writer))
        try:
            while chunk := await reader.read(65536):
                due = time.monotonic() + self.delay_s + self.random.random() * self.jitter_s
                last = max(last, due)
                waiting.put_nowait((last, chunk))
        except OSError:
            pass
        waiting.put_nowait((0.0, None))
        await sender

    async def send(self, waiting, writer):
        try:
            while True:
                due, chunk = await waiting.get()
                if chunk is None:
                    break
                while (left := max(due, self.stalled_until) - time.monotonic()) > 0:
                    await asyncio.sleep(left)
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        writer.close()
