#!/usr/bin/env python3
"""differential.py - the codec against an independent one: python3-msgpack.

usage: differential.py WIRE_TOOL

Packs random messages in every width that MessagePack has, lets wire_tool read
them and compares; lets wire_tool write random messages, and reads the bytes
with msgpack. The messages are the same in every run."""
import random
import struct
import subprocess
import sys

import msgpack

ROUNDS = 60
KEYS_MAX = 32

FIELDS = {
    ("request", "register"): ["username", "password"],
    ("request", "login"): ["username", "password"],
    ("response", "login"): ["username", "token"],
    ("request", "logout"): ["username"],
    ("request", "attach"): ["username", "token"],
    ("response", "attach"): ["username"],
    ("request", "add_contact"): ["username", "token", "contact"],
    ("request", "whisper"): ["username", "token", "recipient", "content"],
    ("update", "whisper"): ["sender", "content"],
    ("request", "create_group"): ["username", "token", "group_name"],
    ("request", "join_group"): ["username", "token", "group_name"],
    ("request", "msg_group"): ["username", "token", "group_name", "content"],
    ("update", "msg_group"): ["group_name", "sender", "content"],
    ("request", "voice_msg"):
        ["username", "token", "recipient", "channels", "sample_rate", "samples"],
    ("update", "voice_msg"): ["sender", "channels", "sample_rate", "samples"],
    ("request", "join_call"): ["username", "token", "group_name"],
    ("response", "join_call"): ["group_name"],
    ("client_update", "call_data"): ["username", "token", "group_name", "samples"],
    ("update", "call_data"): ["sender", "samples"],
    ("request", "leave_call"): ["username", "token"],
    ("request", "received"): ["username", "token", "message_id"],
    ("request", "conversations"): ["username", "token"],
    ("request", "history"): ["username", "token", "conversation"],
    ("request", "search"): ["username", "token", "query"],
    ("request", "fetch_voice"): ["username", "token", "conversation", "seq"],
    ("response", "fetch_voice"): ["channels", "sample_rate", "samples"],
    ("request", "edit"): ["username", "token", "conversation", "seq", "content"],
    ("update", "edit"): ["sender", "conversation", "seq", "content"],
    ("request", "delete"): ["username", "token", "conversation", "seq"],
    ("update", "delete"): ["sender", "conversation", "seq"],
    ("request", "mark_read"): ["username", "token", "conversation", "seq"],
    ("update", "mark_read"): ["sender", "conversation", "seq"],
    ("request", "mark_played"): ["username", "token", "conversation", "seq"],
    ("update", "mark_played"): ["sender", "conversation", "seq"],
    ("update", "delivered"): ["sender", "message_id"],
    ("client_update", "typing"): ["username", "token", "conversation"],
    ("update", "typing"): ["sender", "conversation"],
    ("request", "contacts"): ["username", "token"],
    ("request", "remove_contact"): ["username", "token", "contact"],
    ("request", "block"): ["username", "token", "contact"],
    ("request", "unblock"): ["username", "token", "contact"],
    ("request", "set_presence"): ["username", "token", "state"],
    ("update", "presence"): ["sender", "state"],
    ("request", "groups"): ["username", "token"],
    ("request", "members"): ["username", "token", "group_name"],
    ("request", "leave_group"): ["username", "token", "group_name"],
    ("request", "set_role"): ["username", "token", "group_name", "member", "role"],
    ("request", "kick"): ["username", "token", "group_name", "member"],
    ("request", "ban"): ["username", "token", "group_name", "member"],
    ("request", "unban"): ["username", "token", "group_name", "member"],
    ("request", "mute"): ["username", "token", "group_name", "member", "seconds"],
    ("request", "set_topic"): ["username", "token", "group_name", "topic"],
    ("request", "set_access"): ["username", "token", "group_name", "access"],
    ("request", "set_retention"): ["username", "token", "group_name", "days", "kept"],
    ("request", "invite"): ["username", "token", "group_name"],
    ("response", "invite"): ["invitation"],
    ("update", "group_event"): ["group_name", "sender", "event"],
    ("request", "change_password"): ["username", "token", "password", "new_password"],
    ("request", "sessions"): ["username", "token"],
    ("request", "revoke_session"): ["username", "token", "session"],
    ("update", "session_moved"): ["username"],
    ("update", "session_ended"): ["username", "reason"],
    ("update", "call_left"): ["group_name", "reason"],
    ("request", "invite_user"): ["username", "token"],
    ("response", "invite_user"): ["invitation"],
    ("request", "invitations"): ["username", "token"],
    ("request", "withdraw_invitation"): ["username", "token", "invitation_id"],
}
EXTRAS = [
    "client", "server", "features", "since", "id", "time", "to", "group", "seq", "n",
    "reply_to", "edited", "before", "after", "around", "limit", "conversation", "list",
    "next", "last", "read", "peer_read", "delivered", "invitation", "expires", "uses",
    "user", "role", "topic", "access", "until", "seen", "duration", "waveform",
    "echo", "reason", "part", "gone", "damaged", "own"]
