"""A REQ socket may ask: the empty frame that it puts in front comes back with
the answer to that request, and updates never reach it."""

import zmq

from harness import PASSWORD, ServerTest, decode, encode, main


class Req(ServerTest):
    def test_register_login_whisper(self):
        bob = self.user("bob")
        alice = self.peer(zmq.REQ).register("alice").login("alice")
        alice.ask("whisper", "bob", "hi")
        bob.expect("update", "whisper", "alice", "hi")

    def test_no_updates(self):
        """One would be taken for the answer to the next request."""
        alice = self.peer(zmq.REQ).register("alice").login("alice")
        bob = self.user("bob")
        for i in range(5):
            bob.ask("whisper", "alice", f"message {i}")
        alice.request("nonsense", code=1024)
        alice.ask("create_group", "cooks")
        bob.ask("join_group", "cooks")
        bob.ask("msg_group", "cooks", "soup")
        alice.request("logout", "alice")
        # They are there for a client that can take them.
        dealer = self.peer().login("alice")
        for i in range(5):
            dealer.expect("update", "whisper", "bob", f"message {i}")
        dealer.expect("update", "msg_group", "cooks", "bob", "soup")

    def test_the_delimiter_is_mirrored_on_that_answer_only(self):
        alice, bob = self.user("alice"), self.user("bob")
        request = encode("request", "whisper", "alice", alice.token, "bob", "hi")
        alice.socket.send_multipart([b"", request])
        self.assertEqual(alice.socket.recv_multipart(),
                         [b"", encode("response", "whisper", 0)])
        bob.expect("update", "whisper", "alice", "hi")
        bob.ask("whisper", "alice", "no delimiter here")
        alice.expect("update", "whisper", "bob", "no delimiter here")
        alice.ask("whisper", "bob", "nor here")

    def test_on_the_wire(self):
        peer = self.raw()
        peer.handshake(b"REQ")
        peer.send_frame(b"", more=True)
        peer.send_frame(encode("request", "register", "alice", PASSWORD))
        self.assertEqual(peer.recv_frame(), (1, b""))
        flags, body = peer.recv_frame()
        self.assertEqual((flags, decode(body)), (0, ["response", "register", 0]))


if __name__ == "__main__":
    main()
