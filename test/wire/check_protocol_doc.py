#!/usr/bin/env python3
"""check_protocol_doc.py - docs/protocol.md against the codec and the tables.

usage: check_protocol_doc.py WIRE_TOOL SOURCE-ROOT

- Each example (a block ```hex to-server or ```hex to-client) is MessagePack that
  means what is written beside it; the codec reads it, and writes the same bytes.
- Every row of the table of messages has an example, and every request a success.
- The code table has exactly the codes of codes.def.
- The limits are those of limits.h, in the table and in the text.
- The first session is Python, of 15 lines at most."""
import ast
import json
import re
import sys

import msgpack

from tool import Tool


def fail(message):
    sys.exit("docs/protocol.md: " + message)


# ---- limits -------------------------------------------------------------------

def read_limits(root):
    """The values of limits.h, by name without CW_."""
    limits = {}
    with open(root + "/src/base/limits.h", encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
        for name, value in re.findall(r"^#define CW_(\w+) +(.+)$", text, re.M):
            known = {"CW_" + other: limit for other, limit in limits.items()}
            limits[name] = eval(re.sub(r"(\d)u\b", r"\1", value), known)
    return limits


def size(n):
    """16384 as '16 KiB'."""
    for unit, name in ((1024 * 1024, "MiB"), (1024, "KiB")):
        if n >= unit and n % unit == 0:
            return "%d %s" % (n // unit, name)
    return "%d bytes" % n


def limit_rows(limit):
    """What the table of limits must say."""
    return [
        ("A username or group name", "1 to %d bytes" % limit["NAME_MAX"], "1028"),
        ("A password", "%d to %d bytes" % (limit["PASSWORD_MIN"], limit["PASSWORD_MAX"]), "1023"),
        ("`content`", "%s and %s code points" % (
            size(limit["CONTENT_BYTES_MAX"]), f"{limit['CONTENT_CODE_POINTS_MAX']:,}"), "1025"),
        ("A voice message's length", "%d s" % limit["VOICE_SECONDS_MAX"], "1025"),
        ("A whole `voice_msg`", size(limit["VOICE_MESSAGE_MAX"]), "the connection is closed"),
        ("An Ogg Opus file in it", size(limit["OGG_OPUS_FILE_MAX"]), "1025"),
        ("A whole `call_data`", size(limit["CALL_DATA_MAX"]), "dropped"),
        ("Any other message", size(limit["MESSAGE_MAX"]), "1025"),
        ("Any message before login or attach, without a valid name and token at its head",
         size(limit["UNAUTHENTICATED_MESSAGE_MAX"]), "1025, or the code for the name and token"),
        ("The same over CURVE, with or without", size(limit["UNAUTHENTICATED_MESSAGE_MAX"]),
         "malformed"),
        ("An action", "%d bytes" % limit["ACTION_MAX"], "malformed"),
        ("`client` in the map", "%d bytes" % limit["CLIENT_NAME_MAX"], "1023"),
        ("Keys of the trailing map", "%d" % limit["MSGPACK_MAP_KEYS_MAX"], "1023"),
        ("Frames of a ZeroMQ message", "1; or 2, the first of them empty (REQ)",
         "up to %d: malformed; more: the connection is closed" % limit["ZMTP_FRAMES_MAX"]),
        ("REQ with ZMQ_REQ_CORRELATE (it sends 3 frames)", "not supported",
         "malformed; libzmq closes the connection"),
        ("Objects in a message, without `samples`",
         f"{limit['MSGPACK_OBJECTS_MAX']:,}", "malformed"),
        ("Nested arrays and maps", "%d" % limit["MSGPACK_DEPTH_MAX"], "malformed"),
        ("Entries of a page", "%d" % limit["LIST_MAX"], "1023"),
        ("A query", "%d bytes" % limit["QUERY_MAX"], "1025"),
        ("Different emoji with which people react to one message",
         "%d" % limit["REACTIONS_MAX"], "1027"),
        ("Different words with `@` in a text that are looked up", "%d" % limit["MENTIONS_MAX"],
         "the others are text; `too_many_mentions`"),
        ("Conversations for which a user has set what they are told of",
         f"{limit['NOTIFY_RULES_MAX']:,}", "1027"),
        ("Pinned messages of one group", "%d" % limit["PINS_MAX"], "1027"),
        ("The name of a file", "1 to %d bytes of UTF-8; not `.` or `..`; no `/`, no `\\`, no "
         "control characters, none that change the direction of the text"
         % limit["FILE_NAME_MAX"], "1028"),
        ("A file", "%d MiB" % limit["FILE_MIB"], "1025"),
        ("`bytes` of a chunk", size(limit["FILE_CHUNK_MAX"]), "1025"),
        ("A thumbnail", "JPEG or WebP, %d pixels wide and high" % limit["THUMBNAIL_SIDE_MAX"],
         "1023"),
        ("Its length", "%s, and that of its file" % size(limit["THUMBNAIL_MAX"]), "1025, 1023"),
        ("A link to a file", "%d min, %d bytes" % (
            limit["FILE_LINK_MS"] // 60000, limit["FILE_LINK_MAX"]), "1023; HTTP: 404"),
        ("Uploads of a user that were not sent", "%d, for %d h" % (
            limit["UPLOADS_PER_USER"], limit["UPLOAD_MS"] // 3600000),
         "1027; then they are removed"),
        ("A topic", "%d bytes" % limit["TOPIC_MAX"], "1025"),
        ("A display name, a status", "%d, %d bytes" % (
            limit["DISPLAY_MAX"], limit["STATUS_MAX"]), "1023"),
        ("An avatar", size(limit["AVATAR_BYTES_MAX"]), "1023"),
        ("Contacts, and blocked users", f"{limit['CONTACTS_MAX']:,} each", "1027"),
        ("Valid invitations to one group",
         "%d" % limit["INVITATIONS_MAX"], "1027"),
        ("People whom the invitations of one user to the server may let in",
         "%d" % limit["INVITATIONS_MAX"], "1027"),
        ("Bots of one user, and hooks of one group", "%d each" % limit["BOTS_MAX"], "1027"),
        ("The body of a POST to a hook", "%d KiB" % (limit["HOOK_BODY_MAX"] // 1024), "HTTP 413"),
        ("Messages by one hook", "%d a second, %d at once" % (
            limit["HOOK_POSTS_PER_S"], limit["HOOK_POSTS_BURST"]), "1026, HTTP 429"),
        ("Groups of one user", "%d" % limit["GROUPS_PER_USER"], "1027"),
        ("Members of a group", f"{limit['GROUP_MEMBERS_MAX']:,}", "1027"),
        ("Participants of a call", "%d" % limit["CALL_MEMBERS_MAX"], "1281"),
        ("A ring of a call of two", "%d s" % (limit["RING_MS"] // 1000), "then it is a missed call"),
        ("Calls of two that a user begins",
         "%d a minute, %d of one user" % (limit["RINGS_PER_MINUTE"], limit["RINGS_OF_PAIR_PER_MINUTE"]),
         "1026"),
        ("Connections of an address", f"{limit['CONNECTIONS_PER_ADDRESS']:,}",
         "the connection is closed"),
        ("Connections of an address that have not logged in",
         "%d" % limit["WAITING_PER_ADDRESS"], "the oldest is closed"),
        ("New users of an address", "%d an hour" % limit["REGISTRATIONS_PER_HOUR"], "1026"),
        ("Wrong passwords for a user from addresses new to that user",
         "%d an hour" % limit["GUESSES_PER_USER"], "1026"),
        ("Wrong passwords from an address", "%d an hour" % limit["GUESSES_PER_ADDRESS"], "1026"),
        ("Passwords of an address that wait to be verified", "%d, %d s" % (
            limit["HASHES_PER_ADDRESS"], limit["HASH_WAIT_MS"] // 1000), "1026, 1029"),
        ("Requests of a user", "%d a second, %d at once" % (
            limit["REQUESTS_PER_S"], limit["REQUESTS_BURST"]), "1026"),
        ("Whispers, group and voice messages, edits and reactions of a user", "%d a second, %d at once" % (
            limit["TEXTS_PER_S"], limit["TEXTS_BURST"]), "1026"),
        ("Messages to one group, of all its members", "%d a second, %s at once" % (
            limit["GROUP_TEXTS_PER_S"], f"{limit['GROUP_TEXTS_BURST']:,}"), "1026"),
        ("Requests of a user that are refused, and updates that are dropped",
         "%d a second, %s at once" % (
             limit["REFUSALS_PER_S"], f"{limit['REFUSALS_BURST']:,}"),
         "the server reads on after %d s; after %d times in a row the connection is closed" % (
             limit["PAUSE_MS"] // 1000, limit["PAUSES_MAX"])),
        ("First messages of a user to strangers",
         "%d a minute" % limit["STRANGERS_PER_MINUTE"], "1026"),
        ("Stored data of a user: content, files, and %d bytes for each message and edit"
         % limit["STORED_ROW_BYTES"], f"{limit['QUOTA_MIB']:,} MiB", "1025"),
        ("Bytes of a user's messages", "%s a second, %s at once" % (
            size(limit["BYTES_PER_S"]), size(limit["BYTES_BURST"])),
         "the server reads more slowly"),
        ("Bytes of a user's files, in both directions", "%s a second, %s at once" % (
            size(limit["BYTES_PER_S"]), size(limit["BYTES_BURST"])),
         "the server reads more slowly"),
        ("Frames of a speaker", "%d in a second" % (
            limit["CALL_FRAMES_PER_S"]), "dropped"),
        ("Requests of a connection without a response yet",
         "%d" % limit["REQUESTS_IN_FLIGHT_MAX"], "the server reads on later"),
        ("PINGs of a connection", "%d a second" % limit["PINGS_PER_S_MAX"],
         "the connection is closed"),
        ("ZMTP commands or WebSocket control frames of a connection, PINGs, PONGs and "
         "unknown ones together",
         "%d a second" % limit["COMMANDS_PER_S_MAX"], "the connection is closed"),
    ]


def phrases(limit):
    """Sentences of the text that quote a limit."""
    words = {3: "three"}
    return [
        "silent for %d s, and to learn" % (limit["PING_IDLE_MS"] // 1000),
        "has been silent for %d s" % (limit["PEER_DEAD_MS"] // 1000),
        "these are %d s and %d s" % (limit["LISTENER_PING_IDLE_MS"] // 1000,
                                     limit["LISTENER_DEAD_MS"] // 1000),
        "attached %d s after it was accepted" % (limit["UNAUTHENTICATED_MS"] // 1000),
        "commands are limited to %s bytes" % f"{limit['ZMTP_COMMAND_MAX']:,}",
        "At most %d nested arrays or maps, and %s objects" % (
            limit["MSGPACK_DEPTH_MAX"], f"{limit['MSGPACK_OBJECTS_MAX']:,}"),
        "At most %d bytes. |" % limit["CLIENT_NAME_MAX"],
        "(up to %d bytes of UTF-8, not empty)" % limit["ACTION_MAX"],
        "After %s of these in a row" % words[limit["MALFORMED_MAX"]],
        "not connected for %d days" % limit["SESSION_IDLE_DAYS"],
        "has up to %d sessions" % limit["SESSIONS_PER_USER"],
        "After %d wrong passwords" % limit["LOGIN_FAILURES_FREE"],
        "up to %d minutes" % (limit["LOGIN_WAIT_MAX_MS"] // 60000),
        "1 to %d bytes of UTF-8" % limit["NAME_MAX"],
        "It has at most %d bytes" % limit["EMOJI_BYTES_MAX"],
        "its first %d bytes" % limit["QUOTE_BYTES_MAX"],
        "1 or %d channels, a sample rate of %s to %s Hz, and lasts up to %d s" % (
            limit["VOICE_CHANNELS_MAX"], f"{limit['VOICE_RATE_MIN']:,}",
            f"{limit['VOICE_RATE_MAX']:,}", limit["VOICE_SECONDS_MAX"]),
        "older than %d ms" % limit["LIVE_AUDIO_MAX_MS"],
        "of up to %d ms and %s bytes. The sequence number" % (
            limit["OPUS_PACKET_MS_MAX"], f"{limit['OPUS_PACKET_MAX']:,}"),
        "audio beyond %.2f s a second, after a reserve of %d s" % (
            limit["CALL_AUDIO_MS_PER_S"] / 1000, limit["CALL_AUDIO_MS_BURST"] // 1000),
        "up to %.1f MB for two minutes in stereo" % (limit["VOICE_LIST_MAX"] / 1e6),
        "a PCM array with a peak over %d), and silent after %d ms" % (
            limit["SPEAKING_PEAK"], limit["SPEAKING_SILENCE_MS"]),
        "the event is repeated every %d s" % (limit["SPEAKING_AGAIN_MS"] // 1000),
        "%d characters for %d equal parts" % (limit["WAVEFORM_LEVELS"], limit["WAVEFORM_LEVELS"]),
        "the newest %d numbers" % limit["RETRIES_MAX"],
        "the newest %d parts" % limit["PART_WINDOWS_MAX"],
        "up to %d parts at a time" % limit["PARTS_PER_SESSION_MAX"],
        "at most %d entries" % limit["LIST_MAX"],
        "the first %d bytes of" % limit["PREVIEW_BYTES_MAX"],
        "at most %d connected devices" % limit["PRESENCE_GROUP_MAX"],
        "is offline after %d s" % (limit["PRESENCE_GRACE_MS"] // 1000),
        "(1 to %d, default %d)" % (limit["LIST_MAX"], limit["HISTORY_DEFAULT"]),
        "default %d days" % (limit["INVITATION_SECONDS"] // 86400),
        "up to %s; default 1)" % f"{limit['INVITATION_USES_MAX']:,}",
    ]


def section(document, heading):
    found = re.search(r"^## %s\n(.*?)(?=^## |\Z)" % heading, document, re.M | re.S)
    if not found:
        fail("no section " + heading)
    return found.group(1)


def table(text):
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|"))
            for line in text.splitlines() if line.startswith("|")]
    return rows[2:]


def check_limits(document, root):
    limit = read_limits(root)
    said = table(section(document, "Limits"))
    meant = limit_rows(limit)
    if said != meant:
        lines = ["| %s |" % " | ".join(row) for row in meant if row not in said]
        fail("the table of limits differs; it lacks\n" + "\n".join(lines))
    running = re.sub(r"\s+", " ", document)
    for phrase in phrases(limit):
        if phrase not in running:
            fail("does not say '%s'" % phrase)


# ---- codes ----------------------------------------------------------------------

def check_codes(document, tool):
    said = [(name, value)
            for value, name, _ in table(section(document, "Responses").split("\n### Rules")[0])]
    meant = [tuple(line.split(" ")) for line in tool.ask_list("codes")]
    if said != meant:
        fail("the code table differs from codes.def in %s" % sorted(set(said) ^ set(meant)))


# ---- examples ---------------------------------------------------------------------

def parse_example(block):
    """The bytes, and the objects as they are written beside them. What is
    written stands on the first line of its bytes."""
    data, notes = b"", []
    for line in block.splitlines():
        hexes, note = re.match(r"((?:[0-9a-f]{2} ?)+) *(.*)$", line).groups()
        if note:
            notes.append([note, b""])
        if not notes:
            fail("an example begins without a note:\n" + block)
        notes[-1][1] += bytes.fromhex(hexes)
        data += bytes.fromhex(hexes)
    return data, notes


def unpack(data):
    unpacker = msgpack.Unpacker(raw=False)
    unpacker.feed(data)
    return list(unpacker)


def written(note):
    """A note is JSON, or bytes as in Python."""
    if note.startswith("packet<"):
        return msgpack.ExtType(2, bytes.fromhex(note[7:-1]))
    return ast.literal_eval(note) if note.startswith('b"') else json.loads(note)


def check_example(tool, direction, block):
    """Returns the row that the example is of, as wire_tool lists rows."""
    data, notes = parse_example(block)
    for note, part in notes:
        if unpack(part) != [written(note)]:
            fail("these bytes are not %s:\n%s" % (note, block))
    text = tool.ask({"to-server": "server ", "to-client": "client "}[direction] + data.hex())
    if not re.match(r"(request|response|update|client_update) ", text):
        fail("an example is not good: %s\n%s" % (text, block))
    variant = "extended " if " |" in text else "plain "
    headless = text.startswith("request ") and json.loads(notes[0][0]) != "request"
    again = bytes.fromhex(tool.ask(variant + text))
    if again != (msgpack.packb("request") if headless else b"") + data:
        fail("an example would be written as %s:\n%s" % (again.hex(" "), block))
    return text


def check_examples(document, tool):
    blocks = re.findall(r"^```hex (to-server|to-client)\n(.*?)^```$", document, re.M | re.S)
    seen = [check_example(tool, direction, block) for direction, block in blocks]
    for row in tool.ask_list("rows"):
        if not any(text.startswith(row) for text in seen):
            fail("no example of " + row)
        kind, action = row.split(" ")
        if kind == "request" and not any(t.startswith("response %s 0" % action) for t in seen):
            fail("no example of the response to " + action)
        if "\n### %s\n" % action.strip('"') not in document:
            fail("no section on " + action)
    return len(blocks)


def check_first_session(document):
    found = re.search(r"^```python\n(.*?)^```$", section(document, "A first session"), re.M | re.S)
    lines = [line for line in found.group(1).splitlines() if line]
    ast.parse(found.group(1))
    if len(lines) > 15:
        fail("the first session has %d lines" % len(lines))


def main():
    tool = Tool(sys.argv[1])
    root = sys.argv[2]
    with open(root + "/docs/protocol.md", encoding="utf-8") as file:
        document = file.read()
    check_limits(document, root)
    check_codes(document, tool)
    check_first_session(document)
    print("%d examples, all codes and limits checked" % check_examples(document, tool))


main()
