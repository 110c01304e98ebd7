/* Names and texts of other people, commands, completion, addresses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gemoji } from "gemoji";
import { commandsFor, minutesOf, readLine } from "../src/text/commands.js";
import { complete, completionAt, completionByTab, matchOf, namesFor } from "../src/text/complete.js";
import { emojiGroups, findEmoji, readList } from "../src/text/emoji.js";
import { clean, cleanName, hueOf, initialOf, linkTarget } from "../src/text/safe.js";
import { fragmentOf, readRoute } from "../src/view/route.js";

test("texts are made fit to be shown", () => {
  assert.equal(clean("a\u202eb\u2066c\u0000\r\nd"), "abc\nd");
  assert.equal(clean(`e${"\u0301".repeat(100_000)}x`), `e${"\u0301".repeat(4)}x`);
  assert.equal(cleanName("a\n b"), "a b");
  assert.equal(cleanName("x".repeat(500)), `${"x".repeat(128)}…`);
  assert.equal(initialOf("#cooks"), "C");
  assert.equal(initialOf("!!"), "?");
});

test("links lead where they say", () => {
  assert.equal(linkTarget("javascript:alert(1)"), undefined);
  assert.equal(linkTarget("data:text/html,x"), undefined);
  assert.equal(linkTarget("https://a@b/"), undefined);
  assert.equal(linkTarget("https://\u202ea.org"), undefined);
  assert.deepEqual(linkTarget("https://example.org/ä"), { href: "https://example.org/%C3%A4", shown: "https://example.org/ä", place: "example.org" });
  assert.equal(linkTarget("https://exаmple.org/")?.shown, "https://xn--exmple-4nf.org/");
});

test("a colour belongs to a name", () => {
  assert.equal(hueOf("Alice"), hueOf("alice"));
  for (let at = 0; at < 1000; at++) assert.ok([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].includes(hueOf(`name-${at}`)));
  assert.ok(new Set(["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"].map(hueOf)).size >= 5);
});

test("commands", () => {
  assert.deepEqual(readLine("hello", true), { kind: "text", text: "hello" });
  assert.deepEqual(readLine("//etc", true), { kind: "text", text: "/etc" });
  assert.equal(readLine("/frobnicate", true).kind, "wrong");
  assert.equal(readLine("/topic x", false).kind, "wrong");
  assert.equal(readLine("/kick", true).kind, "wrong");
  assert.equal(readLine("/call now", true).kind, "wrong");
  const line = readLine("/mute bob 2h", true);
  assert.deepEqual(line.kind === "command" && [line.command.name, line.args], ["mute", ["bob", "2h"]]);
  const whisper = readLine("/w bob two words", true);
  assert.deepEqual(whisper.kind === "command" && [whisper.command.name, whisper.args], ["msg", ["bob", "two words"]]);
  assert.deepEqual([minutesOf("30"), minutesOf("2h"), minutesOf("3d"), minutesOf("x")], [30, 120, 4320, undefined]);
});

test("completion", () => {
  assert.deepEqual(completionAt("/to", 3), { kind: "command", from: 0, to: 3, written: "to" });
  assert.deepEqual(completionAt("a :smi", 6), { kind: "emoji", from: 2, to: 6, written: "smi" });
  assert.equal(completionAt("10:30", 5), undefined);
  assert.deepEqual(completionAt("(@bo", 4), { kind: "name", from: 1, to: 4, written: "bo" });
  assert.deepEqual(commandsFor("m").map(({ name }) => name), ["me", "msg", "mute"]);
  assert.deepEqual(namesFor("b", ["alice", "Bob", "bert"]), ["Bob", "bert"]);
  const at = completionByTab("bo", 2);
  assert.deepEqual(at && complete("bo", at, "bob"), { text: "@bob: ", caret: 6 });
  assert.deepEqual(complete("hi @b there", { kind: "name", from: 3, to: 5, written: "b" }, "bob"), { text: "hi @bob there", caret: 8 });
});

test("letters find titles", () => {
  assert.ok(matchOf("coo", "#cooks") > matchOf("coo", "chocolate moose"));
  assert.ok(matchOf("cks", "#cooks") > 0);
  assert.equal(matchOf("xyz", "#cooks"), 0);
});

test("emoji by short names", async () => {
  const groups = await emojiGroups();
  assert.equal(findEmoji(groups, "smile", 3)[0]?.emoji, "😄");
  assert.ok(groups.length >= 8);
  const each = groups.flatMap((group) => group.emoji.map(({ emoji }) => emoji));
  assert.deepEqual([...new Set(each)].sort(), gemoji.map(({ emoji }) => emoji).sort());
  const namesOf = (emoji: string): readonly string[] => groups.flatMap((group) => group.emoji.filter((each) => each.emoji === emoji).map((each) => each.name));
  for (const { emoji, names } of gemoji.filter((each) => !/\p{RI}/u.test(each.emoji)))
    assert.deepEqual(namesOf(emoji), names);
  for (const [emoji, names] of [["🇬🇧", ["gb", "uk", "united_kingdom"]], ["🇨🇮", ["cote_divoire"]], ["🇹🇹", ["trinidad_tobago"]]] as const)
    assert.deepEqual(namesOf(emoji), names);
});

test("the list of emoji as it is written", () => {
  const list = ["# A b", "x +1", "y", "z", "w", "v", "u", "t", "@DEdeFR", "", "OQFocc!+♂!;=👨+⚕!;cc!"].join("\n");
  assert.deepEqual(readList(list), [{ title: "A b", emoji: [["x", "😀"], ["+1", "😀"], ["y", "😁"], ["z", "😂\ufe0f"],
    ["w", "😂\ufe0f\u200d♂\ufe0f"], ["v", "👨\u200d⚕\ufe0f"], ["u", "👩"], ["t", "👪\ufe0f"], ["de", "🇩🇪"], ["germany", "🇩🇪"], ["france", "🇫🇷"]]
    .map(([name, emoji]) => ({ name, emoji })) }]);
});

test("addresses", () => {
  for (const [id, seq, fragment] of [["#cooks", undefined, "#cooks"], ["#cooks", 42, "#cooks/42"], ["bob", undefined, "#@bob"], ["zoë/x", 7, "#@zo%C3%AB%2Fx/7"]] as const) {
    assert.equal(fragmentOf(id, seq), fragment);
    assert.deepEqual(readRoute("/", fragment), seq === undefined ? { at: "conversation", id } : { at: "conversation", id, seq });
  }
  const code = "5c0e8f2a-6b1d-4a77-9e30-c4d2a8b1f605";
  assert.deepEqual(readRoute("/", `#${code}`), { at: "invitation", code });
  assert.deepEqual(readRoute("/", `#${code},${"A".repeat(43)}`), { at: "invitation", code });
  assert.deepEqual(readRoute("/", "#%"), { at: "home" });
  assert.deepEqual(readRoute("/", ""), { at: "home" });
});
