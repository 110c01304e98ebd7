#!/usr/bin/python3
"""The terminal client's screen in terminals of different kinds: colours, links, notifications, the
user's file of settings, files and what opens them. test_command_chat.py has the conversations."""

import base64
import codecs
import fcntl
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import zlib

from command import DONE, TRIES, WRONG_USE, children, main
from harness import PATIENCE
from kitty import Kitty
from terminals import Terminals

# All that may leave besides text: cursor, colours, modes, title, notifications, links.
SEQUENCES = re.compile(
    r"\x1b\[\d+;\d+H|\x1b\[[\d;]*m|\x1b\[2J|\x1b\[\?\d+[hl]|\x1b\[2[23];2t|\x1b\]2;[^\x07\x1b]*\x07|"
    r"\x1b\]9;[^\x07\x1b]*\x07|\x1b\]777;notify;[^\x07\x1b]*\x07|\x1b\]8;[^\x07\x1b]*\x1b\\|"
    r"\x1b\]11;\?\x1b\\|\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\|\x07")


class Bare:
    """A terminal that only keeps what it is sent."""

    def __init__(self, case, rows=24, columns=80, **environment):
        self.sent = ""
        pid, self.master = pty.fork()
        if pid == 0:
            os.execve(os.environ["CHINWAG"], [os.environ["CHINWAG"], "--as", "alice"],
                      {**case.environment, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **environment})
        self.pid = pid
        self.decode = codecs.getincrementaldecoder("utf-8")().decode  # a character may come in pieces
        os.set_blocking(self.master, False)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, text):
        """Reads meanwhile: neither may wait for the other."""
        data = text.encode()
        while data:
            readable, writable, _ = select.select([self.master], [self.master], [], PATIENCE)
            if not readable and not writable:
                raise AssertionError(f"it reads no more: {self.sent[-400:]!r}")
            if readable:
                self.take()
            if writable:
                data = data[os.write(self.master, data):]

    def take(self, wait_s=PATIENCE):
        """What comes within that time. False: nothing, or it has ended."""
        if not select.select([self.master], [], [], wait_s)[0]:
            return False
        try:
            chunk = os.read(self.master, 65536)
        except OSError:  # nobody has it open any more
            return False
        self.sent += self.decode(chunk)
        return bool(chunk)

    def until(self, *parts):
        end = time.monotonic() + PATIENCE
        while not all(part in self.sent for part in parts):
            if not self.take(max(0, end - time.monotonic())):
                raise AssertionError(f"this is all that comes: {self.sent!r}")
        seen, self.sent = self.sent, ""
        return seen

    def end(self):
        """Leaves; all that it has sent until then, and the exit code."""
        self.write("\x15/quit\r")
        code = self.rest()
        os.close(self.master)
        return code

    def rest(self):
        """All that it sends until its end, and the exit code."""
        while self.take():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def leaves_signals():
    """A sanitizer would report the signal, and end by another one."""
    alone = ":handle_segv=0:handle_sigfpe=0:handle_abort=0"
    return {name: os.environ[name] + alone for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}


