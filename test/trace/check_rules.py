#!/usr/bin/env python3
"""check_rules.py SOURCE-ROOT - every row of src/base/rules.def has been seen: its identifier stands
in a transcript, which is compared with what the core says, or as a string in another test."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
rows = re.findall(r'^CW_RULE\(\w+, \w+, "(\w+)"', (root / "src/base/rules.def").read_text("utf-8"), re.M)
seen = set()
for path in (root / "test").rglob("*"):
    if path.suffix in (".trace", ".nodes"):
        seen.update(re.findall(r'"rule": "(\w+)"', path.read_text("utf-8", "replace")))
    elif path.suffix in (".c", ".py") and path.name != "check_rules.py":
        seen.update(re.findall(r'"(\w+)"', path.read_text("utf-8")))
unseen = [row for row in rows if row not in seen]
twice = sorted({row for row in rows if rows.count(row) > 1})
if unseen or twice or not rows:
    sys.exit(f"src/base/rules.def: no test has seen {unseen}; twice: {twice}")
