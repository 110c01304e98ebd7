#!/usr/bin/env python3
"""differential.py - the codec against an independent one: python3-msgpack.

usage: differential.py WIRE_TOOL ROUNDS

Packs random messages in every width that MessagePack has, lets wire_tool read
them and compares; lets wire_tool write random messages, and reads the bytes
with msgpack. The messages are the same in every run."""
import pathlib
import random
import re
import struct
import sys

import msgpack

from tool import Tool

KEYS_MAX = 32

WIRE = pathlib.Path(__file__).resolve().parents[2] / "src" / "wire"


def rows_of(name):
    """The rows of a table: [[macro, cell...]...]."""
    text = re.sub(r"/\*.*?\*/", "", (WIRE / name).read_text(), flags=re.S)
    return [[macro, *(cell.strip().strip('"') for cell in cells.split(","))]
            for macro, cells in re.findall(r"(CW_[A-Z_]+)\(([^()]*)\)", text)]


FIELD_ROWS = rows_of("fields.def")
MEMBERS = {row[1]: row[2] for row in FIELD_ROWS if row[0] == "CW_FIELD"}
FIELDS = {}
for macro, *cells in rows_of("messages.def"):
    if macro == "CW_REQUEST_ROW":
        FIELDS["request", cells[1]] = [MEMBERS[field] for field in cells[4:]]
    elif macro == "CW_MESSAGE":
        FIELDS[cells[0].lower(), cells[2]] = [MEMBERS[field] for field in cells[3:]]
EXTRAS = [row[4] for row in FIELD_ROWS if row[0] == "CW_EXTRA"]
ENTRY_ROWS = rows_of("entries.def")
ENTRY_KEYS = [row[4] for row in ENTRY_ROWS]
BYTE_FIELDS = [row[2] for row in FIELD_ROWS if row[0] == "CW_FIELD" and row[3] == "BYTES"]
NUMBER_FIELDS = [row[2] for row in FIELD_ROWS if row[0] == "CW_FIELD" and row[3] == "UNSIGNED"
                 and row[2] not in ("channels", "sample_rate")]
NUMBER_KEYS = sorted({row[4] for row in FIELD_ROWS + ENTRY_ROWS
                      if row[0] != "CW_FIELD" and row[3] == "UNSIGNED"})
LIST_KEYS = [row[4] for row in FIELD_ROWS if row[0] == "CW_EXTRA" and row[3] == "LIST"]
LISTS_DEEP = 2  # in entries of entries
ALPHABET = "abcXYZ019 _-.\"\\\t\n\x00\x7fäßñ✓漢字\u0301👋🏽"


def text(rng, least, most):
    return "".join(rng.choices(ALPHABET, k=rng.randint(least, most)))


def number(rng):
    return rng.choice([0, 127, 128, 2**16, 2**32, 2**63, 2**64 - 1, rng.getrandbits(64)])


def packet(rng):
    return msgpack.ExtType(2, rng.randbytes(rng.choice([9, 24, 80, 300])))


def value(rng, name, action):
    if (name, action) == ("samples", "p"):
        return packet(rng)
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
    if name in BYTE_FIELDS:
        return rng.randbytes(rng.choice([0, 1, 32, 300]))
    return text(rng, 0, 40)


def extra(rng, key):
    if key in NUMBER_KEYS:
        return number(rng)
    if key == "features":
        return []
    if key == "client":
        return text(rng, 0, 16)  # at most 64 bytes
    if key in LIST_KEYS:
        return [entry(rng) for _ in range(rng.choice([0, 1, 3] if key == "list" else [0, 1]))]
    return text(rng, 0, 30)


def entry(rng, depth=0):
    keys = set(rng.sample(ENTRY_KEYS, rng.randint(0, len(ENTRY_KEYS))))
    return {row[4]: entry_value(rng, row[3], depth) for row in ENTRY_ROWS if row[4] in keys}


def entry_value(rng, kind, depth):
    if kind == "LIST":
        count = rng.choice([0, 1, 2]) if depth < LISTS_DEEP else 0
        return [entry(rng, depth + 1) for _ in range(count)]
    return number(rng) if kind == "UNSIGNED" else text(rng, 0, 20)


QUOTED = {byte: "\\x%02x" % byte for byte in [*range(0x20), 0x7F, *b'"\\']}


def quoted(string):
    return '"' + string.translate(QUOTED) + '"'


def shown(thing):
    if isinstance(thing, str):
        return quoted(thing)
    if isinstance(thing, bytes):
        return "<" + thing.hex() + ">"
    if isinstance(thing, msgpack.ExtType):
        return "packet<" + thing.data.hex() + ">"
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


# Head, form for struct, least and most of each width.
INTEGERS = [(0xCC + n, ">" + "BHIQ"[n], 0, 2**(8 << n) - 1) for n in range(4)]
INTEGERS += [(0xD0 + n, ">" + "bhiq"[n], -2**((8 << n) - 1), 2**((8 << n) - 1) - 1) for n in range(4)]


def pack_wide(rng, thing):
    """One object in any form that MessagePack allows for it."""
    if isinstance(thing, (str, bytes)):
        data = thing.encode() if isinstance(thing, str) else thing
        forms = [(head, width) for head, width in
                 [(0xD9, ">B"), (0xDA, ">H"), (0xDB, ">I"), (0xC4, ">B"), (0xC5, ">H"), (0xC6, ">I")]
                 if len(data) < 256 or width != ">B"]
        head, width = rng.choice(forms)
        return bytes([head]) + struct.pack(width, len(data)) + data
    if isinstance(thing, msgpack.ExtType):
        heads = [(0xC7, ">B"), (0xC8, ">H"), (0xC9, ">I")][len(thing.data) > 255:]
        head, width = rng.choice(heads)
        return bytes([head]) + struct.pack(width, len(thing.data)) + bytes([thing.code]) + thing.data
    if isinstance(thing, list):
        heads = [struct.pack(">BH", 0xDC, len(thing)), struct.pack(">BI", 0xDD, len(thing))]
        return rng.choice(heads) + b"".join(pack_wide(rng, item) for item in thing)
    if isinstance(thing, dict):
        heads = [struct.pack(">BH", 0xDE, len(thing)), struct.pack(">BI", 0xDF, len(thing))]
        return rng.choice(heads) + b"".join(pack_wide(rng, key) + pack_wide(rng, item)
                                            for key, item in thing.items())
    head, width, _, _ = rng.choice([form for form in INTEGERS if form[2] <= thing <= form[3]])
    return bytes([head]) + struct.pack(width, thing)


def objects_of(kind, action, fields, extras):
    head = ["update" if kind == "client_update" else kind, action]
    head += [0] if kind == "response" else []
    tail = [] if extras is None else [extras]
    return head + [thing for _, thing in fields] + tail


def random_message(rng, row):
    kind, action = row
    fields = [(name, value(rng, name, action)) for name in FIELDS[row]]
    extras = None
    if rng.random() < 0.5:
        known = [key for key in EXTRAS if key not in LIST_KEYS or kind in ("response", "update")]
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
    rows = [tuple(row.replace('"', "").split(" ")) for row in tool.ask_list("rows")]
    if sorted(rows) != sorted(FIELDS):
        sys.exit("wire_tool and messages.def have different rows")
    count = 0
    for _ in range(int(sys.argv[2])):
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