class ChatLookTest(Terminals):
    def setUp(self):
        super().setUp()
        self.cook()

    def open(self, columns=80, rows=24, **changes):
        term = changes.pop("TERM", None)  # tmux has its own
        before = ["/usr/bin/env", f"TERM={term}"] if term else []
        return self.run_in([*before, os.environ["CHINWAG"], "--as", "alice"],
                           {**self.environment, **changes}, columns, rows)

    def close(self, screen):
        screen.enters("/quit")
        screen.waits("ended 0")
        screen.close()
        self.terminals.remove(screen)

    def settings(self, text):
        folder = self.path(".config/chinwag")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "chat.conf"), "w", encoding="utf-8") as file:
            file.write(text)

    def test_colours(self):
        self.settings("theme dark\n")
        self.by("bob", "send", "#cooks", "soup?")
        for environment, has, lacks in (
                ({"COLORTERM": "truecolor"}, ["38;2;243;155;234"], ["38;5;"]),  # bob's hue
                ({"TERM": "xterm-256color"}, ["38;5;218"], ["38;2;"]),
                ({"TERM": "xterm"}, ["\x1b[35m"], ["38;2;", "38;5;"]),
                ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, ["\x1b[7m"], ["38;2;", "38;5;", "\x1b[3"]),
                ({"TERM": "vt220"}, ["\x1b[7m"], ["38;2;", "38;5;", "\x1b[3"])):
            with self.subTest(environment):
                screen = self.open(**environment)
                screen.waits("soup?", "[1] #cooks")
                shown = screen.screen("-e").replace("\x1b[39m", "").replace("\x1b[0;", "\x1b[")
                for code in has:
                    self.assertTrue(code in shown or code.replace("[7m", "[1;7m") in shown, (code, shown))
                for code in lacks:
                    self.assertNotIn(code, shown)
                self.close(screen)

    def test_the_background_chooses(self):
        terminal = Bare(self, COLORTERM="truecolor")
        self.assertNotIn("38;2;", terminal.until("\x1b]11;?\x1b\\", "[1] #cooks"))
        terminal.write("\x1b]11;rgb:ffff/ffff/ffff\x1b\\")
        terminal.until("48;2;223;228;238", "[1] #cooks")  # the bar of the light theme
        terminal.write("\x1b]11;rgb:0/0/0\x07\x1b]11;nonsense\x07\x1b_Gi=1;OK\x1b\\\x1b[?62c\x1b[<9;9")
        terminal.until("48;2;42;49;66", "[1] #cooks")
        terminal.write("Mx\x15/theme plain\r")
        terminal.until("the theme is plain")
        terminal.write("\x15")
        self.assertEqual(terminal.end(), DONE)

    def test_nothing_of_others_is_a_sequence(self):
        hostile = ("\x1b]0;owned\x07\x1b[31mred \x9b31m \x07 \u202ertl\u2066 z\u0301\u0301\u0301\u0301\u0301 "
                   "https://example.org/a\x1b]8;;http://evil\x1b\\ ")
        terminal = Bare(self)
        shown = terminal.until("[1] #cooks", "\x1b[?1004h")
        self.by("bob", "send", "#cooks", hostile + "@alice")
        self.by("bob", "group", "leave", "cooks")
        shown += terminal.until("owned", "\x1b]8;id=1;https://example.org/a\x1b\\", "bob left")
        terminal.write("\x1b[O")  # the focus goes: a mention rings
        self.by("bob", "group", "join", "cooks")
        self.by("bob", "send", "#cooks", "@alice once more")
        shown += terminal.until("\x07\x1b]9;Chinwag: bob mentions you in #cooks\x07")
        self.assertEqual(terminal.end(), DONE)
        shown += terminal.sent
        self.assertEqual(set(re.findall(r"\x1b\]8;id=\d+;([^\x1b]*)\x1b", shown)),
                         {"https://example.org/a", "http://evil"})  # as it is written there
        rest = SEQUENCES.sub("", shown.replace("\r\n", ""))
        self.assertEqual(re.findall(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rest), [])
        self.assertTrue(shown.endswith("\x1b[?1049l"), shown[-40:])

    def test_a_notification_of_another_kind(self):
        terminal = Bare(self, VTE_VERSION="7000")
        terminal.until("[1] #cooks")
        terminal.write("\x1b[O")
        self.by("bob", "send", "#cooks", "@alice?")
        terminal.until("\x07\x1b]777;notify;Chinwag;bob mentions you in #cooks\x07")
        self.assertEqual(terminal.end(), DONE)

    def test_the_file_of_settings(self):
        self.settings("theme dark\n\nkey Ctrl+t nex_active\n")
        self.fails(WRONG_USE, "chat.conf:3: a key cannot do nex_active; did you mean next_active?",
                   "--as", "alice", "chat", "--plain-screen")
        self.settings("key Ctrl+t numbers # shows them\nkey Alt+n nothing\nmouse on\ntheme plain\n")
        self.by("bob", "send", "#cooks", "soup?")
        screen = self.open(rows=70)
        screen.waits("soup?", "[1] #cooks")
        screen.keys("M-n")
        screen.keys("C-t")
        screen.waits("[1]\n")
        screen.enters("/keys")
        screen.waits("Ctrl+t     shows the numbers of messages", "Alt+n      does nothing")
        screen.enters("/status")
        screen.waits("theme plain, mouse on", "messages shown", "connected")

    def test_search_and_go(self):
        for text in ("the soup of Monday", "bread", "butter", "the soup of Friday"):
            self.by("bob", "send", "#cooks", text)
        self.by("bob", "send", "@alice", "no soup today")
        screen = self.open(columns=100)
        screen.waits("#cooks", "bob")
        screen.keys("C-r")
        screen.types("soup in:#cooks")
        screen.keys("Enter")
        screen.waits("> 2", "the soup of Friday", "bob: the soup of Monday", "search: soup in:#cooks")
        screen.keys("Up", "Enter")
        screen.waits("> the soup of Monday", "bread", "] #cooks", without=["search:"])
        screen.enters("/search today")
        screen.waits("no soup today", "search: today")
        screen.keys("Enter")
        screen.waits("> no soup today", "] bob")
        screen.enters("/search nothing-has-this")
        screen.waits("nothing found")
        screen.keys("C-c")
        screen.enters("/history #cooks --limit 1")
        screen.waits("the soup of Friday")

    def test_files(self):
        soup = self.path("soup of the day.txt")
        with open(soup, "w", encoding="utf-8") as file:
            file.write("leeks\n" * 100000)
        opener, opened = self.path("bin/xdg-open"), self.path("opened")
        os.mkdir(self.path("bin"))
        with open(opener, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\necho "$1" >{opened}\n')
        os.mkfifo(opened)
        os.chmod(opener, 0o755)
        screen = self.open(columns=120, PATH=f"{self.path('bin')}:{os.environ['PATH']}",
                           TMPDIR=self.folder.name)
        screen.waits("[1] #cooks")
        screen.types("/send ~/soup of")
        screen.keys("Tab")
        screen.waits("> /send ~/soup of the day.txt")
        screen.keys("Enter")
        screen.waits("[file soup of the day.txt, 586 KiB]")
        screen.enters("/open 1")
        screen.waits("  opened ")
        with open(opened, encoding="utf-8") as file:
            path = file.read().rstrip("\n")
        self.assertRegex(path, r"^/.*/chinwag-open-\w{6}/soup of the day\.txt$")
        with open(path, "rb") as file, open(soup, "rb") as sent:
            self.assertEqual(file.read(), sent.read())
        self.assertEqual(os.stat(os.path.dirname(path)).st_mode & 0o777, 0o700)
        self.by("bob", "send", "#cooks", "see https://example.org/soup.")
        self.by("bob", "send-file", "#cooks", soup, "--name", "soup.desktop")
        screen.waits("soup.desktop")
        screen.enters("/open 3")
        screen.waits("could run as a program, and is not opened")
        screen.enters("/open 2")
        with open(opened, encoding="utf-8") as file:
            self.assertEqual(file.read(), "https://example.org/soup\n")
        screen.enters("/open 99")
        screen.waits("this message has nothing to open")

    def test_how_far_a_file_is(self):
        path = self.path("large.bin")

        def write():
            """Others than before, of which the server would keep one."""
            with open(path, "wb") as file:
                file.write(os.urandom(16))
                file.truncate(48 * 1024 * 1024)

        write()
        _, _, err = self.run_command("--as", "bob", "send-file", "#cooks", path,
                                     CHINWAG_IN_CHAT="1")
        told = err.splitlines()
        self.assertEqual(told[-1], "\x1f100 % of 48.0 MiB")
        self.assertEqual([line for line in told if not re.fullmatch(r"\x1f\d+ % of 48\.0 MiB", line)], [])
        screen = self.open(columns=120)
        screen.waits("[1] #cooks", "[file large.bin, 48.0 MiB]")
        come = lambda: (sum(self.on_disk().values()) - before) / (1024 * 1024)
        for _ in range(TRIES):
            before = sum(self.on_disk().values())
            write()
            screen.enters(f"/send {path}")
            self.until(lambda: come() > 8)
            self.server.process.send_signal(signal.SIGSTOP)  # it is no farther until one has looked
            if caught := come() < 40:
                screen.waits("[file: ", " % of 48.0 MiB]")
            self.server.process.send_signal(signal.SIGCONT)
            screen.waits("alice   [file large.bin, 48.0 MiB]", without=["[file: "])
            if caught:
                return
        self.fail("it was always over before the server stood still")

    def test_by_lines(self):
        self.by("bob", "send", "#cooks", "soup of the day")
        with self.start("--as", "alice", "chat", "--plain-screen", stdin=subprocess.PIPE) as running:
            running.process.stdin.write(b"/search soup\n/mouse on\n/status\n")
            running.process.stdin.close()
            running.process.stdin = None
            code, out, _ = running.end()
        self.assertEqual(code, DONE)
        self.assertIn("soup of the day", out.split("connected", 1)[-1])  # also as what was found
        self.assertIn("theme terminal, mouse on", out)

    def png(self, width, height):
        def chunk(kind, data):
            return (struct.pack(">I", len(data)) + kind + data +
                    struct.pack(">I", zlib.crc32(kind + data)))
        noise = random.Random(7).randbytes(3 * width * height)
        rows = b"".join(b"\0" + noise[3 * width * y:3 * width * (y + 1)] for y in range(height))
        path = self.path("pot.png")
        with open(path, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" +
                       chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                       chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
        return path

    def test_pictures(self):
        path = self.png(160, 120)
        terminal = Bare(self)
        terminal.until("[1] #cooks", "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\")
        self.by("bob", "send-file", "#cooks", path)
        self.assertNotIn("\x1b_G", terminal.until("[file pot.png"))
        terminal.write("\x1b_Gi=31;OK\x1b\\")
        shown = terminal.until("\x1b_Ga=t,f=100,i=1,q=2,m=1;", "\x1b_Ga=p,i=1,c=21,r=8,C=1,q=2\x1b\\")
        pieces = re.findall(r"\x1b_G(?:a=t,f=100,i=1,q=2,)?m=[01];([A-Za-z0-9+/=]*)\x1b\\", shown)
        with open(path, "rb") as file:
            self.assertEqual(base64.b64decode("".join(pieces)), file.read())  # as it was sent
        terminal.write("/theme plain\r")
        terminal.until("\x1b_Ga=d,d=a,q=2\x1b\\")
        terminal.write("\x0c")  # drawn anew, and not cleared
        self.assertNotIn("\x1b[2J", terminal.until("\x1b_Ga=p,i=1,"))
        self.assertEqual(terminal.end(), DONE)
        self.assertIn("\x1b_Ga=d,d=A,q=2\x1b\\", terminal.sent)

    def test_pictures_come_again_after_a_while_in_the_shell(self):
        path = self.png(160, 120)
        terminal = Bare(self)
        terminal.until("[1] #cooks", "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\")
        terminal.write("\x1b_Gi=31;OK\x1b\\")
        self.by("bob", "send-file", "#cooks", path)
        terminal.until("\x1b_Ga=t,f=100,i=1,q=2,m=1;", "\x1b_Ga=p,i=1,c=21,r=8,C=1,q=2\x1b\\")
        terminal.write("\x1a")
        shown = terminal.until("\x1b[?1049l")
        self.assertIn("\x1b_Ga=d,d=A,q=2\x1b\\", shown)  # while they are on its screen
        os.waitpid(terminal.pid, os.WUNTRACED)
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.until("\x1b[?1049h", "\x1b_Ga=t,f=100,i=2,q=2,m=1;", "\x1b_Ga=p,i=2,c=21,r=8,C=1,q=2\x1b\\")
        self.assertEqual(terminal.end(), DONE)

    def test_a_crash_gives_the_terminal_back(self):
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE):
            with self.subTest(number):
                terminal = Bare(self, **leaves_signals())
                before = termios.tcgetattr(terminal.master)
                terminal.until("[1] #cooks", "\x1b[?1004h")
                terminal.write("/mouse on\r")
                terminal.until("the mouse scrolls")
                terminal.write("/ptt F12\r/call\r")
                terminal.until("\x1b[>31u")
                self.assertEqual(termios.tcgetattr(terminal.master)[3] & (termios.ICANON | termios.ECHO), 0)
                child, = children(terminal.pid)
                call = os.pidfd_open(child)
                os.kill(terminal.pid, number)
                self.assertEqual(terminal.rest(), -number)
                self.assertTrue(select.select([call], [], [], PATIENCE)[0])  # it sees the end of its lines
                os.close(call)
                end = terminal.sent[-200:]
                for mode in ("\x1b[<u", "\x1b[?1006l\x1b[?1000l", "\x1b[?2004l", "\x1b[?1004l", "\x1b[23;2t",
                             "\x1b[?25h", "\x1b[?1049l"):
                    self.assertIn(mode, end)
                self.assertTrue(end.endswith("\x1b[?1049l"), end)
                self.assertEqual(termios.tcgetattr(terminal.master), before)
                os.close(terminal.master)

    def test_a_terminal_that_answers_nonsense(self):
        """To no question, wrongly, without end, and a paste of one word of 64 KiB."""
        rng = random.Random(18)
        terminal = Bare(self)
        terminal.until("[1] #cooks", "\x1b[?1004h")
        for answer in ("\x1b[?9999999999999999999999u", "\x1b]11;rgb:zz/zz/zz\x1b\\", "\x1b]11;" + "f" * 70000,
                       "\x1b_Gi=31;" + "O" * 5000 + "\x1b\\", "\x1b[I\x1b[O\x1b[I", "\x1b[<0;999999;999999M",
                       "\x1bP1$r\x1b\\", "\x1b[1;1R" * 500, "\x1b[27;5;9~\x1b[200~\x1b[200~x\x1b[201~\x1b[201~"):
            terminal.write(answer)
        terminal.write("".join(rng.choice("\x1b[]<>?;0123456789uMR~\\_PGO\x07é") for _ in range(20000)))
        terminal.write("\x07\x1b\\\x1b[201~\x1b\x1b\x15\x03\x15")
        for piece in range(64):
            terminal.write(("\x1b[200~" if piece == 0 else "") + "v" * 1024 + ("\x1b[201~" if piece == 63 else ""))
        terminal.until("vvvv")
        self.by("bob", "send", "#cooks", "before")
        terminal.write("\x15still here\r")
        end = time.monotonic() + PATIENCE
        while not any("still here" in line for line in self.history("bob", "#cooks")):
            self.assertLess(time.monotonic(), end, terminal.sent[-400:])
            terminal.take(0.1)
        self.assertEqual(terminal.end(), DONE)

    def test_in_kitty(self):
        """The first start, a talk of two, a reaction, a picture, a server that is killed."""
        with open(self.path("kitty.sh"), "w", encoding="ascii") as script:
            script.write(f"exec {os.environ['CHINWAG']}\n")
        os.mkdir(self.path("kitty"))
        screen = Kitty(self.path("kitty"), ["/bin/sh", self.path("kitty.sh")],
                       {**self.environment, "XDG_STATE_HOME": self.path("new")})
        self.terminals.append(screen)
        screen.waits("Nobody is logged in", "Your name there:")
        screen.enters("carol")
        screen.waits("already?")
        screen.enters("n")
        screen.waits("Ten keys")
        screen.enters("/join #cooks")
        screen.waits("[1] #cooks", "carol joined")
        screen.enters("good morning")
        screen.waits("  good morning", without=["under way"])
        self.by("bob", "send", "#cooks", "hello carol")
        screen.waits("bob ", "  hello carol")
        screen.types("/react :tada")
        screen.key("Tab", "Return")
        screen.waits("\N{PARTY POPPER} (you)")
        self.by("bob", "send-file", "#cooks", self.png(160, 120))
        self.by("bob", "send", "#cooks", "behind it")
        shown = screen.waits("[file ", "behind it").splitlines()
        rows = [number for number, line in enumerate(shown) if "[file " in line or "behind it" in line]
        self.assertEqual(rows[1] - rows[0], 9, shown)  # the picture has its eight rows
        self.server.kill()
        screen.waits("[no connection")
        screen.enters("meanwhile")
        screen.waits("meanwhile", "[1 under way]")
        self.server.start()
        screen.waits("  meanwhile", without=["under way", "no connection"])
        self.assertEqual(self.history("bob", "#cooks")[-1], "carol: meanwhile")

    def test_what_is_chosen_is_kept(self):
        self.settings("theme dark\n")
        screen = self.open()
        screen.waits("[1] #cooks")
        screen.enters("/theme light")
        screen.waits("the theme is light; it stays so")
        screen.enters("/devices a headset")
        screen.waits("the devices with 'a headset'")
        screen.enters("/vol bob 40")
        screen.enters("/ptt F7")
        screen.waits("push to talk: F7 begins and ends")
        self.close(screen)
        screen = self.open(columns=120)
        screen.waits("[1] #cooks")
        screen.enters("/status")
        screen.waits("theme light, mouse off", "'a headset'")
        screen.enters("/vol")
        screen.waits("bob 40 %")
        screen.enters("/ptt")  # it was on: this ends it
        screen.waits("push to talk is off")
        screen.enters("/ptt")
        screen.waits("push to talk: F7 begins and ends")
        screen.enters("/theme usual")
        screen.waits("the theme is dark; your settings have it")
        screen.enters("/devices usual")
        self.close(screen)
        screen = self.open()
        screen.waits("[1] #cooks")
        screen.enters("/status")
        screen.waits("theme dark, mouse off", without=["sound by"])
        self.close(screen)
        with open(self.path("state/chinwag/chat_choices"), "r+b") as file:
            file.write(b"nonsense")
        screen = self.open(columns=120)
        screen.waits("chat_choices is damaged", "[1] #cooks")

    def test_large_and_small(self):
        self.by("bob", "send", "#cooks", "a line " * 40)
        screen = self.open(columns=400, rows=100)
        self.assertEqual(len(screen.waits("a line a line", "@alice").splitlines()), 100)
        screen.resize(40, 10)
        shown = screen.waits("a line", "[1] #cooks", without=["@alice"])
        self.assertLessEqual(max(map(len, shown.splitlines())), 40)
        self.assertEqual(len(shown.splitlines()), 10)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
