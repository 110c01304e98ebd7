"""Breaks each rule of tools/tidy once, in a small tree in a temporary folder, and sees that it
is noticed, and nothing else with it. Caller: tools/tidy --self-test."""

import json
import os
import subprocess
import sys
import tempfile

TOOLS = os.path.dirname(os.path.abspath(__file__))

# A good tree: two files of the core, which call each other in one direction.
GOOD = {
    "src/base/alloc.h": "/* alloc.h - memory. */\nvoid *cw_alloc(unsigned long n);\n",
    "src/base/alloc.c": '/* alloc.c - memory. */\n#include <stdlib.h>\n\n#include "base/alloc.h"\n'
                        "\nvoid *cw_alloc(unsigned long n)\n{\n    return malloc(n);\n}\n",
    "src/core/low.h": "/* low.h - the lower one. */\nint cw_low(void);\n",
    "src/core/low.c": '/* low.c - the lower one. */\n#include "base/alloc.h"\n#include "core/low.h"\n'
                      "\nstatic int low(void)\n{\n    return cw_alloc(1) != 0;\n}\n"
                      "\nint cw_low(void)\n{\n    return low();\n}\n",
    "src/core/high.h": "/* high.h - the upper one. */\nint cw_high(void);\n",
    "src/core/high.c": '/* high.c - the upper one. */\n#include "core/high.h"\n#include "core/low.h"\n'
                       "\nint cw_high(void)\n{\n    return cw_low();\n}\n",
}
LOW, HIGH = GOOD["src/core/low.c"], GOOD["src/core/high.c"]

# A table of one refusal, and what is made of it.
REFUSALS = {
    "src/base/codes.def": "CW_CODE(INVALID_NAME, 1001, \"a name\")\n",
    "src/base/rules.def": 'CW_RULE(NAME, INVALID_NAME, "name", NOTHING,\n        "a name has 1 to "\n        "32 letters")\n',
    "include/chinwag/chinwag.h": "\nenum chinwag_rule {\n    CHINWAG_RULE_UNKNOWN = 0, /* other */\n"
                                 "    CHINWAG_RULE_NAME\n};\n",
    "docs/protocol.md": "<!-- tools/rules --write -->\n| Code | `rule` | With | `reason` |\n| --- | --- | --- | --- |\n"
                        "| 1001 | `name` |  | a name has 1 to 32 letters |\n<!-- end -->\n",
}

