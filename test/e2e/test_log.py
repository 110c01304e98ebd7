"""What the log says of peers, and that fail2ban can read it: PATH OF CHINWAGD README."""

import re
import sys

from harness import PASSWORD, Peer, Server, ServerTest, main

README = sys.argv.pop(2)
LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z chinwagd: (.*)$")


def failregex():
    """The README's, with <HOST> as fail2ban has it (fail2ban.server.failregex)."""
    with open(README, encoding="utf-8") as file:
        found = re.search(r"^failregex = (.*)$", file.read(), re.MULTILINE)
    host = (r"\[?(?:(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})"
            r"|(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|::){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):)))\]?")
    return re.compile(found[1].replace("<HOST>", host))


class Log(ServerTest):
    settings = {"registration": "open"}

    def sentences(self):
        found = []
        for line in self.server.log().splitlines():
            match = LINE.match(line)
            self.assertTrue(match, line)
            found.append(match[1])
        return found

    def banned(self):
        """The addresses that fail2ban reads, from a file, after it has cut out the date it
        found, and from what journald makes of the lines."""
        regex = failregex()
        lines = self.server.log().splitlines()
        ways = ([], [], [])
        for line in lines:
            without_date = re.sub(r"^\d{4}-\S+Z", "", line)
            for way, text in zip(ways, (line, without_date, " host chinwagd[17]: " + line)):
                match = regex.search(text)
                if match:
                    way.append(match["ip4"] or match["ip6"])
        self.assertEqual(ways[0], ways[1])
        self.assertEqual(ways[0], ways[2])
        return ways[0]

    def ask(self, *objects):
        peer = Peer(self.server)
        peer.send("request", *objects)
        answer = peer.recv()
        peer.close()
        return answer[2]

    def test_who_comes_is_told_once_a_minute(self):
        for _ in range(3):
            self.assertEqual(self.ask("login", "nobody", PASSWORD), 514)
        self.assertEqual(self.ask("register", "alice", PASSWORD), 0)
        self.assertEqual(self.ask("register", "alice", PASSWORD), 513)
        for _ in range(5):
            self.assertEqual(self.ask("login", "alice", "wrong password"), 515)
        while self.ask("login", "alice", "wrong password") != 1026:
            pass
        self.assertEqual(self.sentences(), [
            '127.0.0.1: login refused: no such user: "nobody"',
            '127.0.0.1: registration accepted: "alice"',
            '127.0.0.1: registration refused: name taken: "alice"',
            '127.0.0.1: login refused: wrong password: "alice"',
            '127.0.0.1: login refused: too many tries: "alice"'])
        self.assertEqual(self.banned(), ["127.0.0.1"] * 3)

    def test_who_is_let_in_is_not_banned(self):
        self.assertEqual(self.ask("register", "alice", PASSWORD), 0)
        self.assertEqual(self.ask("login", "alice", PASSWORD), 0)
        self.assertEqual(self.ask("login", "alice", PASSWORD), 0)
        self.assertEqual(self.sentences(), [
            '127.0.0.1: registration accepted: "alice"',
            '127.0.0.1: login accepted: "alice"'])
        self.assertEqual(self.banned(), [])

    def test_a_name_bans_nobody_else(self):
        """It is a stranger's: it begins no line, ends no quotation and is no address."""
        line = "chinwagd:198.51.100.1:login refused:wrong password:"
        for name in ('a"', "a\\", line.replace(" ", ""), "x\n" + line, "chinwagd: 198.51.100.1: login"
                     " refused: wrong password:", '": 198.51.100.1', "\u2028" + line):
            self.ask("login", name, PASSWORD)
            self.ask("register", name, PASSWORD)
        for sentence in self.sentences():
            self.assertTrue(sentence.startswith("127.0.0.1: "), sentence)
        self.assertEqual(set(self.banned()), {"127.0.0.1"})

    def test_what_is_closed_is_told_once_a_minute(self):
        for _ in range(20):
            raw = self.raw()
            raw.handshake()
            for _ in range(3):
                raw.send_frame(b"\xc1")
            raw.recv_until_closed()
            raw.close()
        self.assertEqual(self.sentences(), ["127.0.0.1: closed: keeps sending what is no message"])


class Invited(Log):
    settings = {"registration": "invited"}

    def test_who_comes_is_told_once_a_minute(self):
        self.assertEqual(self.ask("register", "alice", PASSWORD), 1027)
        self.assertEqual(self.sentences(), [
            '127.0.0.1: registration refused: not invited: "alice"'])
        self.assertEqual(self.banned(), ["127.0.0.1"])

    test_who_is_let_in_is_not_banned = test_a_name_bans_nobody_else = None
    test_what_is_closed_is_told_once_a_minute = None


class BothKindsOfAddresses(Log):
    def test_who_comes_is_told_once_a_minute(self):
        """A listener for IPv6 and IPv4 alike: an IPv4 address is said as one."""
        server = Server(registration="open", password_cost="interactive")
        server.address, server.attributes = "[::]", " plaintext"
        with server:
            server.address = "127.0.0.1"
            self.server.stop()
            self.server, before = server, self.server
            self.assertEqual(self.ask("login", "nobody", PASSWORD), 514)
            self.assertEqual(self.sentences(), [
                '127.0.0.1: login refused: no such user: "nobody"'])
            self.assertEqual(self.banned(), ["127.0.0.1"])
            self.server = before

    test_who_is_let_in_is_not_banned = test_a_name_bans_nobody_else = None
    test_what_is_closed_is_told_once_a_minute = None


if __name__ == "__main__":
    main()
