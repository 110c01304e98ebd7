"""Floods of one address, and people at another, or at the same, who want to log in:
whatever the flood does, each of them gets in."""

import select

from harness import PASSWORD, PATIENCE, Raw, ServerTest, encode, main

FLOOD, HONEST = "127.0.0.2", "127.0.0.3"
LOGINS = 20


class FloodTest(ServerTest):
    settings = {"connections_max": 100, "connections_per_address": 80, "waiting_max": 20,
                "waiting_per_address": 10}

    def setUp(self):
        super().setUp()
        self.user("alice")
        self.flood = []

    def attack(self, count, *requests):
        """So many connections of the flood's, each with a handshake and this to say."""
        for _ in range(count):
            peer = self.raw(source=FLOOD)
            if requests:
                frames = [encode("request", *r) for r in requests]
                peer.send(Raw.GREETING + Raw.ready() +
                          b"".join(bytes([0, len(f)]) + f for f in frames))
            self.flood.append(peer)

    def begin(self, source=HONEST):
        peer = self.raw(source=source)
        peer.handshake()
        return peer

    def get_in(self, peer, name="alice"):
        peer.request("login", name, PASSWORD)
        answer = peer.recv()
        self.assertEqual(answer[:4], ["response", "login", 0, name])
        peer.request("logout", name)
        self.assertEqual(peer.recv(), ["response", "logout", 0])
        peer.close()


class Floods(FloodTest):
    def test_silent_sockets(self):
        self.attack(200)
        for _ in range(LOGINS):
            self.get_in(self.begin())

    def test_churn_of_handshakes(self):
        for _ in range(LOGINS):
            self.attack(12, ("nonsense",))
            peer = self.begin()
            self.attack(12, ("nonsense",))
            self.get_in(peer)

    def test_the_same_address(self):
        for _ in range(LOGINS):
            self.attack(12)
            self.get_in(self.begin(FLOOD))

    def test_the_flood_keeps_its_share(self):
        self.attack(30)
        self.get_in(self.begin())
        closed = sum(bool(select.select([p.socket], [], [], 0)[0]) for p in self.flood[:20])
        self.assertEqual(closed, 20)
        ready, _, _ = select.select([p.socket for p in self.flood[20:]], [], [], 0)
        self.assertEqual(ready, [])

    def test_wrong_passwords_and_new_users_at_once(self):
        self.attack(30, ("login", "alice", "wrong password"))
        for i in range(30):
            self.attack(1, ("register", f"mallory{i}", PASSWORD))
        for _ in range(LOGINS):
            self.get_in(self.begin())


class Office(ServerTest):
    """Sixty people behind one address, with the limits as they come."""
    settings = {"requests_per_s": 50, "texts_per_s": 20}

    def test_sixty_people(self):
        people = {}
        for i in range(60):
            peer = self.raw(source=HONEST)
            peer.handshake()
            peer.request("register", f"person{i}", PASSWORD)
            people[peer.socket] = (peer, f"person{i}")
        while people:
            ready, _, _ = select.select(people, [], [], PATIENCE)
            self.assertTrue(ready)
            for peer, name in [people[socket] for socket in ready]:
                _, action, code = peer.recv()[:3]
                self.assertIn(code, (0, 1029))
                if (action, code) == ("login", 0):
                    del people[peer.socket]
                else:  # the next step, or the same again
                    peer.request("login" if code == 0 else action, name, PASSWORD)


class Guesses(ServerTest):
    """Who has a token, and guesses the password that belongs to it."""

    def guess(self, peer, token):
        peer.request("change_password", "alice", token, "a wrong guess", "another password")
        return peer.recv()[2]

    def flood(self, source, names):
        """Logins with names that nobody has, pipelined over connections."""
        for begin in range(0, names, 64):
            peer = self.raw(source=source)
            peer.handshake()
            for i in range(begin, begin + 64):
                peer.request("login", f"nobody{i}", "a wrong guess")
            for _ in range(64):
                self.assertIn(peer.recv()[2], (515, 1026))
            peer.close()

    def test_made_up_names_end_no_wait(self):
        alice = self.user("alice")
        self.server.stop()
        self.server.settings["registration"] = "invited"
        self.server.start()
        for source in (FLOOD, HONEST):
            peer = self.raw(source=FLOOD)
            peer.handshake()
            peer.request("attach", "alice", alice.token, {"client": "guesser"})
            self.assertEqual(peer.recv()[:3], ["response", "attach", 0])
            while self.guess(peer, alice.token) != 1026:
                pass
            self.flood(source, 4224)
            codes = [self.guess(peer, alice.token) for _ in range(3)]
            self.assertIn(1026, codes[:2])  # at most one, if the wait was over meanwhile
            peer.close()


if __name__ == "__main__":
    main()
