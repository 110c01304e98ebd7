"""What --json prints, against the schema in docs/json.md."""

import contextlib
import hashlib
import hmac
import http.server
import json
import os
import queue
import re
import signal
import sys
import threading

from command import DONE, PATIENCE, WRONG_USE, Commands, main

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool,
         "array": list}


def read_schema():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/json.md")
    with open(path, encoding="utf-8") as file:
        return json.loads(re.search(r"```json\n(.*?)```", file.read(), re.S).group(1))["$defs"]


SCHEMA = read_schema()


def wrong(value, schema):
    """What of the few keywords that the schema uses is not so; "": all is right."""
    if "$ref" in schema:
        return wrong(value, SCHEMA[schema["$ref"].rsplit("/", 1)[1]])
    if "enum" in schema and value not in schema["enum"]:
        return f"{value!r} is none of {schema['enum']}"
    kind = schema.get("type")
    if kind is not None and (not isinstance(value, TYPES[kind]) or
                             (kind != "boolean" and isinstance(value, bool))):
        return f"{value!r} is no {kind}"
    if kind == "array":
        return next(filter(None, (wrong(inner, schema["items"]) for inner in value)), "")
    for key in schema.get("required", ()):
        if key not in value:
            return f"{key} is missing"
    if "properties" not in schema:
        return ""
    for key, inner in value.items():
        if key not in schema["properties"]:
            return f"{key} is not in the schema"
        what = wrong(inner, schema["properties"][key])
        if what:
            return f"{key}: {what}"
    return ""


SECRET = "a secret of 16 bytes or more"


