"""Facts about the C sources: files, functions, includes, symbols. No rules: they are in
tools/tidy. Callers: tools/house, tools/tidy, tools/rooms.

A room is a folder of src; a wing is a folder of a room, or the room's own files."""

import collections
import json
import os
import re
import subprocess

Function = collections.namedtuple("Function", "name path line length")
Symbols = collections.namedtuple("Symbols", "defined undefined")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def sources(root, folder="src", endings=(".c", ".h")):
    """Paths below the folder, relative to root, in order."""
    found = []
    for place, _, names in os.walk(os.path.join(root, folder)):
        found += [os.path.relpath(os.path.join(place, name), root)
                  for name in names if name.endswith(endings)]
    return sorted(found)


def scripts(root, folder):
    """Paths below the folder of all that is C, Python or JavaScript; npm's packages apart."""
    return [path for path in sources(root, folder, (".c", ".h", ".py", ".js")) + executables(root, folder)
            if "/node_modules/" not in path]


def executables(root, folder):
    """Paths in the folder of scripts whose names have no ending."""
    place = os.path.join(root, folder)
    names = sorted(os.listdir(place)) if os.path.isdir(place) else []
    return [os.path.join(folder, name) for name in names
            if "." not in name and os.path.isfile(os.path.join(place, name))
            and read(root, os.path.join(folder, name)).startswith("#!")]


def room_of(path):
    """src/store/sqlite/open.c -> store"""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else ""


def wing_of(path):
    """src/store/sqlite/open.c -> src/store/sqlite"""
    return os.path.dirname(path)


def is_generated(text):
    """Does its opening comment say that a program writes it?"""
    return "do not edit" in text[:400]


def functions(root, paths):
    """The definitions in these files, those in macros not expanded."""
    if not paths:
        return []
    listed = subprocess.run(
        ["ctags", "-x", "--languages=C", "--langmap=C:.c.h", "--kinds-C=f", "--fields=+ne",
         "--_xformat=%{name}\t%{input}\t%{line}\t%{end}", "-L", "-"],
        cwd=root, input="\n".join(paths), stdout=subprocess.PIPE, text=True, check=True).stdout
    found = []
    for line in listed.splitlines():
        name, path, begin, end = line.split("\t")
        begin = int(begin)
        found.append(Function(name, path, begin, int(end or begin) - begin + 1))
    return found


def includes(text):
    """("<" or '"', name) of each include."""
    return INCLUDE.findall(text)


def resolve(root, path, name):
    """The file that `#include "name"` in path means, relative to root; the public header is
    the client's. A file that is not there is given as if it were in src."""
    beside = os.path.join(os.path.dirname(path), name)
    if os.path.exists(os.path.join(root, beside)):
        return os.path.normpath(beside)
    return "src/client/" + os.path.basename(name) if name.startswith("chinwag/") else "src/" + name


def without_comments(text):
    """The text with its comments, strings and characters taken out, line breaks kept."""
    def blank(match):
        found = match.group(0)
        return found if found[0] in "\"'" else "\n" * found.count("\n")
    return COMMENT.sub(blank, text)


def comment_lines(text):
    """Lines on which there is nothing but comment."""
    before, after = text.splitlines(), without_comments(text).splitlines()
    return sum(1 for full, bare in zip(before, after) if full.strip() and not bare.strip())


def objects(root, build):
    """source path -> object file, as the program is built; tests compile some sources again."""
    with open(os.path.join(root, build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    found = {}
    for command in commands:
        source = os.path.relpath(os.path.join(command["directory"], command["file"]),
                                 os.path.realpath(root))
        output = os.path.join(command["directory"], command["output"])
        if source.startswith("src/") and not command["output"].startswith(("test", "fuzz", "bench")):
            found.setdefault(source, output)
    return found


def symbols(object_files):
    """The object's global names: those it defines, and those it needs. One run of nm for all."""
    if not object_files:
        return {}
    listed = subprocess.run(["nm", "-A", "-P", "-g", *object_files],
                            stdout=subprocess.PIPE, text=True, check=True).stdout
    found = {path: Symbols(set(), set()) for path in object_files}
    for line in listed.splitlines():
        path, _, rest = line.partition(": ")
        name, kind = rest.split()[:2]
        if kind in "Uwv":
            found[path].undefined.add(name)
        else:
            found[path].defined.add(name)
    return found


def uses(root, paths, symbols_of):
    """unit -> units of the same wing that it uses: needs their symbols, or includes their
    headers. A unit is a file and its header, by its .c; but a header that other rooms include is
    one for itself. paths: of the sources; symbols_of: .c -> Symbols."""
    texts = {path: read(root, path) for path in paths}
    included = {path: [resolve(root, path, name) for mark, name in includes(text) if mark == '"']
                for path, text in texts.items()}
    public = {target for path, targets in included.items() for target in targets
              if room_of(target) != room_of(path)}

    def unit_of(path):
        code = os.path.splitext(path)[0] + ".c"
        return code if code in texts and path not in public else path

    home = {name: path for path, has in symbols_of.items() for name in has.defined}
    found = {}
    for path in paths:
        needed = {home[name] for name in symbols_of[path].undefined if name in home} \
            if path in symbols_of else set()
        unit = unit_of(path)
        used = {unit_of(other) for other in needed | set(included[path]) if other in texts}
        found.setdefault(unit, set()).update(
            other for other in used if other != unit and wing_of(other) == wing_of(unit))
    return found


def circles(edges):
    """Groups of nodes that reach each other (Tarjan), each sorted; of one node: none."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(edges.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = []
            while not group or group[-1] != node:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return sorted(found)
