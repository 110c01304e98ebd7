"""Servers that encrypt, for the tests of the command: relay.c speaks CURVE and wss before a real
server, and with another key it is somebody in between. 0.0.0.0 leads to this machine, and is no
address of loopback: the command takes it for another machine."""

import os
import subprocess
import tempfile

from command import Commands

OTHER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"


class Relay:
    def __init__(self, server, folder, *told):
        self.certificate = tempfile.mktemp(dir=folder)
        self.process = subprocess.Popen(
            [os.environ["RELAY"], server.address, str(server.port), self.certificate, *told],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        words = self.process.stdout.readline().decode().split()
        self.port, self.key, self.pin = int(words[1]), words[3], words[5]
        self.name = f"0.0.0.0:{self.port}"

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Relays(Commands):
    def setUp(self):
        super().setUp()
        del self.environment["CHINWAG_SERVER"]
        self.relay = self.start_relay()

    def start_relay(self, *told):
        relay = Relay(self.server, self.folder.name, *told)
        self.addCleanup(relay.end)
        return relay

    def known(self):
        try:
            with open(self.path("state/chinwag/known_servers")) as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def write_known(self, text):
        os.makedirs(self.path("state/chinwag"), exist_ok=True)
        with open(self.path("state/chinwag/known_servers"), "w") as file:
            file.write(text)
