"""Rules that nobody can undo: PATH OF CHINWAGD."""

from harness import PASSWORD, Peer, ServerTest, main


class Blocks(ServerTest):
    def restart(self):
        self.server.stop()
        self.server.start()

    def attach(self, name, token):
        peer = Peer(self.server)
        peer.request("attach", name, token, answer=(name,))
        peer.name, peer.token = name, token
        return peer

    def test_a_failed_login_does_not_undo_a_block(self):
        """A server that has just started knows nobody; a look-up is not half a user."""
        alice = Peer(self.server).register("alice").login_extended("alice")
        mallory = Peer(self.server).register("mallory").login("mallory")
        alice.send("request", "block", "alice", alice.token, "mallory")
        self.assertEqual(alice.recv()[:3], ["response", "block", 0])
        token = mallory.token
        for provoke in ("wrong password", "right password", "an added contact", "nothing"):
            alice.close()
            mallory.close()
            self.restart()
            mallory = self.attach("mallory", token)
            other = Peer(self.server)
            if provoke == "wrong password":
                other.request("login", "alice", "wrong horse", code=515)
            elif provoke == "right password":
                other.login("alice")
            elif provoke == "an added contact":
                mallory.ask("add_contact", "alice")
            mallory.ask("whisper", "alice", "you cannot block me", code=1027)
            alice = other
        alice.login("alice")
        alice.nothing_waits()
        alice.close()
        mallory.close()

    def test_who_blocks_many(self):
        """More than the server remembers of somebody without a session."""
        alice = Peer(self.server).register("alice").login_extended("alice")
        for i in range(20):
            alice.send("request", "register", f"m{i}", PASSWORD)
            self.assertIn(alice.recv()[2], (0,))
            alice.send("request", "block", "alice", alice.token, f"m{i}")
            self.assertEqual(alice.recv()[:3], ["response", "block", 0])
        alice.close()
        mallory = Peer(self.server).login("m7")
        mallory.ask("whisper", "alice", "one", code=1027)
        stranger = Peer(self.server)
        stranger.request("login", "alice", "wrong horse", code=515)
        mallory.ask("whisper", "alice", "two", code=1027)
        for peer in (mallory, stranger):
            peer.close()


class Strangers(ServerTest):
    settings = {"strangers_per_minute": 1}

    def test_a_refusal_with_a_reason_is_plain_to_a_plain_client(self):
        """Its reason is in the map, which a client that sent none does not get."""
        peer = self.peer().register("alice").register("x1").register("x2").login("alice")
        peer.ask("whisper", "x1", "hello")
        for _ in range(5):
            peer.ask("whisper", "x2", "hello", code=1026)


if __name__ == "__main__":
    main()