# rule, what is wrong: the files that differ, and the lines of exceptions that it would need
CASES = [
    ("opening", {"src/core/low.c": LOW.replace("/* low.c - ", "/* ")}, ["opening src/core/low.c"]),
    ("size", {"src/core/low.c": LOW + "\n" * 500}, ["size src/core/low.c"]),
    ("size", {"src/core/low.h": GOOD["src/core/low.h"] + "\n" * 300}, ["size src/core/low.h"]),
    ("size", {"test/unit/test_a.c": "\n" * 501, "test/unit/a.h": "\n" * 301, "test/a.py": "\n" * 501,
              "test/node_modules/a.js": "\n" * 501, "tools/b": "#!/bin/sh\n" + "\n" * 500,
              "fuzz/corpus": "\n" * 501, "include/chinwag/a.h": "\n" * 301, "src/base/limits.h": "/* limits.h - limits. */\n" + "\n" * 300},
     ["size include/chinwag/a.h", "size test/unit/test_a.c", "size test/unit/a.h", "size test/a.py", "size tools/b"]),
    ("limit", {"src/base/limits.h": "/* limits.h - limits. */\n#define CW_USED 1\n#define CW_UNUSED 2\n",
               "src/core/low.c": LOW.replace('#include "core/low.h"', '#include "base/limits.h"\n'
                                             '#include "core/low.h"').replace("alloc(1)", "alloc(CW_USED)")},
     ["limit CW_UNUSED"]),
    ("function", {"src/core/low.c": LOW.replace("{\n    return low", "{\n" + "\n" * 70 + "    return low")},
     ["function src/core/low.c cw_low"]),
    ("include", {"src/core/low.c": LOW.replace("#include", "#include <time.h>\n#include", 1)},
     ["include src/core/low.c time.h"]),
    ("include", {"src/base/alloc.c": GOOD["src/base/alloc.c"] + '#include "core/low.h"\n'},
     ["include src/base/alloc.c core/low.h"]),
    ("include", {"src/net/a.c": "/* a.c - a. */\n#include <stdlib.h>\nvoid *cw_uv = 0;\n",
                 "src/net/a.h": "/* a.h - a. */\n#include <sodium.h>\n"},
     ["include src/net/a.h sodium.h"]),
    ("include", {"src/odd/a.h": "/* a.h - a. */\n"}, ["include src/odd/a.h"]),
    ("include", {"src/store/sqlite/sql.c": "/* sql.c - of the driver. */\n#include <sqlite3.h>\n",
                 "src/store/sqlite/sql.h": "/* sql.h - for others. */\n#include <sqlite3.h>\n",
                 "src/store/sqlite/users.c": "/* users.c - above it. */\n#include <sqlite3.h>\n"},
     ["include src/store/sqlite/sql.h sqlite3.h", "include src/store/sqlite/users.c sqlite3.h"]),
    ("symbol", {"src/core/low.c": LOW.replace("static int low", "long time(long *t);\n\nstatic int low")
                .replace("cw_alloc(1) != 0", "cw_alloc((unsigned long)time(0)) != 0")},
     ["symbol src/core/low.c time"]),
    ("symbol", {"src/store/a.c": "/* a.c - a. */\nint cw_store_close(void);\n"
                                 "int cw_store_close(void)\n{\n    return 0;\n}\n",
                "src/core/high.c": HIGH.replace("int cw_high", "int cw_store_close(void);\n\nint cw_high")
                .replace("cw_low()", "cw_low() + cw_store_close()")},
     ["symbol src/core/high.c cw_store_close"]),
    ("built", {"src/core/other.c": "/* other.c - left out. */\nint cw_other;\n"},
     ["built src/core/other.c"]),
    ("name", {"src/core/high.c": HIGH.replace("int cw_high", "static int low(void)\n{\n    return 1;\n}\n"
                                              "\nint cw_high").replace("cw_low()", "cw_low() + low()")},
     ["name src/core low"]),
    ("name", {"src/core/a/one.c": "/* one.c - of one back end. */\nstatic int low(void)\n{\n    return 1;\n}\n"
                                  "static int twin(void)\n{\n    return low();\n}\n",
              "src/core/b/two.c": "/* two.c - of another. */\nstatic int twin(void)\n{\n    return 2;\n}\n"},
     ["name src/core low"]),
    ("circle", {"src/core/low.c": LOW.replace('#include "core/low.h"', '#include "core/high.h"\n'
                                              '#include "core/low.h"').replace("return low", "return cw_high() + low")},
     ["circle src/core/high.c", "circle src/core/low.c"]),
    ("circle", {"src/core/low.h": GOOD["src/core/low.h"] + '#include "core/high.h"\n'},
     ["circle src/core/high.c", "circle src/core/low.c"]),
    ("floor", {"floors": ["`high.c`", "`low.c`"]}, ["floor src/core/high.c src/core/low.c"]),
    ("floor", {"floors": ["`low.c`"]}, ["floor src/core/high.c"]),
    ("floor", {"floors": ["`low.c`", "`gone.c`, `high.c`"]}, ["floor src/core/gone.c"]),
    ("entry", {"src/wire/entries.def": 'CW_ENTRY(SEQ, seq, UNSIGNED, "seq", NUMBER) /* its number */\n',
               "include/chinwag/chinwag.h": "\nstruct chinwag_entry {\n    uint64_t seq;\n};\n"},
     ["entry include/chinwag/chinwag.h"]),
    ("refusals", {**REFUSALS, "docs/protocol.md": REFUSALS["docs/protocol.md"].replace("has 1 to", "had 1 to")},
     ["refusals docs/protocol.md"]),
    ("refusals", {**REFUSALS, "include/chinwag/chinwag.h": "\nenum chinwag_rule {\n    CHINWAG_RULE_UNKNOWN = 0, /* other */\n};\n"},
     ["refusals include/chinwag/chinwag.h"]),
    ("path", {"path": "`cw_low` (core/low.c) -> `low` (high.c) calls `gone`, then `low`.\n"},
     ["path low high.c", "path gone"]),
    ("picture", {"ARCHITECTURE.md": "No picture.\n"}, ["picture ARCHITECTURE.md"]),
    ("document", {"README.md": "`src/core/low.c`, core/low.h, `cw_low`; core/gone.c\n"},
     ["document README.md core/gone.c"]),
    ("document", {"docs/a.md": "`src/core/low.c`, `tools/gone --write` and `src/core/*.c`\n"},
     ["document docs/a.md tools/gone"]),
    ("document", {"docs/a.md": "`cw_low`, `cw_on_poke`, `cw_gone`\n", "CHANGELOG.md": "`cw_old`\n"},
     ["document docs/a.md cw_gone"]),
    ("bug", {"tools/plant.bugs": "# a list\nheld | src/core/low.c | return low(); | return 0;\n"
                                 "gone | src/core/low.c | return lower(); | return 0;\n"},
     ["bug src/core/low.c gone"]),
]


