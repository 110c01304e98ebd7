#!/usr/bin/python3
"""The terminal client's first start: which server, by which key, which account; what the first client
of this protocol was typed; and several servers side by side."""

import json
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys

from command import PASSWORD, children, main
import control
from harness import PATIENCE, Server
from relays import OTHER_KEY, Relays
from terminals import Terminals


class FirstTest(Relays, Terminals):
    def link(self, key=None):
        return f"chinwag://{self.relay.name}/#3f2b8c1e-9d4a-4f6b-8e21-7a5c0d9b6e13,{key or self.relay.key}"

    def address(self):
        return f"{self.server.address}:{self.server.port}"

    def another(self):
        """A second server, and its address."""
        other = self.another_server().__enter__()
        self.addCleanup(other.__exit__, None)
        return other, f"{other.address}:{other.port}"

    def test_it_asks_for_the_server(self):
        screen = self.open(columns=120)
        screen.waits("Welcome to Chinwag. Which server?", "Server or link:")
        screen.enters("http://what is this")
        screen.waits("This cannot be used: it is neither HOST, HOST:PORT nor wss://HOST")
        screen.enters(self.link()[:-1])
        screen.waits("This cannot be used: its end is missing")
        self.write_known(f"{self.relay.name} curve {OTHER_KEY}\n")
        screen.enters(self.link())
        screen.waits(f"THE KEY OF THE SERVER AT {self.relay.name} IS NOT THE ONE", "The key known here is in")
        self.write_known("")
        screen.enters(f"  <{self.link()}>. ")
        screen.waits(f"Nobody is logged in at {self.relay.name} yet",
                     f"is known here by the key {self.relay.key}", "Your new name there (")
        screen.enters("alice")
        screen.waits("Welcome to Chinwag. Ten keys", "/msg NAME TEXT")
        self.assertEqual(self.known(), f"{self.relay.name} curve {self.relay.key}\n")
        screen.enters("/quit")
        screen.waits("ended 0")
        again = self.open()
        again.waits("Welcome to Chinwag. Ten keys", without=["Server or link", "Your new name"])

    def test_a_link_in_the_place_of_a_command(self):
        screen = self.open(self.link())
        screen.waits(f"Nobody is logged in at {self.relay.name} yet", "Your new name there (")
        screen.enters("alice")
        screen.waits("Ten keys")
        screen.enters("/quit")
        screen.waits("ended 0")
        self.assertEqual(self.done("whoami"), f"alice at {self.relay.name}\n")

    def set_up_link(self, server):
        return re.search(r"http://\S+", "".join(server.process.stdout.readline().decode()
                                                for _ in range(6)))[0]

    def test_a_set_up_link(self):
        """As the server prints it: by it a new account, and one that is there, administer the server."""
        with Server(registration="invited") as server:
            link = self.set_up_link(server)
            screen = self.open(CHINWAG_PASSWORD=None, columns=120)
            screen.waits("Server or link:")
            screen.enters(link)
            screen.waits("The link makes you its administrator.", "Your name there:")
            screen.enters("alice")
            screen.waits("Do you have an account there already?")
            screen.enters("")
            screen.waits("New password for alice:")
            screen.enters("a-good-password")
            screen.waits("The same again:")
            screen.enters("a-good-password")
            screen.waits("Ten keys")
            screen.enters("/admin status")
            screen.waits("alice is an administrator")
            screen.enters("/quit")
            screen.waits("ended 0")

        with self.another_server() as server:
            self.done("--server", f"{server.address}:{server.port}", "register", "alice")
            server.stop()
            database = sqlite3.connect(os.path.join(server.data, "chinwag.db"))
            with database:
                database.execute("UPDATE users SET admin = 0")
            database.close()
            server.start()
            screen = self.open(self.set_up_link(server), XDG_STATE_HOME=self.path("new"), columns=120)
            screen.waits("The link makes you its administrator.", "Your name there:")
            screen.enters(f"/login alice {PASSWORD}")
            screen.waits("Ten keys")
            screen.enters("/admin status")
            screen.waits("alice is an administrator")

    def test_a_link_for_this_device(self):
        self.done("--server", self.address(), "register", "alice")
        with self.start("--server", self.address(), "link-device", stdin=subprocess.PIPE) as old:
            link = old.out()
            while not link.startswith("chinwag://"):
                link = old.out()
            screen = self.open(link.strip(), XDG_STATE_HOME=self.path("new"), columns=120)
            screen.waits("Your new name there (Enter alone: you have an account there):")
            screen.enters("")
            screen.waits("[d, g, p, n]")
            screen.enters("d")
            shown = screen.waits("type these digits at the device that made the link: ")
            digits = re.search(r"made the link: (\d{6})", shown)[1]
            self.confirm(old, digits)
            screen.waits("Ten keys", "alice")
            self.assertEqual(old.end()[:2], (0, "the new device is logged in\n"))

    def test_a_link_for_a_new_password(self):
        for name in ("alice", "bob"):
            self.done("--server", self.address(), "register", name)
        code = control.ask(self.server, "user", "reset", "bob")[0]["link"]
        screen = self.open(f"http://{self.address()}/#/reset/{code}", CHINWAG_PASSWORD=None,
                           XDG_STATE_HOME=self.path("new"), columns=120)
        screen.waits("New password for your account:")
        screen.enters("another-password")
        screen.waits("The same again:")
        screen.enters("another-password")
        screen.waits("the password of bob is changed", "Your name there:")
        screen.enters("bob")
        screen.waits("Password for bob:")
        screen.enters("another-password")
        screen.waits("Ten keys")

    def test_links_to_a_group(self):
        for name in ("alice", "bob"):
            self.done("--server", self.address(), "register", name)
        self.done("--server", self.address(), "--as", "alice", "group", "create", "cooks")
        self.done("--server", self.address(), "--as", "alice", "group", "create", "bakers")
        code = self.done("--server", self.address(), "--as", "alice", "invite", "#cooks").split()[0]
        screen = self.open(f"http://{self.address()}/#/join/cooks/{code}", columns=120,
                           XDG_STATE_HOME=self.path("new"))
        screen.waits("Your name there:")
        screen.enters(f"/login bob {PASSWORD}")
        screen.waits("The link leads to the group #cooks. Join it? [Y/n]")
        screen.enters("")
        screen.waits("[1] #cooks")
        screen.enters(f"/server chinwag://{self.address()}/#bakers")
        screen.waits("[1] #cooks", "the link leads to the group #bakers, and you are not in it",
                     without=["2 #bakers"])
        screen.enters("/join #bakers")
        screen.waits("[2] #bakers")
        screen.enters(f"/server chinwag://{self.address()}/#cooks")
        screen.waits("[1] #cooks")

    def test_a_link_to_a_place_is_the_client_there(self):
        """chinwag LINK, at a terminal; with options of another command, or elsewhere, the link is for that."""
        for name in ("alice", "bob"):
            self.done("--server", self.address(), "register", name)
        for group in ("cooks", "bakers"):
            self.done("--server", self.address(), "--as", "alice", "group", "create", group)
        self.done("--server", self.address(), "--as", "alice", "send", "#bakers", "rolls")
        self.done("--server", self.address(), "--as", "alice", "send", "@bob", "hello")
        self.done("--server", self.address(), "--as", "alice", "send", "#cooks", "soup")
        link = f"chinwag://{self.address()}/#bakers"
        screen = self.open("--as", "alice", link, columns=120)
        screen.waits("] #bakers", "alice   rolls")
        screen.enters("/quit")
        screen.waits("ended 0")
        screen = self.open("--as", "bob", link, columns=120)
        screen.waits("[1] alice", "the link leads to the group #bakers, and you are not in it")
        screen.enters("/join #bakers")
        screen.waits("] #bakers", "bob joined")
        screen.enters("/quit")
        screen.waits("ended 0")
        screen = self.open("--as", "bob", f"chinwag://{self.address()}/@alice", columns=120)
        screen.waits("] alice", "hello")
        screen.enters("/quit")
        screen.waits("ended 0")
        screen = self.open("--as", "bob", f"chinwag://{self.address()}/#", columns=120)
        screen.waits("the link cannot be used", "ended 2")
        screen = self.open("--as", "bob", "--limit", "1", link, columns=120)
        screen.waits("alice: rolls\nended 0")
        self.assertIn("rolls", self.done("--as", "bob", link))  # not at a terminal

    def test_a_link_where_somebody_is_logged_in(self):
        for name in ("alice", "bob"):
            self.done("--server", self.address(), "register", name)
        self.done("--server", self.address(), "--as", "alice", "group", "create", "cooks")
        code = self.done("--server", self.address(), "--as", "alice", "invite", "#cooks").split()[0]
        screen = self.open(f"http://{self.address()}/#/login/{code}", "--as", "bob", columns=120)
        screen.waits("Somebody is logged in here already: nothing is done with the link.", "Enter goes on.")
        screen.enters("")
        screen.waits("Ten keys", without=["Enter goes on."])
        screen.enters(f"/server chinwag://{self.address()}/@alice")
        screen.waits("[1] alice")
        screen.enters(f"/server http://{self.address()}/#/reset/{'a' * 43}")
        screen.waits("chinwag reset-password LINK sets the password", "Enter goes on.")
        screen.enters("")
        screen.waits("[1] alice", without=["Enter goes on."])
        screen.enters(f"/server chinwag://{self.address()}/#{code}")
        for question, answer in (("[d, g, p, n]", "g"), ("To which group?", "bakers"), ("Join it?", "")):
            screen.waits(question)
            screen.enters(answer)
        screen.waits("bakers", "Enter goes on.")  # why it was refused can be read
        screen.enters("")
        screen.waits("[1] alice", without=["Enter goes on."])
        screen.enters(f"/server chinwag://{self.address()}/#{code}")
        for question, answer in (("[d, g, p, n]", "g"), ("To which group?", "cooks"), ("Join it?", "")):
            screen.waits(question)
            screen.enters(answer)
        screen.waits("] #cooks")

    def test_the_group_of_a_link_is_forgotten_with_it(self):
        """Who gives up at the question for a name is not led to that group by another address."""
        there = self.another()[1]
        for server in (there, self.address()):
            self.done("--server", server, "register", "alice", XDG_STATE_HOME=self.path("elsewhere"))
            for group in ("bakers", "cooks"):
                self.done("--server", server, "group", "create", group, XDG_STATE_HOME=self.path("elsewhere"))
        self.done("--server", self.address(), "login", "alice")
        screen = self.open("--server", self.address(), columns=120)
        shown = screen.waits("[1] #")
        first = shown[shown.index("[1] #"):].split()[1]
        other, = {"#bakers", "#cooks"} - {first}
        screen.enters(f"/server chinwag://{there}/#3f2b8c1e-9d4a-4f6b-8e21-7a5c0d9b6e13")
        for question, answer in (("Your new name there", ""), ("[d, g, p, n]", "g"), ("To which group?", other),
                                 ("Your name there", "/exit"), ("Enter goes back.", "")):
            screen.waits(question)
            screen.enters(answer)
        screen.waits("[1] " + first, without=["Enter goes back."])
        self.done("--server", there, "login", "alice")
        screen.enters(f"/server {there}")
        screen.waits("\n" + self.address()[:16], "\n" + there[:16], "[1] " + first, without=["loading"])

    def test_another_key_is_refused_with_words(self):
        self.done("register", "alice", "--invitation", self.link())
        self.write_known(f"{self.relay.name} curve {OTHER_KEY}\n")
        screen = self.open(columns=160)
        screen.waits(f"THE KEY OF THE SERVER AT {self.relay.name} IS NOT THE ONE THAT IS KNOWN HERE",
                     "forget-server", "ended 3")
        self.assertEqual(self.known(), f"{self.relay.name} curve {OTHER_KEY}\n")

    def test_what_is_refused_is_asked_for_again(self):
        self.done("--server", self.address(), "register", "alice")
        screen = self.open(XDG_STATE_HOME=self.path("elsewhere"), CHINWAG_SERVER=self.address(),
                           CHINWAG_PASSWORD=None)
        screen.waits("Your name there:")
        screen.enters("/login alice a-wrong-password")
        screen.waits("wrong", "Your name there:")
        screen.enters("/register alice some-password")
        screen.waits("taken", "Your name there:")
        screen.enters("/register carol")
        screen.waits("New password for carol:")
        screen.enters("a-good-password")
        screen.waits("The same again:")
        screen.enters("another-password")
        screen.waits("are not the same", "nothing was done\nYour name there:")
        screen.enters(f"/login alice {PASSWORD}")
        screen.waits("Ten keys")
        screen.enters("/quit")
        screen.waits("ended 0")

    def test_the_first_clients_session(self):
        for name in ("bob", "carol"):
            self.done("--server", self.address(), "register", name)
        self.by("bob", "group", "create", "cooks")
        screen = self.open(columns=110, rows=30, CHINWAG_PASSWORD=None, SDL_AUDIODRIVER="dummy",
                           XDG_STATE_HOME=self.path("dave"), CHINWAG_SERVER=self.address())
        screen.waits("Your name there:")
        screen.enters("/register dave a-good-password")
        screen.waits("Ten keys")
        screen.enters("/login dave a-good-password")
        screen.waits("you are logged in as dave")
        screen.enters("/add carol")
        screen.enters("/msg bob hello bob")
        screen.waits("[1] bob", "dave   hello bob", without=["under way"])
        screen.enters("/w bob and again")
        screen.waits("and again", without=["under way"])
        screen.enters("/create_group bakers")
        screen.waits("#bakers", "@dave")
        screen.enters("/join_group cooks")
        screen.waits("#cooks", " bob", "dave joined")
        screen.enters("/msg_group cooks hello cooks")
        screen.waits("hello cooks", without=["under way"])
        screen.enters("/join_call cooks")
        screen.waits("[call: 1, you: on air")
        screen.enters("/leave_call")
        screen.waits("dave left the call", without=["[call:"])
        screen.enters("/record")
        # As long as "[playing" is there to be seen.
        screen.until(lambda shown: re.search(r"\[recording ([5-9]|\d\d)", shown), screen.screen)
        screen.keys("Enter")
        screen.waits("[voice message, ", without=["[recording", "under way"])
        before = len(screen.written)
        screen.enters("/play")
        screen.writes("playing ", since=before)
        screen.waits("[voice message, ", without=["[playing"])
        screen.enters("/logout")
        screen.waits("logged out dave", "ended 0")
        self.assertEqual(self.history("bob", "@dave"), ["dave: hello bob", "dave: and again"])
        self.assertIn("dave: hello cooks", self.history("bob", "#cooks"))
        again = self.open(XDG_STATE_HOME=self.path("dave"), CHINWAG_SERVER=self.address())
        again.waits("Your name there:")
        again.enters("/exit")
        again.waits("ended 2")

    def open_of_two(self):
        """The address of a second server, and the client at the first; at each alice has #cooks."""
        there = self.another()[1]
        for server in (there, self.address()):
            self.done("--server", server, "register", "alice")
            self.done("--server", server, "--as", "alice", "group", "create", "cooks")
        screen = self.open("--server", self.address(), "--as", "alice", columns=120, SDL_AUDIODRIVER="dummy")
        screen.waits("[1] #cooks")
        return there, screen

    def test_one_call_at_a_time(self):
        there, screen = self.open_of_two()
        screen.enters("/call")
        screen.waits("[call: 1, you: on air")
        screen.enters(f"/server {there}")
        screen.waits("[1] #cooks", "\n" + self.address()[:16], without=["on air"])
        screen.enters("/call")
        screen.waits(f"you are in a call at {self.address()}:")
        screen.enters("/server " + self.address())
        screen.waits("on air")
        screen.enters("/leave")
        screen.waits("alice left the call", without=["on air"])
        screen.keys("M-s")
        self.calls_at_last(screen, 1)
        screen.enters(f"/server -{there}")  # its call ends with it
        screen.waits("[1] #cooks", without=["on air", "\n" + there[:16]])
        self.until(lambda: not self.is_in_call(there))
        self.calls_at_last(screen, screen.screen().count("in a call at"))

    def calls_at_last(self, screen, refusals):
        """The call before may still have its sound device: so many refusals are on the screen."""
        seen = ""
        while "on air" not in seen:
            screen.enters("/call")
            seen = screen.until(lambda now: "on air" in now or now.count("in a call at") > refusals,
                                screen.screen)
            refusals = seen.count("in a call at")

    def test_a_call_that_does_not_end_is_killed(self):
        """At a server that is closed: until then there is no other call."""
        there, screen = self.open_of_two()
        screen.enters(f"/server {there}")
        screen.waits("[1] #cooks", "\n" + self.address()[:16])
        screen.enters("/call")
        screen.waits("[call: 1, you: on air")
        call, = children(screen.process())
        os.kill(call, signal.SIGSTOP)
        ended = os.pidfd_open(call)
        self.addCleanup(os.close, ended)
        screen.enters(f"/server -{there}")
        screen.waits("[1] #cooks", without=["\n" + there[:16], "on air"])
        screen.enters("/call")
        refusal = f"you are in a call at {there}:"
        seen = screen.until(lambda now: refusal in now or "on air" in now, screen.screen)
        self.assertTrue(select.select([ended], [], [], PATIENCE if refusal in seen else 0)[0])
        if refusal in seen:
            self.calls_at_last(screen, seen.count("in a call at"))

    def is_in_call(self, server):
        members = self.done("--server", server, "--as", "alice", "group", "members", "cooks", "--json")
        return bool(json.loads(members).get("in_call"))

    def end_other_sessions(self, server):
        """From another device of alice's."""
        elsewhere = {"XDG_STATE_HOME": self.path("elsewhere")}
        self.done("--server", server, "login", "alice", **elsewhere)
        devices = self.done("--server", server, "device", "list", "--json", **elsewhere).splitlines()
        for device in map(json.loads, devices):
            if not device.get("current"):
                self.done("--server", server, "device", "remove", str(device["session"]), **elsewhere)

    def a_server_ends_the_session(self, there):
        """At one of several: the others say why, and its account can be opened elsewhere."""
        screen = self.open("--server", self.address(), columns=120)
        screen.waits("\n" + self.address()[:16], "\n" + there[:16], "[1] bob")
        self.end_other_sessions(there)
        screen.waits(f"{there} is closed here: alice was logged out here", "[1] bob", without=["\n" + there[:16]])
        screen.enters("/quit")
        screen.waits("ended 0")
        self.done("--server", there, "login", "alice")
        with open(self.path("state/chinwag/chat_servers"), "a", encoding="ascii") as names:
            names.write(there + "\n")

    def test_why_all_servers_are_closed_in_one_turn(self):
        servers = (self.address(), self.another()[1])
        for server in servers:
            self.done("--server", server, "register", "alice")
        screen = self.open("--server", servers[0], columns=120)
        screen.waits("Ten keys")
        screen.enters(f"/server {servers[1]}")
        screen.waits("\n" + servers[0][:16], "\n" + servers[1][:16])
        os.kill(screen.process(), signal.SIGSTOP)
        for server in servers:
            self.end_other_sessions(server)
        os.kill(screen.process(), signal.SIGCONT)
        screen.waits(*(f"chinwag: {server} is closed here: alice was logged out here" for server in servers),
                     "ended ")

    def test_servers_side_by_side(self):
        other, there = self.another()
        for server in (there, self.address()):
            for name in ("bob", "alice"):
                self.done("--server", server, "register", name)
            self.done("--server", server, "--as", "bob", "send", "@alice", f"from {server}")
        screen = self.open("--server", self.address(), "--as", "alice", columns=120)
        screen.waits("[1] bob", f"from {self.address()}")
        screen.enters("/server http://nothing")
        screen.waits("bad address", "Enter goes back.")
        screen.enters("")
        screen.waits("[1] bob", f"from {self.address()}")
        screen.enters("/theme dark")
        screen.waits("the theme is dark;")
        screen.enters(f"/server {there}")
        screen.waits("[1] bob", f"from {there}", "\n" + self.address()[:16])
        screen.enters("/theme")  # what was chosen before it was open counts
        screen.waits("the theme is dark;")
        self.done("--server", self.address(), "--as", "bob", "send", "@alice", "meanwhile, @alice")
        screen.waits(f"[{self.address()}: 1!]")
        screen.waits_title("(!1) chinwag")
        screen.enters("said there")
        screen.waits("alice   said there", without=["under way"])
        screen.enters("/theme light")
        screen.waits("the theme is light;")
        screen.keys("M-s")
        screen.waits("meanwhile, @alice", without=["said there", "1!"])
        screen.enters("/theme")  # all servers look alike
        screen.waits("the theme is light;")
        other.kill()
        screen.waits("?")
        screen.enters("/server")
        screen.waits(f"* {self.address()}: alice", f"  {there}: alice, not connected")
        other.start()
        screen.keys("M-s")
        screen.waits("said there", without=["no connection"])
        screen.enters("/quit")
        screen.waits("ended 0")
        self.a_server_ends_the_session(there)
        again = self.open("--server", self.address(), columns=120)
        again.waits("\n" + self.address()[:16], "\n" + there[:16], "[1] bob")
        again.enters(f"/server {there}")
        again.waits("said there")
        again.enters("/logout")
        again.waits("meanwhile, @alice", without=["\n" + there[:16], "said there"])
        again.enters("/server -" + self.address())
        again.waits("this is the only one: /quit leaves")
        again.enters("/quit")
        again.waits("ended 0")
        self.assertEqual(self.run_command("--server", there, "--as", "alice", "whoami")[0], 2)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
