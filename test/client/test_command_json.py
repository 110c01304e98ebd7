"""What --json prints, against the schema in docs/json.md."""

import json
import os
import re
import signal
import sys

from command import Commands, main

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


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
