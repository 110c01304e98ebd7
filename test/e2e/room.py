"""A network namespace with a wire to this machine, in which packets of one port are dropped as told: a
partition. Needs root, ip and nft. It is not a test itself."""

import os
import shutil
import subprocess


def do(*command, text=None):
    subprocess.run(command, check=True, input=text, text=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class Room:
    """`host` is this machine's address on the wire, `inside` that of programs in the room."""

    def __init__(self):
        own = os.getpid() % 32768  # a network of four addresses among those for benchmarks
        self.name = f"cwroom-{os.getpid()}"
        self.device = f"cwr{os.getpid()}"
        prefix = f"198.{18 + (own >> 14)}.{(own >> 6) % 256}"
        self.host, self.inside = (f"{prefix}.{own % 64 * 4 + i}" for i in (1, 2))
        do("ip", "netns", "add", self.name)
        try:
            self.wire()
        except BaseException:
            self.close()
            raise

    def wire(self):
        far = self.device + "b"
        do("ip", "link", "add", self.device, "type", "veth", "peer", "name", far, "netns", self.name)
        do("ip", "address", "add", f"{self.host}/30", "dev", self.device)
        do("ip", "link", "set", self.device, "up")
        do("ip", "-n", self.name, "address", "add", f"{self.inside}/30", "dev", far)
        for device in "lo", far:
            do("ip", "-n", self.name, "link", "set", device, "up")
        self.nft("table inet parted {}")

    def nft(self, rules):
        do(*self.wrap(), "nft", "-f", "-", text=rules)

    def wrap(self):
        """The beginning of a command line of what runs in it."""
        return ["ip", "netns", "exec", self.name]

    def part(self, port, out=True, back=True):
        """What goes from the room to this port of the machine is dropped, and what comes back."""
        rules = {"out": ("output", f"tcp dport {port} drop" if out else ""),
                 "back": ("input", f"tcp sport {port} drop" if back else "")}
        self.nft("\n".join(["table inet parted {", *(
            f"chain {name} {{\ntype filter hook {hook} priority 0;\n{rule}\n}}"
            for name, (hook, rule) in rules.items()), "}"]))

    def join(self):
        self.nft("delete table inet parted\ntable inet parted {}")

    def close(self):
        subprocess.run(["ip", "netns", "del", self.name], stderr=subprocess.DEVNULL)


def make_room():
    """None, and a line that says why, where there can be none."""
    if shutil.which("nft") is None or shutil.which("ip") is None:
        print("no partitions are played: nft and ip (packages nftables, iproute2) are needed")
        return None
    try:
        return Room()
    except subprocess.CalledProcessError as error:
        print(f"no partitions are played: {error.stderr.strip()}")
        return None
