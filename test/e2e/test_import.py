"""chinwagd --import: Mattermost's bulk export, as lines, a folder or a zip, and our own form; a second
import adds nothing, also after the first was killed; broken lines are told by their numbers."""

import json
import os
import shutil
import sqlite3
import subprocess
import unittest
import zipfile

from harness import PASSWORD, PATIENCE, Peer, Server, main
from test_backup import chinwagd

BEGIN = 1_600_000_000_000
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


def mattermost():
    """The lines of an export with one of everything."""
    def member(team, *channels):
        return {"name": team, "roles": "team_user", "channels": [
            {"name": name, "roles": roles} for name, roles in channels]}

    def user(name, *teams):
        return {"type": "user", "user": {
            "username": name, "email": name + "@example.org", "auth_service": "", "nickname": "",
            "roles": "system_user", "teams": list(teams)}}

    def channel(team, name, kind="O", **more):
        return {"type": "channel", "channel": {
            "team": team, "name": name, "display_name": name.title(), "type": kind,
            "header": more.get("header", ""), "purpose": more.get("purpose", "")}}

    def post(team, channel, user, message, at, **more):
        return {"type": "post", "post": {"team": team, "channel": channel, "user": user,
                                         "message": message, "create_at": BEGIN + at, **more}}

    return [
        {"type": "version", "version": 1, "info": {"generator": "mattermost-server"}},
        {"type": "team", "team": {"name": "soup", "display_name": "Soup", "type": "O"}},
        {"type": "team", "team": {"name": "bread", "display_name": "Bread", "type": "O"}},
        channel("soup", "town-square", header="all about soup\nand more"),
        channel("bread", "town-square"),
        channel("soup", "secret", "P", purpose="recipes"),
        channel("soup", "empty"),
        user("alice", member("soup", ("town-square", "channel_user channel_admin"),
                             ("secret", "channel_user"))),
        user("bob", member("soup", ("town-square", "channel_user"))),
        user("carol", member("soup", ("town-square", "channel_user"), ("secret", "channel_admin")),
             member("bread", ("town-square", "channel_user"))),
        user("gone"),
        post("soup", "town-square", "alice", "who has a ladle?", 1000, reactions=[
            {"user": "bob", "emoji_name": "+1", "create_at": BEGIN + 1500},
            {"user": "carol", "emoji_name": "thumbsup", "create_at": BEGIN + 1600},
            {"user": "bob", "emoji_name": "party_parrot", "create_at": BEGIN + 1700}],
            replies=[{"user": "bob", "message": "I do", "create_at": BEGIN + 5000},
                     {"user": "carol", "message": "me too", "create_at": BEGIN + 7000,
                      "attachments": [{"path": "20200913/ladle.png"}]}]),
        post("soup", "town-square", "carol", "unrelated", 3000),
        post("soup", "town-square", "bob", "bob joined", 500, type="system_join_channel"),
        post("bread", "town-square", "carol", "bread!", 4000),
        post("soup", "secret", "gone", "I was here", 2000),
        post("soup", "secret", "carol", "twice", 6000),
        post("soup", "secret", "carol", "twice", 6000),
        post("soup", "town-square", "alice", "long " * 3000, 8000),
        {"type": "direct_channel", "direct_channel": {"members": ["alice", "bob"], "header": ""}},
        {"type": "direct_channel", "direct_channel": {"members": ["alice", "bob", "carol"],
                                                      "header": ""}},
        {"type": "direct_post", "direct_post": {
            "channel_members": ["alice", "bob"], "user": "bob", "message": "psst",
            "create_at": BEGIN + 9000}},
        {"type": "direct_post", "direct_post": {
            "channel_members": ["alice", "bob", "carol"], "user": "carol", "message": "us three",
            "create_at": BEGIN + 9500, "attachments": [
                {"path": "20200913/ladle.png"}, {"path": "none.png"}, {"path": "../secret"}]}},
    ]


class ImportTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.home = self.server.home
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.data = self.server.data
        self.export = os.path.join(self.home, "export")
        os.makedirs(os.path.join(self.export, "data", "20200913"))
        with open(os.path.join(self.export, "data", "20200913", "ladle.png"), "wb") as file:
            file.write(PICTURE)
        with open(os.path.join(self.home, "secret"), "w") as file:
            file.write("not of the export")

    def write(self, lines, name="import.jsonl"):
        path = os.path.join(self.export, name)
        with open(path, "w") as file:
            file.writelines(line if isinstance(line, str) else json.dumps(line) + "\n"
                            for line in lines)
        return path

    def imported(self, path, *options):
        code, out, err = chinwagd("--import", path, "--data", self.data, *options)
        self.assertEqual((code, err), (0, ""), out)
        return out

    def refused(self, sentence, path, *options):
        code, out, err = chinwagd("--import", path, "--data", self.data, *options)
        self.assertEqual(code, 1, out)
        self.assertIn(sentence, err)
        return out

    def rows(self, sql):
        database = sqlite3.connect(os.path.join(self.data, "chinwag.db"))
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def messages(self, group):
        """(sender, text, time after the begin, number that it answers)"""
        return self.rows(
            "SELECT users.name, CAST(body AS TEXT), time_ms - %d, reply_to FROM messages JOIN users"
            " ON users.id = sender_id WHERE mailbox = (SELECT id * 2 + 1 FROM groups WHERE name ="
            " '%s') ORDER BY messages.seq" % (BEGIN, group))


