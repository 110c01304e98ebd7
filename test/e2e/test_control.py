"""chinwagctl and the control socket: who may use it, what it answers to wrong words, and that a peer
who says nothing or too much costs the server nothing."""

import os
import stat
import unittest
from socket import MSG_PEEK

from control import Socket, ask, run
from harness import Peer, Server, main


class Control(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())

    def test_status(self):
        peer = Peer(self.server).register("alice").login("alice")
        self.addCleanup(peer.close)
        status, = ask(self.server, "status")
        self.assertEqual((status["connections"], status["sessions"]), (1, 1))
        self.assertGreater(status["database_bytes"], 0)
        code, out, err = run(self.server.data, "status")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("sessions          1\n", out)

    def test_only_for_the_servers_user(self):
        mode = os.stat(os.path.join(self.server.data, "control")).st_mode
        self.assertEqual((stat.S_ISSOCK(mode), stat.S_IMODE(mode)), (True, 0o600))

    def test_wrong_words(self):
        for words, sentence in (
                (("statsu",), "chinwagctl: there is no command 'statsu'; did you mean: "
                              "chinwagctl status\n"),
                (("status", "now"), "chinwagctl: this is wanted: chinwagctl status\n"),
                ((), "chinwagctl: a command is wanted; 'chinwagctl help' shows all\n"),
                (("x",) * 17, "chinwagctl: a command has at most 16 words: put what has blanks "
                              "into quotes\n")):
            self.assertEqual(run(self.server.data, *words), (2, "", sentence))

    def test_no_server(self):
        self.server.stop()
        self.assertFalse(os.path.exists(os.path.join(self.server.data, "control")))
        stopped = (3, "", f"chinwagctl: no server runs with the data folder {self.server.data}\n"
                   "  start it (systemctl start chinwag-server), or name another folder: "
                   "--data DIR\n")
        self.assertEqual(run(self.server.data, "status"), stopped)
        self.assertEqual(run(self.server.data + "/none", "status"),
                         (3, "", f"chinwagctl: {self.server.data}/none: No such file or directory\n"
                          "  name the server's data folder: chinwagctl --data DIR ...\n"))

    def test_a_server_that_stops_says_so(self):
        with Socket(self.server) as peer:
            peer.send(b"C", b"top\0--every\0" b"1\0--json\0")
            first = peer.socket.recv(65536, MSG_PEEK)
            self.assertIn(b"connections", first)
            self.server.stop()
            *_, trouble, end = peer.frames()
            self.assertEqual((trouble, end), ((b"T", b"chinwagctl: the server is stopping\n"),
                                              (b"E", b"\x03")))

    def test_a_killed_server_leaves_a_socket_that_the_next_one_replaces(self):
        self.server.process.kill()
        self.server.process.wait()
        self.assertTrue(os.path.exists(os.path.join(self.server.data, "control")))
        code, _, err = run(self.server.data, "status")
        self.assertEqual(code, 3)
        self.assertIn("no server runs with the data folder", err)
        self.server.start()
        self.assertEqual(ask(self.server, "status")[0]["sessions"], 0)

    def test_a_long_path(self):
        """Longer than the address of a socket."""
        data = os.path.join(self.server.home, "x" * 100, "y" * 100)
        os.makedirs(data)
        with Server(data=data) as server:
            self.assertEqual(ask(server, "status")[0]["sessions"], 0)

    def test_what_is_no_command_is_refused(self):
        wrong = [(b"C", b"status"), (b"C", b""), (b"C", b"x\0" * 17), (b"O", b"status\0"),
                 (b"C", b"s" * 70000 + b"\0"), (b"C", b"nonsense\0")]
        for kind, body in wrong:
            with Socket(self.server) as peer:
                try:
                    peer.send(kind, body)
                except OSError:
                    pass  # it was refused before all of it was sent
                frames = peer.frames()
                self.assertEqual([kind for kind, _ in frames], [b"T", b"E"])
                self.assertEqual(frames[1][1], b"\2")
        self.assertEqual(ask(self.server, "status")[0]["sessions"], 0)

    def test_peers_who_say_nothing_take_their_places_only(self):
        silent = [Socket(self.server) for _ in range(16)]
        code, out, err = run(self.server.data, "status")
        self.assertEqual((code, out, err), (1, "", "chinwagctl: 16 commands run already: wait for "
                                            "one, or end one\n"))
        for peer in silent:
            peer.send(b"C", b"status\0")
            self.assertEqual(peer.frames()[-1], (b"E", b"\0"))
            peer.__exit__()
        self.assertEqual(ask(self.server, "status")[0]["sessions"], 0)

    def test_help(self):
        code, out, _ = run(self.server.data, "help", "all")
        self.assertEqual(code, 0)
        self.assertIn("\nchinwagctl status\n", out)


if __name__ == "__main__":
    main()
