"""The change of the server's CURVE key, as clients see it that we did not write: who is told the
next key, and who is shut out when. The command follows in test/client/test_command_next_key.py."""

import unittest

import zmq

from harness import PATIENCE, Server, main
from keys import change_key, end_overlap, hang_up, key_file, key_text, revoke_key
from test_reach import ByTransport
from transports import certificate, encrypt, z85

MAP = {"client": "test", "features": []}


def refused(server, key):
    """Does the server close the connection of a client that expects this key?"""
    peer = zmq.Context.instance().socket(zmq.DEALER)
    peer.linger = 0
    encrypt(peer, z85(key))
    done = zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
    failed = (zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL |
              zmq.EVENT_HANDSHAKE_FAILED_AUTH)
    monitor = peer.get_monitor_socket(done | failed)
    peer.connect(server.endpoint)
    try:
        if not monitor.poll(PATIENCE * 1000):
            raise AssertionError("no end of the handshake")
        event = zmq.utils.monitor.recv_monitor_message(monitor)["event"]
        return event != zmq.EVENT_HANDSHAKE_SUCCEEDED
    finally:
        peer.disable_monitor()
        monitor.close()
        peer.close()


class NextKey(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.settings.update(certificate(self.server.home))
        self.server.__enter__()
        self.addCleanup(self.server.__exit__, None)
        self.peers = []
        self.addCleanup(lambda: [peer.close() for peer in self.peers])
        self.old_key = key_text(self.server)

    def by(self, transport, key=None):
        """A connection by this transport; of CURVE with this key, or the one in use."""
        self.peers.append(ByTransport(self.server, transport, key and z85(key)))
        return self.peers[-1]

    def told(self, peer, name):
        """What the maps of login and attach tell as the next key."""
        peer.login_extended(name)
        peer.send("request", "attach", peer.name, peer.token, MAP)
        attached = peer.recv()
        self.assertEqual(attached[:4], ["response", "attach", 0, name])
        keys = [found.get("next_key") for found in (peer.server_map, attached[4])]
        self.assertEqual(keys[0], keys[1])
        return keys[0]

    def test_only_a_client_of_the_old_key_is_told(self):
        self.by("null").register("alice")
        self.assertIsNone(self.told(self.by("curve"), "alice"))
        new_key = change_key(self.server)
        self.assertEqual(self.told(self.by("curve", self.old_key), "alice"), new_key)
        for transport in ("curve", "null", "ws", "wss"):
            self.assertIsNone(self.told(self.by(transport), "alice"), transport)
        self.assertEqual(self.server.stop(), 0)

    def test_a_plain_client_sees_no_byte_of_it(self):
        change_key(self.server)
        peer = self.by("curve", self.old_key).register("alice").login("alice")
        peer.request("attach", "alice", peer.token, answer=("alice",))
        bob = self.by("curve", self.old_key).register("bob").login("bob")
        peer.ask("whisper", "bob", "as ever")
        bob.expect("update", "whisper", "alice", "as ever")
        self.assertEqual(self.server.stop(), 0)

    def test_a_restart_within_the_change_goes_on_with_it(self):
        self.by("null").register("alice")
        new_key = change_key(self.server)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.told(self.by("curve", self.old_key), "alice"), new_key)
        end_overlap(self.server)
        self.assertTrue(refused(self.server, self.old_key))
        self.assertIsNone(self.told(self.by("curve", new_key), "alice"))
        self.assertEqual(self.server.stop(), 0)

    def test_a_connection_from_before_the_end_learns_nothing_after_it(self):
        """Nor of a key that was revoked meanwhile: who has stolen it would be believed."""
        peer = self.by("curve").register("alice")
        new_key = change_key(self.server)
        self.assertIsNone(self.told(peer, "alice"))  # it was sealed before the change
        peer = self.by("curve", self.old_key)
        self.assertEqual(self.told(peer, "alice"), new_key)
        last_key = revoke_key(self.server)
        peer.send("request", "attach", peer.name, peer.token, MAP)
        self.assertNotIn("next_key", peer.recv()[4])
        for key in (self.old_key, new_key):
            self.assertTrue(refused(self.server, key))
        self.assertFalse(refused(self.server, last_key))
        self.assertEqual(self.server.stop(), 0)

    def test_a_damaged_file_ends_nothing(self):
        self.by("null").register("alice")
        new_key = change_key(self.server)
        with open(key_file(self.server), "r+", encoding="ascii") as file:
            file.truncate(100)
        hang_up(self.server, "the key in use stays: ")
        self.assertEqual(self.told(self.by("curve", self.old_key), "alice"), new_key)
        self.assertFalse(refused(self.server, new_key))
        self.assertEqual(self.server.stop(), 0)


if __name__ == "__main__":
    main()
