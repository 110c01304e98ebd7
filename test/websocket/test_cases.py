"""The cases of the Autobahn test suite for WebSocket servers, by their numbers: 1 to 7, 9 and 10.
PATH OF PEER [NUMBER...]

A case is what goes in, in pieces, and all that must come out: echoes, PONGs and the close frame.
What Autobahn calls strict is demanded, and where it leaves a choice, what we have chosen. Time has
no part in it: a piece is answered before the next goes in."""

import os
import shlex
import struct
import subprocess
import sys

# What runs programs of a cross-build.
EMULATOR = shlex.split(os.environ.get("MESON_EXE_WRAPPER", ""))

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = bytes.fromhex("37fa213d")


# --- frames ------------------------------------------------------------------------------

def length(n, bit):
    if n < 126:
        return bytes([bit | n])
    return struct.pack("!BH", bit | 126, n) if n < 65536 else struct.pack("!BQ", bit | 127, n)


def masked(payload):
    key = int.from_bytes((MASK * (len(payload) // 4 + 1))[:len(payload)], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(len(payload), "big")


def frame(opcode, payload=b"", fin=True, rsv=0):
    return bytes([fin << 7 | rsv << 4 | opcode]) + length(len(payload), 128) + MASK + \
        masked(payload)


def fragments(opcode, payload, n):
    """The payload in frames of n octets."""
    starts = range(0, max(len(payload), 1), n)
    return [frame(opcode if at == 0 else CONTINUATION, payload[at:at + n],
                  fin=at + n >= len(payload)) for at in starts]


def close(code=None, reason=b""):
    return frame(CLOSE, (b"" if code is None else struct.pack("!H", code)) + reason)


def answer(opcode, payload=b""):
    """A server's frame."""
    return bytes([128 | opcode]) + length(len(payload), 0) + payload


def closed(code=None):
    return answer(CLOSE, b"" if code is None else struct.pack("!H", code))


def cut(octets, n):
    return [octets[at:at + n] for at in range(0, len(octets), n)]


# --- cases ------------------------------------------------------------------------------------

CASES = {}  # number -> (pieces, all that must come out, of how many pieces nothing may come out)


def case(number, pieces, *outputs, quiet=0):
    assert number not in CASES
    CASES[number] = (pieces, b"".join(outputs), quiet)


def good(number, pieces, *outputs):
    """A case that the client ends."""
    case(number, pieces + [close(1000)], *outputs, closed(1000))


def wrong(number, pieces, *outputs, code=1002):
    """A case that the server ends."""
    case(number, pieces, *outputs, closed(code))


def echoes():
    for group, opcode, octet in ((1, TEXT, b"*"), (2, BINARY, b"\xfe")):
        for i, n in enumerate((0, 125, 126, 127, 128, 65535, 65536), 1):
            good(f"1.{group}.{i}", [frame(opcode, octet * n)], answer(opcode, octet * n))
        good(f"1.{group}.8", cut(frame(opcode, octet * 65536), 997),
             answer(opcode, octet * 65536))


def pings():
    for number, payload in (("2.1", b""), ("2.2", b"Hello"), ("2.3", b"\0\xff\xfe\xfb\0\xff"),
                            ("2.4", b"\xfe" * 125)):
        good(number, [frame(PING, payload)], answer(PONG, payload))
    wrong("2.5", [frame(PING, b"\xfe" * 126)])
    good("2.6", cut(frame(PING, b"\xfe" * 125), 1), answer(PONG, b"\xfe" * 125))
    good("2.7", [frame(PONG)])
    good("2.8", [frame(PONG, b"unasked")])
    good("2.9", [frame(PONG, b"unasked"), frame(PING, b"asked")], answer(PONG, b"asked"))
    ten = [b"number %d" % i for i in range(10)]
    good("2.10", [b"".join(frame(PING, payload) for payload in ten)],
         *(answer(PONG, payload) for payload in ten))
    good("2.11", cut(b"".join(frame(PING, payload) for payload in ten), 1),
         *(answer(PONG, payload) for payload in ten))


def reserved():
    hello, ping, echo = frame(TEXT, b"Hello"), frame(PING), answer(TEXT, b"Hello")
    wrong("3.1", [frame(TEXT, b"Hello", rsv=1)])
    wrong("3.2", [hello + frame(TEXT, b"Hello", rsv=2) + ping], echo)
    wrong("3.3", [hello, frame(TEXT, b"Hello", rsv=3), ping], echo)
    wrong("3.4", cut(hello + frame(TEXT, b"Hello", rsv=4) + ping, 1), echo)
    wrong("3.5", [frame(BINARY, b"\0\xff", rsv=5)])
    wrong("3.6", [frame(PING, b"Hello", rsv=6)])
    wrong("3.7", [frame(CLOSE, rsv=7)])
    for group, first in ((1, 3), (2, 11)):
        wrong(f"4.{group}.1", [frame(first)])
        wrong(f"4.{group}.2", [frame(first + 1, b"reserved")])
        wrong(f"4.{group}.3", [hello + frame(first + 2) + ping], echo)
        wrong(f"4.{group}.4", [hello + frame(first + 3, b"Hello") + ping], echo)
        wrong(f"4.{group}.5", cut(hello + frame(first + 4, b"Hello") + ping, 1), echo)


def fragmented():
    one, two = frame(TEXT, b"one", fin=False), frame(CONTINUATION, b"two")
    both, ping, pong = answer(TEXT, b"onetwo"), frame(PING, b"?"), answer(PONG, b"?")
    stray, stray_open = frame(CONTINUATION, b"stray"), frame(CONTINUATION, b"stray", fin=False)
    hello = frame(TEXT, b"Hello")
    wrong("5.1", [frame(PING, b"one", fin=False), two])
    wrong("5.2", [frame(PONG, b"one", fin=False), two])
    good("5.3", [one + two], both)
    good("5.4", [one, two], both)
    good("5.5", cut(one + two, 1), both)
    good("5.6", [one + ping + two], pong, both)
    good("5.7", [one, ping, two], pong, both)
    good("5.8", cut(one + ping + two, 1), pong, both)
    for i, begin in ((9, stray), (12, stray_open)):
        wrong(f"5.{i}", [begin + hello])
        wrong(f"5.{i + 1}", [begin, hello])
        wrong(f"5.{i + 2}", cut(begin + hello, 1))
    wrong("5.15", [one + two + stray_open + hello], both)
    wrong("5.16", [(stray_open + one + two) * 2])
    wrong("5.17", [(stray + one + two) * 2])
    wrong("5.18", [one + frame(TEXT, b"two")])
    more = [frame(CONTINUATION, b"more", fin=False)] * 2
    parts = [one, more[0], ping, *more, frame(PING, b"!"), two]
    outputs = pong, answer(PONG, b"!"), answer(TEXT, b"one" + b"more" * 3 + b"two")
    good("5.19", [b"".join(parts[:3]), b"".join(parts[3:])], *outputs)
    good("5.20", parts, *outputs)


GREEK = "\u03ba\u1f79\u03c3\u03bc\u03b5".encode()


def texts():
    nothing = frame(CONTINUATION, fin=False), frame(CONTINUATION)
    begin = frame(TEXT, fin=False)
    good("6.1.1", [frame(TEXT)], answer(TEXT))
    good("6.1.2", [begin, *nothing], answer(TEXT))
    good("6.1.3", [begin, frame(CONTINUATION, b"middle", fin=False), nothing[1]],
         answer(TEXT, b"middle"))
    text = "Hello-\xb5@\xdf\xf6\xe4\xfc\xe0\xe1-UTF-8!!".encode()
    good("6.2.1", [frame(TEXT, text)], answer(TEXT, text))
    good("6.2.2", fragments(TEXT, text, 14), answer(TEXT, text))
    good("6.2.3", fragments(TEXT, text, 1), answer(TEXT, text))
    good("6.2.4", fragments(TEXT, GREEK, 1), answer(TEXT, GREEK))
    surrogate = GREEK + b"\xed\xa0\x80edited"
    wrong("6.3.1", [frame(TEXT, surrogate)], code=1007)
    wrong("6.3.2", fragments(TEXT, surrogate, 1), code=1007)
    # Strict: the connection fails with the first wrong octet, not at the message's end.
    beyond = GREEK + b"\xf4\x90\x80\x80edited"
    whole = frame(TEXT, beyond)
    header = len(whole) - len(beyond)
    for number, at, end in (("1", 11, 15), ("2", 12, 13)):
        case(f"6.4.{number}", [frame(TEXT, beyond[:at], fin=False),
                               frame(CONTINUATION, beyond[at:end], fin=False)],
             closed(1007), quiet=1)
    for number, at, end in (("3", 11, 15), ("4", 12, 13)):
        case(f"6.4.{number}", [whole[:header + at], whole[header + at:header + end]],
             closed(1007), quiet=1)


def sequences():
    """6.5 to 6.23: (what, whether it is UTF-8), after Markus Kuhn's test of decoders."""
    missing = [bytes.fromhex(text) for text in
               "c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf".split()]

    def hexes(good, text):
        return [(bytes.fromhex(each), good) for each in text.split()]

    yield [(b"hello" + char.encode() + b"world", True) for char in "$\xa2\u20ac\U00024b62"] + \
        [(GREEK, True)]
    yield [(GREEK[:n], n in (2, 5, 7, 9, 11)) for n in range(1, 12)]
    yield hexes(True, "00 c280 e0a080 f0908080")
    yield hexes(False, "f888808080 fc8480808080")
    yield hexes(True, "7f dfbf efbfbf f48fbfbf")
    yield hexes(False, "f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf")
    yield hexes(True, "ed9fbf ee8080 efbfbd f48fbfbf") + hexes(False, "f4908080")
    yield hexes(False, "80 bf") + [((b"\x80\xbf" * 3)[:n], False) for n in range(2, 7)] + \
        [(bytes(range(0x80, 0xbf)), False)]
    yield [(b"".join(bytes([lead, 0x20]) for lead in range(first, last)), False)
           for first, last in ((0xc0, 0xdf), (0xe0, 0xef), (0xf0, 0xf7), (0xf8, 0xfb),
                               (0xfc, 0xfd))]
    yield [(each, False) for each in missing]
    yield [(b"".join(missing), False)]
    yield hexes(False, "fe ff fefeffff")
    yield hexes(False, "c0af e080af f08080af f8808080af fc80808080af")
    yield hexes(False, "c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf")
    yield hexes(False, "c080 e08080 f0808080 f880808080 fc8080808080")
    yield hexes(False, "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf")
    yield hexes(False, "eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf "
                "edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf")
    yield [(chr(plane << 16 | last).encode(), True) for plane in range(17)
           for last in (0xfffe, 0xffff)]
    yield [(chr(code).encode(), True) for code in range(0xfff9, 0x10000)]


def utf_8():
    for i, group in enumerate(sequences(), 5):
        for k, (payload, valid) in enumerate(group, 1):
            if valid:
                good(f"6.{i}.{k}", [frame(TEXT, payload)], answer(TEXT, payload))
            else:
                wrong(f"6.{i}.{k}", [frame(TEXT, payload)], code=1007)


def closing():
    hello, echo, end = frame(TEXT, b"Hello"), answer(TEXT, b"Hello"), close(1000)
    good("7.1.1", [hello], echo)
    case("7.1.2", [end, close()], closed(1000))
    case("7.1.3", [end, frame(PING)], closed(1000))
    case("7.1.4", [end, hello], closed(1000))
    case("7.1.5", [frame(TEXT, b"one", fin=False), end, frame(CONTINUATION, b"two")],
         closed(1000))
    long = b"a long one" * 26214
    case("7.1.6", [frame(TEXT, long), hello, end, frame(PING)], answer(TEXT, long), echo,
         closed(1000))
    case("7.3.1", [close()], closed())
    wrong("7.3.2", [frame(CLOSE, b"a")])
    case("7.3.3", [end], closed(1000))
    case("7.3.4", [close(1000, b"Hello")], closed(1000))
    case("7.3.5", [close(1000, b"*" * 123)], closed(1000))
    wrong("7.3.6", [close(1000, b"*" * 124)])
    wrong("7.5.1", [close(1000, GREEK + b"\xed\xa0\x80edited")], code=1007)
    for i, code in enumerate((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011,
                              3000, 3999, 4000, 4999), 1):
        case(f"7.7.{i}", [close(code)], closed(code))
    for i, code in enumerate((0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999), 1):
        wrong(f"7.9.{i}", [close(code)])
    for i, code in enumerate((5000, 65535), 1):
        wrong(f"7.13.{i}", [close(code)])


def sizes():
    kib, mib = 1 << 10, 1 << 20
    for group, opcode, some in ((1, TEXT, b"BAsd7&jh23"), (2, BINARY, b"\0\xfe\x23\xfa\xf0")):
        for i, n in enumerate((64 * kib, 256 * kib, mib, 4 * mib, 8 * mib, 16 * mib), 1):
            payload = (some * (n // len(some) + 1))[:n]
            good(f"9.{group}.{i}", cut(frame(opcode, payload), 65536), answer(opcode, payload))
    for group, opcode, octet in ((3, TEXT, b"*"), (4, BINARY, b"\xfe")):
        for i, n in enumerate((64, 256, kib, 4 * kib, 16 * kib, 64 * kib, 256 * kib, mib,
                               4 * mib), 1):
            octets = b"".join(fragments(opcode, octet * 4 * mib, n))
            good(f"9.{group}.{i}", cut(octets, 65536), answer(opcode, octet * 4 * mib))
    for group, opcode, octet in ((5, TEXT, b"*"), (6, BINARY, b"\xfe")):
        for i, n in enumerate((64, 128, 256, 512, 1024, 2048), 1):
            good(f"9.{group}.{i}", cut(frame(opcode, octet * mib), n),
                 answer(opcode, octet * mib))
    for group, opcode, octet in ((7, TEXT, b"*"), (8, BINARY, b"\xfe")):
        for i, n in enumerate((0, 16, 64, 256, 1024, 4096), 1):
            good(f"9.{group}.{i}", [frame(opcode, octet * n)] * 1000,
                 answer(opcode, octet * n) * 1000)
    good("10.1.1", fragments(TEXT, b"*" * 65536, 1300), answer(TEXT, b"*" * 65536))


# --- playing -----------------------------------------------------------------------------

class Connection:
    def __init__(self, peer):
        self.peer, self.ended, self.output = peer, False, b""
        peer.stdin.write(b"\xff" * 4)

    def put(self, piece):
        self.peer.stdin.write(struct.pack("<I", len(piece)) + piece)
        self.peer.stdin.flush()
        n, self.ended = struct.unpack("<I?", self.peer.stdout.read(5))
        self.output += self.peer.stdout.read(n)


def play(peer, pieces, output, quiet):
    """None, or what was wrong."""
    connection = Connection(peer)
    for i, piece in enumerate(pieces):
        if connection.ended:
            break
        connection.put(piece)
        if i < quiet and connection.output:
            return "it answered too early"
    if connection.output != output:
        return f"came {connection.output[:40]!r} ({len(connection.output)} octets), " \
            f"not {output[:40]!r} ({len(output)} octets)"
    return None if connection.ended else "it did not end"


def main(path, *numbers):
    for group in (echoes, pings, reserved, fragmented, texts, utf_8, closing, sizes):
        group()
    assert len(CASES) == 301, len(CASES)
    failed = 0
    with subprocess.Popen([*EMULATOR, path, "pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as peer:
        for number in numbers or CASES:
            problem = play(peer, *CASES[number])
            print(f"case {number} {'ok' if problem is None else 'FAILED: ' + problem}")
            failed += problem is not None
    print(f"{len(numbers or CASES) - failed} of {len(numbers or CASES)} cases passed")
    return failed != 0 or peer.returncode != 0


sys.exit(main(*sys.argv[1:]))
