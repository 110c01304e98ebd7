"""A backup under the load of the kill test, restored: its ledger says what must be there. What was
acknowledged before the backup began is in it for each of its readers, in the order of its senders;
what nobody sent is not; and the files of messages are whole."""

import os
import shutil
import subprocess
import unittest

from control import program
from harness import PATIENCE, Peer, Server, main
from kill_test import PASSWORD, Person, World
from test_backup import chinwagd

BEFORE = 400  # acknowledged messages


class Ledger(unittest.TestCase):
    def test_it_holds_after_a_restore(self):
        with Server(group_texts_per_s=0) as server:
            world = World(server)
            world.begin()
            world.start()
            folder, new = server.home + "/backups", server.home + "/restored"
            world.read(lambda: len(world.acknowledged) >= BEFORE, load=True)
            for number in range(3):  # the second and third share most with the one before
                before = list(world.acknowledged)
                making = subprocess.Popen(
                    [program(), "--data", server.data, "backup", folder],
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                world.read(lambda: making.poll() is not None and
                           len(world.acknowledged) >= len(before) + 50, load=True)
                _, error = making.communicate(timeout=PATIENCE)
                self.assertEqual(making.returncode, 0, error)
                self.check(world, server, folder, new, before)
                shutil.rmtree(new)
            world.settle()
            self.assertEqual(world.losses(), 0)
            for client in world.people + world.uploaders:
                client.peer.close()
            self.assertEqual(server.stop(), 0)

    def check(self, world, server, folder, new, before):
        code, lines, error = chinwagd("--verify", folder)
        self.assertEqual(code, 0, error)
        code, _, error = chinwagd("--restore", folder, "--data", new)
        self.assertEqual(code, 0, error)
        code, again, error = chinwagd("--verify", "--data", new)
        self.assertEqual(code, 0, error)
        self.assertEqual(lines.splitlines()[:-1], again.splitlines()[:-1])
        self.assertEqual(chinwagd("--check", "--data", new)[0], 0)
        with Server(data=new) as restored:
            for person in world.people:
                self.check_reader(world, restored, person, before)
            self.assertEqual(restored.stop(), 0)

    def check_reader(self, world, restored, person, before):
        wanted = {number for number in before if person.name in world.recipients[number]}
        fresh = Person(world, person.name, extended=True)
        fresh.peer = Peer(restored)
        fresh.peer.socket.rcvhwm = 0
        fresh.peer.send("request", "login", person.name, PASSWORD, {"since": 0})
        self.assertEqual(fresh.peer.recv()[:3], ["response", "login", 0])
        fresh.reader.connected()
        while not wanted <= fresh.reader.seen.keys():
            if not fresh.peer.socket.poll(PATIENCE * 1000):
                missing = sorted(wanted - fresh.reader.seen.keys())
                self.fail(f"{person.name} lacks {len(missing)} acknowledged ones: {missing[:9]}")
            fresh.drain()
        fresh.peer.close()


if __name__ == "__main__":
    main()
