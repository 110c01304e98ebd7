"""What one of several chinwagd reads of the texts of the others: by how many questions. Run by
tools/with_postgres."""

from harness import main
from test_nodes import Holding, WithNodes
from test_postgres import url

TEXTS = 300


class Counting(Holding):
    """Counts the times that the server waits for PostgreSQL: each ends what it has sent by a Sync."""

    def __init__(self):
        self.waits = 0
        super().__init__()

    def loses_all(self, data):
        self.waits += data.count(b"S\0\0\0\4")
        return super().loses_all(data)


class Reading(WithNodes):
    def test_many_texts_are_one_question(self):
        """What the reader does beside takes some, too."""
        relay = Counting()
        self.addCleanup(relay.close)
        second = self.node(2, store=url(self.database, folder=relay.folder)).start()
        alice, bob = self.at(self.server, "alice"), self.extended(second, "bob")
        carol = self.at(self.server, "carol")
        self.group(alice, bob, carol)
        self.flood(alice, ["first"])
        self.assertEqual(self.read(bob, texts=1)[0], ["first"])
        relay.open.clear()
        said = [str(i) for i in range(TEXTS)]
        for i in range(0, TEXTS, 2):  # the sender changes with each, too
            self.flood(alice, said[i:i + 1])
            self.flood(carol, said[i + 1:i + 2])
        relay.waits = 0
        relay.open.set()
        self.assertEqual(self.read(bob, texts=TEXTS)[0], said)
        self.assertLess(relay.waits, TEXTS / 4)


if __name__ == "__main__":
    main()