ENTRY_KEYS = [
    "kind", "name", "conversation", "seq", "id", "time", "sender", "content", "channels",
    "sample_rate", "size", "duration", "waveform", "played", "reply_to", "of", "edited",
    "deleted", "read", "unread", "peer_read", "delivered", "state", "seen", "contact",
    "blocked", "role", "until", "banned", "in_call", "topic", "access", "members", "days",
    "kept", "session", "client", "address", "created", "current", "damaged", "expires", "uses"]
NUMBER_FIELDS = [
    "seq", "message_id", "seconds", "days", "kept", "session", "invitation_id"]
NUMBER_KEYS = [
    "after", "around", "banned", "before", "blocked", "channels", "contact", "created",
    "current", "damaged", "days", "deleted", "delivered", "duration", "echo", "edited", "expires", "gone", "id",
    "in_call", "kept", "last", "limit", "members", "n", "next", "of", "own", "part", "peer_read", "played",
    "read", "reply_to", "sample_rate", "seen", "seq", "session", "since", "size", "time",
    "unread", "until", "uses"]
ALPHABET = "abcXYZ019 _-.\"\\\t\n\x00\x7fäßñ✓漢字\u0301👋🏽"


class Tool:
    """wire_tool as a child process; a line for a line."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().rstrip("\n")

    def rows(self):
        answer = self.ask("rows")
        rows = []
        while answer:
            kind, action = answer.split(" ")
            rows.append((kind, action.strip('"')))
            answer = self.process.stdout.readline().decode().rstrip("\n")
        return rows


def text(rng, least, most):
    return "".join(rng.choice(ALPHABET) for _ in range(rng.randint(least, most)))


def number(rng):
    return rng.choice([0, 127, 128, 2**16, 2**32, 2**63, 2**64 - 1, rng.getrandbits(64)])


def value(rng, name):
    if name in ("password", "new_password"):
        return "".join(rng.choice("abc 123ß") for _ in range(rng.randint(8, 60)))
    if name == "channels":
        return rng.randint(1, 2)
    if name == "sample_rate":
        return rng.choice([8000, 16000, 44100, 48000, rng.randint(8000, 48000)])
    if name == "samples":
        return [rng.choice([rng.randint(-32768, 32767), rng.randint(-130, 260)])
                for _ in range(2 * rng.choice([1, 5, 8, 200]))]
    if name == "content":
        return text(rng, 0, rng.choice([3, 40, 300]))
    if name in NUMBER_FIELDS:
        return number(rng)
    return text(rng, 0, 40)


def extra(rng, key):
    if key in NUMBER_KEYS:
        return number(rng)
    if key == "features":
        return []
    if key == "list":
        return [entry(rng) for _ in range(rng.choice([0, 1, 3]))]
    return text(rng, 0, 30)


def entry(rng):
    keys = set(rng.sample(ENTRY_KEYS, rng.randint(0, len(ENTRY_KEYS))))
    return {key: number(rng) if key in NUMBER_KEYS else text(rng, 0, 20)
            for key in ENTRY_KEYS if key in keys}


def quoted(string):
    parts = []
    for byte in string.encode():
        special = byte < 0x20 or byte == 0x7F or byte in b'"\\'
        parts.append(b"\\x%02x" % byte if special else bytes([byte]))
    return '"' + b"".join(parts).decode() + '"'


def shown(thing):
    if isinstance(thing, str):
        return quoted(thing)
    if isinstance(thing, list):
        return "[" + ",".join(shown(item) for item in thing) + "]"
    if isinstance(thing, dict):
        return "{" + " ".join(key + "=" + shown(item) for key, item in thing.items()) + "}"
    return str(thing)


def line_of(kind, action, fields, extras):
    words = [kind, quoted(action)] + (["0"] if kind == "response" else [])
    words += [name + "=" + shown(thing) for name, thing in fields]
    if extras is not None:
        words += ["|"] + [key + "=" + shown(extras[key]) for key in EXTRAS if key in extras]
    return " ".join(words)


def pack_wide(rng, thing):
    """One object in any form that MessagePack allows for it."""
    if isinstance(thing, str):
        data = thing.encode()
        forms = [(head, width) for head, width in
                 [(0xD9, ">B"), (0xDA, ">H"), (0xDB, ">I"), (0xC4, ">B"), (0xC5, ">H"), (0xC6, ">I")]
                 if len(data) < 256 or width != ">B"]
        head, width = rng.choice(forms)
        return bytes([head]) + struct.pack(width, len(data)) + data
    if isinstance(thing, list):
        heads = [struct.pack(">BH", 0xDC, len(thing)), struct.pack(">BI", 0xDD, len(thing))]
        return rng.choice(heads) + b"".join(pack_wide(rng, item) for item in thing)
    if isinstance(thing, dict):
        heads = [struct.pack(">BH", 0xDE, len(thing)), struct.pack(">BI", 0xDF, len(thing))]
        return rng.choice(heads) + b"".join(pack_wide(rng, key) + pack_wide(rng, item)
                                            for key, item in thing.items())
    widths = [(0xCC, ">B"), (0xCD, ">H"), (0xCE, ">I"), (0xCF, ">Q"),
              (0xD0, ">b"), (0xD1, ">h"), (0xD2, ">i"), (0xD3, ">q")]
    fitting = []
    for head, width in widths:
        try:
            fitting.append(bytes([head]) + struct.pack(width, thing))
        except struct.error:
            continue
    return rng.choice(fitting)


def objects_of(kind, action, fields, extras):
    head = ["update" if kind == "client_update" else kind, action]
    head += [0] if kind == "response" else []
    tail = [] if extras is None else [extras]
    return head + [thing for _, thing in fields] + tail


def random_message(rng, row):
    kind, action = row
    fields = [(name, value(rng, name)) for name in FIELDS[row]]
    extras = None
    if rng.random() < 0.5:
        known = [key for key in EXTRAS if key != "list" or kind in ("response", "update")]
        keys = rng.sample(known, rng.randint(0, min(len(known), KEYS_MAX)))
        extras = {key: extra(rng, key) for key in keys}
    return kind, action, fields, extras


def check_read(tool, rng, message):
    reader = "server" if message[0] in ("request", "client_update") else "client"
    line = line_of(*message)
    for pack in (lambda thing: msgpack.packb(thing), lambda thing: pack_wide(rng, thing)):
        frame = b"".join(pack(thing) for thing in objects_of(*message))
        answer = tool.ask(reader + " " + frame.hex())
        if answer != line:
            sys.exit("read otherwise:\n%s\n%s\n%s" % (frame.hex(), answer, line))


def check_written(tool, message):
    kind, action, fields, extras = message
    line = line_of(*message)
    for variant in ("plain", "extended"):
        ordered = None
        if variant == "extended" and extras is not None:
            ordered = {key: extras[key] for key in EXTRAS if key in extras}
        objects = objects_of(kind, action, fields, ordered)
        frame = bytes.fromhex(tool.ask(variant + " " + line))
        unpacker = msgpack.Unpacker(raw=False)
        unpacker.feed(frame)
        # msgpack packs in the shortest form, so the bytes must be the same too.
        if list(unpacker) != objects or frame != b"".join(map(msgpack.packb, objects)):
            sys.exit("written otherwise, %s:\n%s\n%s" % (variant, frame.hex(), line))


def main():
    rng = random.Random(4242)
    tool = Tool(sys.argv[1])
    if sorted(tool.rows()) != sorted(FIELDS):
        sys.exit("the table of messages and FIELDS above differ")
    count = 0
    for _ in range(ROUNDS):
        for row in FIELDS:
            message = random_message(rng, row)
            check_read(tool, rng, message)
            check_written(tool, message)
            count += 1
    tool.process.stdin.close()
    if tool.process.wait() != 0:
        sys.exit("wire_tool failed")
    print("%d messages read and written alike" % count)


main()
