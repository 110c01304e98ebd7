"""Networks of our own: namespaces, and between two of them a wire of IP packets that delays, loses,
caps and stands still as told (there need be no netem in the kernel). TCP at its ends is the kernel's.
Needs root. The relay is a thread: good for the packets of a call, not for thousands a second."""

import fcntl
import os
import random
import select
import struct
import subprocess
import threading
import time
from collections import deque

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
QUEUE_S = 1.0  # of a capped wire, before what comes is dropped


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


class Lab:
    """Namespaces by their names, and wires between them; all is gone at the end."""

    def __init__(self, *names):
        self.names = {name: f"cwvoice-{os.getpid()}-{name}" for name in names}
        self.wires = []

    def __enter__(self):
        self.clean()
        for namespace in self.names.values():
            ip("netns", "add", namespace)
            ip("-n", namespace, "link", "set", "lo", "up")
        return self

    def clean(self):
        for namespace in self.names.values():
            subprocess.run(["ip", "netns", "del", namespace], stderr=subprocess.DEVNULL)

    def __exit__(self, *_):
        for wire in self.wires:
            wire.end()
        self.clean()

    def inside(self, name):
        """The beginning of a command line there."""
        return ["ip", "netns", "exec", self.names[name]]

    def wire(self, near, near_address, far, far_address, **options):
        wire = Wire(len(self.wires), (self.names[near], near_address),
                    (self.names[far], far_address), **options)
        self.wires.append(wire)
        return wire


class Way:
    """One direction."""

    def __init__(self, out):
        self.out, self.queue, self.free, self.bytes, self.packets = out, deque(), 0.0, 0, 0


class Wire:
    def __init__(self, number, near, far, delay_ms=0.0, loss=0.0, kbit=0, seed=1):
        self.delay_s, self.loss, self.kbit = delay_ms / 1000, loss, kbit
        self.random = random.Random(seed + number)
        self.stalled_until, self.no_udp_until, self.forgotten = 0.0, 0.0, set()
        self.flows = set()
        self.devices = [self.device(f"cwv{os.getpid()}-{number}{end}", *own, other[1])
                        for end, own, other in (("a", near, far), ("b", far, near))]
        self.ways = [Way(self.devices[1]), Way(self.devices[0])]
        self.wake = os.pipe()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    @staticmethod
    def device(name, namespace, address, peer):
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
        ip("link", "set", name, "netns", namespace)
        ip("-n", namespace, "addr", "add", address, "peer", peer, "dev", name)
        ip("-n", namespace, "link", "set", name, "up")
        return fd

    def stall(self, seconds):
        self.stalled_until = time.monotonic() + seconds

    def block_udp(self, seconds):
        self.no_udp_until = time.monotonic() + seconds

    def forget(self):
        """What has connected so far is dead from now on; new connections are not."""
        self.forgotten |= self.flows

    def end(self):
        os.write(self.wake[1], b"e")
        self.thread.join()
        for fd in (*self.devices, *self.wake):
            os.close(fd)

    def take(self, way, packet, now):
        header = (packet[0] & 15) * 4
        ports = frozenset(struct.unpack_from("!HH", packet, header)) if packet[9] == 6 else None
        self.flows.add(ports)
        if ports in self.forgotten or self.random.random() < self.loss:
            return
        if packet[9] == 17 and now < self.no_udp_until:
            return
        way.bytes, way.packets = way.bytes + len(packet), way.packets + 1
        at = now
        if self.kbit:
            if way.free - now > QUEUE_S:
                return
            way.free = max(way.free, now) + len(packet) * 8 / (1000 * self.kbit)
            at = way.free
        way.queue.append((at + self.delay_s, packet))

    def deliver(self, now):
        for way in self.ways:
            while way.queue and max(way.queue[0][0], self.stalled_until) <= now:
                try:
                    os.write(way.out, way.queue.popleft()[1])
                except OSError:
                    pass

    def run(self):
        while True:
            due = [way.queue[0][0] for way in self.ways if way.queue]
            wait = max(0, max(min(due), self.stalled_until) - time.monotonic()) if due else None
            ready, _, _ = select.select([*self.devices, self.wake[0]], [], [], wait)
            if self.wake[0] in ready:
                return
            now = time.monotonic()
            for fd, way in zip(self.devices, self.ways):
                while fd in ready:
                    try:
                        packet = os.read(fd, 65536)
                    except BlockingIOError:
                        break
                    if packet[0] >> 4 == 4:
                        self.take(way, packet, now)
            self.deliver(time.monotonic())