class Receiver:
    """What a hook posts to. It answers with `answers`, then with 200."""

    def __init__(self, *answers):
        self.answers, self.answer_size, self.port = list(answers), 0, 0
        self.posts = queue.Queue()

    @contextlib.contextmanager
    def running(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.put((self.path, self.headers, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(bytes(receiver.answer_size))

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", self.port), Handler) as server:
            self.port = server.server_port
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def url(self):
        return f"http://127.0.0.1:{self.port}/here"


class JsonTest(Commands):
    def setUp(self):
        super().setUp()
        self.register("alice", "bob")
        self.seen = set()

    def check(self, line):
        value = json.loads(line)
        self.assertEqual(wrong(value, SCHEMA[value["type"]]), "", line)
        self.seen.add(value["type"])
        return value

    def lines(self, name, *arguments):
        return [self.check(line)
                for line in self.done("--as", name, *arguments, "--json").splitlines()]

    def test_a_message_has_one_form(self):
        with self.start("--as", "bob", "listen", "--json", "--events") as bob:
            bob.err_until("listening")
            self.done("--as", "alice", "send", "@bob", "soup?")
            heard = self.check(bob.out())
            told = self.lines("bob", "history", "@alice")[0]
            self.assertEqual((heard.pop("to"), heard.pop("notify")), ("bob", True))
            self.assertEqual(heard, told)
            self.assertEqual(told["conversation"], "alice")
            mine = self.lines("alice", "history", "@bob")[0]
            self.assertEqual((mine["conversation"], mine["own"]), ("bob", True))
            bob.end(signal.SIGINT)

    def test_every_line_is_in_the_schema(self):
        alice = lambda *arguments: self.done("--as", "alice", *arguments)
        alice("contact", "add", "bob")
        self.done("--as", "bob", "contact", "add", "alice")
        with self.start("--as", "bob", "listen", "--json", "--events") as bob:
            bob.err_until("listening")
            alice("group", "create", "cooks")
            self.done("--as", "bob", "group", "join", "cooks")
            alice("send", "@bob", "soup?")
            with self.start("--as", "alice", "call", "@bob", "--out", os.devnull) as call:
                call.err_until("calling @bob")
                call.end(signal.SIGINT)
            alice("reply", "@bob", "1", "or stew")
            alice("send", "#cooks", "soup")
            self.done("--as", "bob", "notify", "#cooks", "all")
            self.done("--as", "bob", "mute", "#cooks", "5")
            self.done("--as", "bob", "dnd", "22:00-07:00")
            alice("send", "#cooks", "@bob, and @here")
            alice("edit", "@bob", "1", "pea soup?")
            alice("react", "@bob", "1", "\u2764")
            alice("unreact", "@bob", "1", "\u2764")
            alice("react", "@bob", "1", "\u2764")
            alice("pin", "#cooks", "1")
            alice("send-file", "@bob", __file__, "--caption", "soup test")
            alice("delete", "@bob", "3")
            alice("profile", "--display", "Alice C.", "--status", "out", "--until", "2h", "--listed", "on")
            alice("group", "topic", "cooks", "Soups")
            alice("group", "mute", "cooks", "bob", "5")
            alice("group", "role", "cooks", "bob", "owner", "--yes")
            line = self.check(bob.out())
            while line["type"] != "group_event" or line.get("role") != "owner":
                line = self.check(bob.out())
            bob.end(signal.SIGINT)
        self.done("--as", "bob", "read", "@alice", "1")
        alice("invite")
        alice("bot", "create", "deploys")
        alice("group", "create", "ops")
        alice("group", "add-bot", "ops", "deploys")
        alice("group", "add-hook", "ops", "deploys")
        for arguments in (["history", "@bob"], ["history", "#cooks"], ["chats"], ["contact", "list"],
                          ["group", "list"], ["group", "members", "cooks"], ["device", "list"],
                          ["invitation", "list"], ["bot", "list"], ["group", "hooks", "ops"],
                          ["group", "members", "ops"], ["search", "soup"], ["pins", "#cooks"],
                          ["profile"], ["people"], ["directory"]):
            self.lines("alice", *arguments)
        for arguments in ["mentions"], ["history", "#cooks"], ["chats"]:
            self.lines("bob", *arguments)
        self.lines("bob", "chats")
        self.lines("bob", "contact", "list")
        self.assertLessEqual(
            {"whisper", "msg_group", "edit", "delete", "group_event", "conversation",
             "react", "unreact", "ring", "notify", "quiet_hours", "profile", "profile_item", "person", "open_group",
             "contact", "group", "member", "device", "invitation", "bot", "hook"}, self.seen)

    def make_bot(self):
        """Alice's, in her group, and logged in."""
        secret = self.done("--as", "alice", "bot", "create", "deploys").strip()
        self.done("--as", "alice", "group", "create", "ops")
        self.done("--as", "alice", "group", "add-bot", "ops", "deploys")
        code, _, err = self.run_command("login", "deploys", CHINWAG_PASSWORD=secret)
        self.assertEqual(code, DONE, err)

    def posted(self, receiver, content):
        """The next post is this, signed."""
        path, headers, body = receiver.posts.get(timeout=PATIENCE)
        self.assertEqual((path, self.check(body)["content"]), ("/here", content))
        self.assertEqual(headers["Content-Type"], "application/json")
        time, mac = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})",
                                 headers["Chinwag-Signature"]).groups()
        signed = hmac.new(SECRET.encode(), time.encode() + b"." + body, hashlib.sha256)
        self.assertEqual(mac, signed.hexdigest())

    def hook(self, receiver):
        hook = self.start("--as", "deploys", "hook", receiver.url(), "--allow-http",
                          "--allow-private", CHINWAG_HOOK_SECRET=SECRET,
                          http_proxy="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1")
        hook.err_until("listening as deploys")
        return hook

    def test_a_hook_posts_what_it_hears(self):
        say = lambda text: self.done("--as", "alice", "send", "#ops", text)
        self.make_bot()
        receiver = Receiver(500, 429, 200, 302, 403)
        with receiver.running(), self.hook(receiver) as hook:
            say("one")
            for _ in range(3):
                self.posted(receiver, "one")
            hook.err_until("takes messages again")
            for text, why in ("two", "redirects are not followed"), ("three", "answered 403"):
                say(text)
                self.posted(receiver, text)
                self.assertIn("the receiver refuses message", hook.err_until(why))
            self.assertEqual(hook.end(signal.SIGTERM)[0], DONE)
        say("four")  # while nobody hears it
        receiver.answer_size = 5000  # more than is read
        with self.hook(receiver) as hook:
            hook.err_until("takes no message")
            with receiver.running():
                self.posted(receiver, "four")
                hook.err_until("takes messages again")
                self.server.stop()
                self.server.start()
                hook.err_until("connected again")
                say("five")
                self.posted(receiver, "five")
                hook.end(signal.SIGINT)
        self.assertTrue(receiver.posts.empty())

    def test_a_hook_goes_nowhere_private_unless_told(self):
        hook = lambda why, *arguments: self.fails(WRONG_USE, why, "hook", *arguments,
                                                  CHINWAG_HOOK_SECRET=SECRET)
        hook("this machine", "https://127.1/")
        hook("this machine", "https://[::ffff:127.0.0.1]/")
        hook("this machine", "https://localhost/")
        hook("in a private network", "https://[64:ff9b::a00:1]/")
        hook("of the link alone", "https://169.254.169.254/", "--allow-private")
        hook("--allow-http allows that", "http://192.0.2.1/", "--allow-private")
        hook("write it as https://", "ftp://192.0.2.1/", "--allow-http")
        self.fails(WRONG_USE, "no secret", "hook", "https://192.0.2.1/")
        self.fails(WRONG_USE, "fewer than 16", "hook", "https://192.0.2.1/", CHINWAG_HOOK_SECRET="x")


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