def put(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write(text)


def make(root, changes):
    """The good tree with these changes, its picture drawn and its sources compiled. "floors": a
    list of those of the core, the lowest first; "path": the text of a whisper's."""
    changes = dict(changes)
    steps = changes.pop("path", "`cw_high` (core/high.c) -> `cw_low`\n")
    listed = [f"{i + 1}. {floor}\n" for i, floor in enumerate(changes.pop("floors", []))]
    for path, text in {**GOOD, **changes}.items():
        put(root, path, text)
    if "ARCHITECTURE.md" not in changes:
        put(root, "ARCHITECTURE.md", subprocess.run(
            [sys.executable, os.path.join(TOOLS, "rooms"), root],
            stdout=subprocess.PIPE, text=True, check=True).stdout +
            "\n## The path of one whisper\n\n" + steps + "\n## The core's floors\n\n" +
            "".join(listed) + "\n## End\n")
    build = os.path.join(root, "build")
    os.mkdir(build)
    names = [path for path in {**GOOD, **changes}
             if path.endswith(".c") and not path.endswith("other.c")]
    commands = [{"directory": build, "file": "../" + path, "output": path.replace("/", "_") + ".o"}
                for path in names]
    put(root, "build/compile_commands.json", json.dumps(commands))
    jobs = [subprocess.Popen(["cc", "-w", "-I../src", "-o", command["output"], "-c", command["file"]],
                             cwd=build) for command in commands]
    if any(job.wait() != 0 for job in jobs):
        raise SystemExit("tidy --self-test: a small tree does not compile")


def run(judge, write, rules):
    """What went wrong; nothing is good. judge, write: of tools/tidy."""
    wrong = [f"no test breaks the rule {rule}" for rule in rules
             if rule not in [name for name, _, _ in CASES]]
    for rule, changes, lines in [("none", {}, []), *CASES]:
        with tempfile.TemporaryDirectory() as root:
            make(root, changes)
            wrong += try_case(root, rule, lines, judge, write)
    return wrong


def try_case(root, rule, lines, judge, write):
    wrong = []
    if len(judge(root, "build")) != len(lines):
        wrong.append(f"{rule}: found {judge(root, 'build')}, expected {lines}")
    put(root, "tools/tidy.exceptions", "".join(line + "\n" for line in lines))
    if judge(root, "build"):
        wrong.append(f"{rule}: excepted, but found {judge(root, 'build')}")
    put(root, "tools/tidy.exceptions", "".join(f"{line}\n" for line in [*lines, "size src/gone.c"]))
    if len(judge(root, "build")) != 1:
        wrong.append(f"{rule}: an exception that is not needed is not noticed")
    write(root, "build")
    if judge(root, "build"):
        wrong.append(f"{rule}: the list that was written is not right")
    return wrong
