"""How chinwagd proves to NATS who it is, and what becomes of it where NATS does not believe it, or
does not let it do enough: the log says so, and the server goes on without a bus. Run by
tools/with_postgres."""

import os
import signal
import tempfile

from harness import main
from nats import PROGRAM, Key
from test_bus import AtStart

NO_LIMITS = {"subs": -1, "data": -1, "payload": -1}
RIGHTS = "NATS does not permit this user to publish and subscribe to chinwag.>"


class Login(AtStart):
    def file(self, *lines):
        handle, path = tempfile.mkstemp(prefix="chinwag-nats-")
        self.addCleanup(os.remove, path)
        with os.fdopen(handle, "w") as file:
            file.writelines(line + "\n" for line in lines)
        return path

    def goes_on(self, node):
        """Alice is at the first server, bob at this one, and they talk."""
        alice, bob = self.at(self.server, "alice"), self.at(node, "bob")
        self.assertEqual(self.do(alice, "whisper", "bob", "hello"), 0)
        self.assertEqual(self.update(bob, "whisper")[3], "hello")
        self.assertEqual(self.do(bob, "whisper", "alice", "hello, too"), 0)
        self.assertEqual(self.update(alice, "whisper")[3], "hello, too")

    def let_in(self, bus):
        node = self.node(2, bus=bus).start()
        node.wait_log("connected to NATS")
        self.stop_node(node)

    def turned_away(self, bus, reason):
        node = self.node(2, bus=bus).start()
        node.wait_log("there is no connection to NATS: ")
        node.wait_log(reason)
        self.goes_on(node)
        self.stop_node(node)
        return node.log()


class Token(Login):
    def test_token(self):
        guarded = self.nats("--auth", "open-sesame")
        self.let_in(guarded.url(parameters="?token=" + self.file("open-sesame")))
        wrong = self.file("open-barley")
        log = self.turned_away(guarded.url(parameters="?token=" + wrong), "Authorization")
        self.assertNotIn("open-barley", log)
        self.assertNotIn("connected to NATS", log)

    def test_token_that_cannot_be_read(self):
        self.refused("`bus`: token cannot be read from /nonexistent/token",
                     bus="nats://127.0.0.1?token=/nonexistent/token")
        self.refused("`bus`: token cannot be read from",
                     bus="nats://127.0.0.1?token=" + self.file())


class Certificate(Login):
    def test_certificate(self):
        """NATS wants one, and knows it."""
        key, pem = self.certificate("IP:" + self.bus.address)
        own_key, own_pem = self.certificate("DNS:chinwagd")
        other_key, other_pem = self.certificate("DNS:chinwagd")
        guarded = self.nats("--tlsverify", "--tlscert", pem, "--tlskey", key,
                            "--tlscacert", own_pem)
        trusted = guarded.url(parameters=f"?tls=on&ca={pem}")
        self.let_in(f"{trusted}&cert={own_pem}&key={own_key}")
        for without in trusted, f"{trusted}&cert={other_pem}&key={other_key}":
            log = self.turned_away(without, "")
            self.assertNotIn("connected to NATS", log.replace("connection to", ""))

    def test_certificate_that_cannot_be_used(self):
        key, _ = self.certificate("DNS:chinwagd")
        _, other_pem = self.certificate("DNS:chinwagd")
        for pem in "/nonexistent/pem", other_pem:
            self.refused("`bus`: cert and key cannot be used",
                         bus=f"nats://127.0.0.1?tls=on&cert={pem}&key={key}")


class Rights(Login):
    def users(self, **permissions):
        """A NATS with users who may do this."""
        self.path = self.file()
        self.permit(**permissions)
        return self.nats("-c", self.path)

    def permit(self, **permissions):
        with open(self.path, "w") as file:
            users = (f"{{user: {name}, password: secret, permissions: {{{rights}}}}}\n"
                     for name, rights in permissions.items())
            file.writelines(["authorization: {users: [\n", *users, "]}\n"])

    def test_the_rights_that_it_needs(self):
        bus = self.users(chinwag='publish: "chinwag.>", subscribe: "chinwag.>"')
        self.server.stop()
        self.server.settings["bus"] = bus.url("chinwag:secret@")
        self.server.start()
        second = self.node(2, bus=bus.url("chinwag:secret@")).start()
        second.wait_log("node 1 is heard")
        self.server.wait_log("node 2 is heard")
        self.assertNotIn(RIGHTS, second.log())

    def test_less_rights(self):
        bus = self.users(mute='publish: "other.>", subscribe: "chinwag.>"',
                         deaf='publish: "chinwag.>", subscribe: "other.>"')
        for user in "mute", "deaf":
            self.turned_away(bus.url(user + ":secret@"), RIGHTS)


    def test_rights_that_they_get_later(self):
        """NATS reads its file again, and ends no connection."""
        bus = self.users(mute='publish: "other.>", subscribe: "chinwag.>"',
                         deaf='publish: "chinwag.>", subscribe: "other.>"')
        mute = self.node(2, bus=bus.url("mute:secret@")).start()
        deaf = self.node(3, bus=bus.url("deaf:secret@")).start()
        mute.wait_log(RIGHTS)
        deaf.wait_log(RIGHTS)
        self.permit(**dict.fromkeys(("mute", "deaf"),
                                    'publish: "chinwag.>", subscribe: "chinwag.>"'))
        bus.process.send_signal(signal.SIGHUP)
        mute.wait_log("node 3 is heard")
        deaf.wait_log("node 2 is heard")


class Accounts(Login):
    """Who may connect is said by JWTs: of an operator for accounts, of an account for its users."""

    def setUp(self):
        super().setUp()
        operator, self.account = Key("operator"), Key("account")
        limits = {**NO_LIMITS, "imports": -1, "exports": -1, "wildcards": True, "conn": -1,
                  "leaf": -1}
        of_account = operator.sign(self.account, limits=limits)
        self.guarded = self.nats("-c", self.file(
            "operator: " + self.file(operator.sign(operator)), "resolver: MEMORY",
            f"resolver_preload: {{{self.account.public}: {of_account}}}"))

    def credentials(self, account):
        user = Key("user")
        return self.file("-----BEGIN NATS USER JWT-----", account.sign(user, **NO_LIMITS),
                         "------END NATS USER JWT------", "", "-----BEGIN USER NKEY SEED-----",
                         user.seed, "------END USER NKEY SEED------")

    def bus_with(self, path):
        return self.guarded.url(parameters="?creds=" + path)

    def test_credentials(self):
        self.let_in(self.bus_with(self.credentials(self.account)))

    def test_of_another_account(self):
        log = self.turned_away(self.bus_with(self.credentials(Key("account"))), "Authorization")
        self.assertNotIn("connected to NATS", log)

    def test_that_cannot_be_read(self):
        self.refused("`bus`: creds cannot be read from /nonexistent/creds",
                     bus=self.bus_with("/nonexistent/creds"))


if __name__ == "__main__":
    if PROGRAM is None:
        print("no nats-server here (the package nats-server)")
        raise SystemExit(77)
    main()