class Mattermost(ImportTest):
    def check(self):
        names = [row[0] for row in self.rows("SELECT name FROM users ORDER BY name")]
        self.assertEqual(names, ["alice", "bob", "carol", "gone"])
        groups = self.rows("SELECT name, by_invitation, topic FROM groups ORDER BY name")
        self.assertEqual(groups, [("bread-town-square", 0, ""), ("secret", 1, "recipes"),
                                  ("soup-town-square", 0, "all about soup"),
                                  ("talk-alice-bob-carol", 1, "")])
        square = self.messages("soup-town-square")
        self.assertEqual(square[:4], [("alice", "who has a ladle?", 1000, 0),
                                      ("carol", "unrelated", 3000, 0), ("bob", "I do", 5000, 1),
                                      ("carol", "me too", 7000, 1)])
        self.assertEqual("".join(text for _, text, _, _ in square[4:]), "long " * 3000)
        self.assertTrue(all(len(text) <= 4000 for _, text, _, _ in square))
        self.assertEqual(self.messages("secret"),
                         [("gone", "I was here", 2000, 0), ("carol", "twice", 6000, 0),
                          ("carol", "twice", 6000, 0)])
        members = self.rows("SELECT groups.name, users.name, role FROM members JOIN groups ON"
                            " groups.id = group_id JOIN users ON users.id = user_id ORDER BY 1, 2")
        self.assertEqual(members, [
            ("bread-town-square", "carol", 3), ("secret", "alice", 1), ("secret", "carol", 3),
            ("soup-town-square", "alice", 3), ("soup-town-square", "bob", 1),
            ("soup-town-square", "carol", 1), ("talk-alice-bob-carol", "alice", 3),
            ("talk-alice-bob-carol", "bob", 1), ("talk-alice-bob-carol", "carol", 1)])
        self.assertEqual(self.rows("SELECT emoji, count FROM reaction_kinds"), [("👍", 2)])
        self.assertEqual(self.rows("SELECT name, type, size FROM files ORDER BY message_id"),
                         [("ladle.png", "image/png", len(PICTURE))] * 2)
        self.assertEqual(self.rows("SELECT count(DISTINCT content) FROM files"), [(1,)])
        code, out, err = chinwagd("--check", "--data", self.data)
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(chinwagd("--verify", "--data", self.data)[0], 0)

    def test_everything(self):
        path = self.write(mattermost())
        out = self.imported(path)
        self.assertIn("23 lines: 4 users, 5 groups, 11 posts, 4 files, 3 reactions", out)
        self.assertIn("2 of the files are not in the export", out)
        self.assertIn("imported 4 users, 4 groups, 14 messages, 2 files, 2 reactions; 0 messages "
                      "were there already\n", out)
        self.check()

    def test_again_adds_nothing(self):
        path = self.write(mattermost())
        self.imported(path)
        before = chinwagd("--verify", "--data", self.data)[1]
        out = self.imported(path)
        self.assertIn("imported 0 users, 0 groups, 0 messages, 0 files, 0 reactions; 14 messages "
                      "were there already\n", out)
        self.assertEqual(chinwagd("--verify", "--data", self.data)[1], before)
        self.check()
        # More of the same export is added to it.
        more = mattermost()
        more[12]["post"]["replies"] = [{"user": "bob", "message": "indeed",
                                        "create_at": BEGIN + 10000}]
        self.assertIn(" 1 messages, ", self.imported(self.write(more)))
        self.assertEqual(self.messages("soup-town-square")[-1], ("bob", "indeed", 10000, 2))

    def test_a_folder_and_a_zip(self):
        self.write(mattermost())
        self.imported(self.export)
        self.check()
        shutil.rmtree(self.data)
        path = os.path.join(self.home, "export.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.write(os.path.join(self.export, "import.jsonl"), "import.jsonl")
            file.write(os.path.join(self.export, "data/20200913/ladle.png"),
                       "data/20200913/ladle.png")
        self.imported(path)
        self.check()

    def test_dry_run(self):
        out = self.imported(self.write(mattermost()), "--dry-run")
        self.assertIn("23 lines: 4 users, 5 groups, 11 posts", out)
        self.assertNotIn("imported 4 users", out)
        self.assertFalse(os.path.exists(self.data))

    def test_killed_in_the_middle(self):
        lines = mattermost()
        for number in range(2000):
            lines.append({"type": "post", "post": {
                "team": "soup", "channel": "town-square", "user": "bob", "message": f"n {number}",
                "create_at": BEGIN + 20000 + number}})
        lines += [{"type": "post", "post": {
            "team": "soup", "channel": "secret", "user": "gone", "message": "late",
            "create_at": BEGIN + 90000}}]
        path = self.write(lines)
        database = os.path.join(self.data, "chinwag.db-wal")
        caught = 0
        for size in (1, 50000, 300000, 600000, 900000):
            process = subprocess.Popen([os.environ["CHINWAGD"], "--import", path, "--data",
                                        self.data], stdout=subprocess.DEVNULL)
            while process.poll() is None:
                try:
                    if os.stat(database).st_size > size:
                        break
                except OSError:
                    pass
            caught += process.poll() is None
            process.kill()
            process.wait(PATIENCE)
        self.assertGreater(caught, 0)
        self.imported(path)
        square = self.messages("soup-town-square")
        self.assertEqual([text for _, text, _, _ in square if text.startswith("n ")],
                         [f"n {number}" for number in range(2000)])
        self.assertEqual(len(square), 2000 + 8)
        self.assertEqual([text for _, text, _, _ in self.messages("secret")],
                         ["I was here", "twice", "twice", "late"])
        # Who wrote there, and is no member, has left again.
        self.assertEqual(self.rows("SELECT count(*) FROM members JOIN users ON users.id = user_id"
                                   " WHERE users.name = 'gone'"), [(0,)])

    def test_the_server_runs_on_it(self):
        self.imported(self.write(mattermost()))
        with self.server as server:
            dave = Peer(server).register("dave").login_extended("dave")
            alice = Peer(server)
            alice.send("request", "login", "alice", PASSWORD)
            self.assertEqual(alice.recv()[2], 515)  # nobody knows a password for her
            dave.send("request", "join_group", "dave", dave.token, "soup-town-square")
            self.assertEqual(dave.recv()[2], 0)
            dave.send("request", "history", "dave", dave.token, "#soup-town-square",
                      {"around": 1, "limit": 10})
            page = dave.recv()
            self.assertEqual(page[2], 0)
            self.assertEqual(page[3]["list"][0]["content"], "who has a ladle?")
            dave.send("request", "search", "dave", dave.token, "ladle", {})
            self.assertEqual(len(dave.recv()[3]["list"]), 2)  # the text, and the file's name
            code, _, err = chinwagd("--import", self.export, "--data", self.data)
            self.assertEqual(code, 1)
            self.assertIn("Another server uses the data folder", err)
            dave.close()
            alice.close()


class Broken(ImportTest):
    def test_lines(self):
        good = mattermost()
        broken = ["nonsense\n", "{\"type\": \"post\"\n", "[]\n", "\"x\"\n", "{\"type\": 5}\n",
                  {"type": "post"}, {"type": "post", "post": []}, {"type": "nonsense", "nonsense": {}},
                  {"type": "post", "post": {"team": "soup", "channel": "x", "user": "bob",
                                            "message": 7, "create_at": 1}},
                  {"type": "post", "post": {"team": "soup", "channel": "x", "user": "bob",
                                            "message": "m", "create_at": -1}},
                  {"type": "post", "post": {"team": "soup", "channel": "x", "user": "bob",
                                            "message": "m", "create_at": 10 ** 16}},
                  {"type": "post", "post": {"team": "soup", "channel": "x", "user": "b\u0000b",
                                            "message": "m", "create_at": 1}},
                  {"type": "user", "user": {"username": "x" * 600}},
                  {"type": "user", "user": {"username": ""}},
                  {"type": "direct_post", "direct_post": {
                      "channel_members": ["alice", "bob"], "user": "carol", "message": "m",
                      "create_at": BEGIN}},
                  {"type": "direct_post", "direct_post": {
                      "channel_members": [], "user": "carol", "message": "m", "create_at": BEGIN}},
                  "{\"type\": \"user\", \"type\": \"user\"}\n", "\xff\n"]
        path = self.write(good[:11] + broken + good[11:])
        out = self.refused("Nothing was imported, since lines are broken", path)
        told = [line for line in out.splitlines() if line.startswith("line ")]
        self.assertEqual([int(line.split()[1].rstrip(":")) for line in told],
                         list(range(12, 12 + len(broken))))
        self.assertIn("line 17: it has no object 'post'", told)
        self.assertIn("line 19: this type is not known: 'nonsense'", told)
        self.assertIn(f"{len(broken)} lines are broken\n", out)
        self.assertFalse(os.path.exists(self.data))
        self.imported(path, "--skip-broken")
        Mattermost.check(self)

    def test_files_that_are_none(self):
        self.refused("Cannot read /none: No such file", "/none")
        self.refused("There is no file NAME.jsonl", self.home)
        self.refused("There is no line in it that says what it is", self.write([]))
        self.write([], "second.jsonl")
        self.refused("There are several files NAME.jsonl", self.export)
        self.refused("Nothing was imported", self.write([{"type": "version", "version": 2}]))
        with open(os.path.join(self.home, "x.zip"), "wb") as file:
            file.write(b"PK\3\4" + b"x" * 100)
        self.refused("is damaged, or could not be unpacked", file.name)
        code, _, err = chinwagd("--dry-run", "--data", self.data)
        self.assertEqual(code, 2)
        self.assertIn("--dry-run and --skip-broken go with --import", err)

    def test_paths_stay_in_the_export(self):
        os.symlink(os.path.join(self.home, "secret"), os.path.join(self.export, "data", "link"))
        os.symlink(self.home, os.path.join(self.export, "up"))
        lines = mattermost()[:11]
        paths = ["../secret", "/etc/passwd", "data/link", "link", "up/secret", "data/../../secret",
                 "", ".", "data"]
        for number, path in enumerate(paths):
            lines.append({"type": "post", "post": {
                "team": "soup", "channel": "town-square", "user": "bob", "message": "file",
                "create_at": BEGIN + number, "attachments": [{"path": path}]}})
        out = self.imported(self.write(lines))
        self.assertIn(f"{len(paths)} of the files are not in the export", out)
        self.assertEqual(self.rows("SELECT count(*) FROM files"), [(0,)])


class Ours(ImportTest):
    def test_lines_that_others_can_write(self):
        path = self.write([
            {"type": "user", "name": "alice"},
            {"type": "group", "name": "kitchen", "topic": "soup", "access": "invited",
             "people": ["alice", "bob"]},
            {"type": "msg_group", "conversation": "#kitchen", "sender": "bob", "seq": 4,
             "time": BEGIN + 1, "content": "hello"},
            {"type": "msg_group", "conversation": "#kitchen", "sender": "alice", "seq": 9,
             "time": BEGIN + 2, "content": "there", "reply_to": 4, "file": "20200913/ladle.png",
             "file_name": "my ladle.png"},
            {"type": "whisper", "sender": "alice", "to": "carol", "time": BEGIN + 3,
             "content": "psst"}])
        out = self.imported(path)
        self.assertIn("imported 3 users, 1 groups, 3 messages, 1 files, 0 reactions", out)
        self.assertEqual(self.messages("kitchen"),
                         [("bob", "hello", 1, 0), ("alice", "there", 2, 1)])
        self.assertEqual(self.rows("SELECT name, by_invitation FROM groups"), [("kitchen", 1)])
        self.assertEqual(self.rows("SELECT name FROM files"), [("my ladle.png",)])
        self.assertIn("3 messages were there already", self.imported(path))


if __name__ == "__main__":
    main()
