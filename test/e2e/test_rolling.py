"""Servers of two versions side by side on one PostgreSQL: an upgrade, one after the other. The next
version is this one with another module (test/store/next_version.c), in the folder NEXT_MODULE; this
one's is in THIS_MODULE. Run by tools/with_postgres."""

import os

import control
from harness import PATIENCE, at_once, main
from test_nodes import WithNodes
from test_postgres import ask, url

os.environ["LD_LIBRARY_PATH"] = os.environ["THIS_MODULE"]
NEXT = f"env LD_LIBRARY_PATH={os.environ['NEXT_MODULE']}".split()


class Rolling(WithNodes):
    def renewed(self, server):
        """It is of the next version from its next start on."""
        server.wrap = NEXT
        return server

    def standing(self):
        """Version and level of the tables."""
        return tuple(map(int, ask(self.database,
                                  "SELECT version, level FROM chinwag.version").split("|")))

    def refused(self, server, words):
        status, _, log = server.refusal()
        self.assertGreater(status, 0, log)
        self.assertIn(words, log)

    def talk(self, one, other):
        """Both hear each other, and numbers have no holes."""
        alice, bob = self.at(one, "alice"), self.at(other, "bob")
        for i in range(3):
            self.assertEqual(self.do(alice, "whisper", "bob", f"to bob {i}"), 0)
            while bob.recv() != ["update", "whisper", "alice", f"to bob {i}"]:
                pass
            self.assertEqual(self.do(bob, "whisper", "alice", f"to alice {i}"), 0)
            while alice.recv() != ["update", "whisper", "bob", f"to alice {i}"]:
                pass
        self.dense()

    def test_an_upgrade_one_after_the_other(self):
        before, _ = self.standing()
        self.assertEqual(self.standing(), (before, before))
        second = self.renewed(self.node(2)).start()
        self.assertEqual(self.standing(), (before + 1, before))
        self.talk(self.server, second)
        # The older one may be started again, and so may the newer one as the older.
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.talk(self.server, second)
        self.assertEqual(second.stop(), 0)
        second.wrap = []
        second.start()
        self.talk(second, self.server)
        self.assertEqual(second.stop(), 0)
        self.renewed(second).start()
        code, _, words = control.run(second.data, "finish-upgrade")
        self.assertNotEqual(code, 0)
        self.assertIn("Server 1 is of the version before", words)
        code, _, words = control.run(self.server.data, "finish-upgrade")
        self.assertNotEqual(code, 0)
        self.assertIn("is newer", words)
        self.assertEqual(self.server.stop(), 0)
        self.renewed(self.server).start()
        self.assertEqual(self.standing(), (before + 1, before))
        self.assertEqual(control.run(self.server.data, "finish-upgrade"), (0, "", ""))
        self.server.wait_log("the upgrade is finished")
        self.assertEqual(self.standing(), (before + 1, before + 1))
        self.assertEqual(ask(self.database, "SELECT count(*) FROM chinwag.messages WHERE settled <> 1"), "0")
        self.talk(self.server, second)
        code, _, words = control.run(self.server.data, "finish-upgrade")
        self.assertNotEqual(code, 0)
        self.assertIn("No upgrade is to be finished", words)
        # Also where only the rules of the index of words are others: then it is made anew.
        rules = ask(self.database, "SELECT words FROM chinwag.names")
        ask(self.database, "UPDATE chinwag.names SET words = 'older'")
        third = self.renewed(self.node(3)).start()  # ... but not by a start beside others
        third.wait_log("call chinwagctl finish-upgrade")
        self.assertEqual(third.stop(), 0)
        self.assertEqual(ask(self.database, "SELECT words = 'older' FROM chinwag.names"), "t")
        self.assertEqual(control.run(self.server.data, "finish-upgrade"), (0, "", ""))
        self.assertEqual(ask(self.database, "SELECT words FROM chinwag.names"), rules)
        self.refused(self.node(3), "is newer")
        for node in self.server, second:
            self.assertEqual(node.stop(), 0, node.log())

    def test_all_were_killed_in_the_middle(self):
        """The newer one is first back: it does not take the tables from the older one."""
        before, _ = self.standing()
        second = self.renewed(self.node(2)).start()
        for node in self.server, second:
            node.kill()
        second.start()
        self.assertEqual(self.standing(), (before + 1, before))
        self.server.start()
        self.talk(self.server, second)

    def test_who_is_alone_leaves_nothing_for_others(self):
        before, _ = self.standing()
        self.assertEqual(self.server.stop(), 0)
        self.renewed(self.server).start()
        self.assertEqual(self.standing(), (before + 1, before + 1))
        self.refused(self.node(2), "is newer")

    def test_one_that_was_cut_off_meanwhile(self):
        """The upgrade was finished while it had no connection: it does not come back."""
        second = self.renewed(self.node(2)).start()
        alice = self.at(self.server, "alice")
        ask(self.database, "UPDATE chinwag.version SET level = version")
        ask(self.database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <>"
                           " pg_backend_pid() AND datname = current_database()")
        alice.send("request", "whisper", "alice", alice.token, "alice", "too old")
        self.assertGreater(self.server.process.wait(PATIENCE), 0)
        self.server.wait_log("is too old for it")
        self.at(second, "bob").ask("whisper", "alice", "goes on")
        self.assertEqual(self.dense(), 1)

    def test_several_start_at_once_on_older_tables(self):
        """One brings them up to date, and the others wait for it."""
        self.assertEqual(self.server.stop(), 0)
        nodes = [self.renewed(node) for node in (self.server, self.node(2), self.node(3))]
        at_once(*(node.start for node in nodes))
        self.talk(nodes[0], nodes[2])

    def test_without_a_cluster_there_is_nothing_to_finish(self):
        alone = self.other()
        alone.start()
        code, _, words = control.run(alone.data, "finish-upgrade")
        self.assertNotEqual(code, 0)
        self.assertIn("nothing to finish", words)


class Older(WithNodes):
    def test_both_of_two_that_start_at_once(self):
        """Also where the change needs a server that is alone: it is done by the first one."""
        self.assertEqual(self.server.stop(), 0)
        ask(self.database,
            "SET search_path = chinwag; DROP TABLE call_leases; DROP SEQUENCE call_epochs; DROP INDEX"
            " news_moved; ALTER TABLE nodes DROP knows, DROP process; ALTER TABLE version DROP level; UPDATE version"
            " SET version = 2")
        second = self.node(2)
        at_once(self.server.start, second.start)
        self.at(self.server, "alice").ask("whisper", "bob", "both are there")
        self.at(second, "bob").expect("update", "whisper", "alice", "both are there")


if __name__ == "__main__":
    main()
