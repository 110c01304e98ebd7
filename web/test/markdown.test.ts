/* What messages look like: Markdown's plain subset, and hostile text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inlines, isOnlyEmoji, parse } from "../src/text/markdown.js";
import type { Block, Inline } from "../src/text/markdown.js";

const text = (words: string): Inline => ({ kind: "text", text: words });

/** The tree as short text: what stands in it and how. */
function brief(all: readonly Inline[]): string {
  return all.map((one) => {
    switch (one.kind) {
      case "text": return one.text;
      case "code": return `<c:${one.text}>`;
      case "link": return `<a:${one.text}|${one.target.href}>`;
      case "mention": return `<@${one.name}>`;
      default: return `<${one.kind[0]}:${brief(one.inside)}>`;
    }
  }).join("");
}

function blocks(all: readonly Block[]): string {
  return all.map((one) => {
    switch (one.kind) {
      case "paragraph": return `P(${brief(one.inside)})`;
      case "code": return `C(${one.language}|${one.text})`;
      case "quote": return `Q(${blocks(one.inside)})`;
      case "list": return `${one.ordered ? `O${one.first}` : "U"}(${one.items.map(brief).join("|")})`;
    }
  }).join("");
}

test("styles", () => {
  for (const [written, shown] of [
    ["**a** *b* _c_ ~~d~~ `e*f*`", "<b:a> <i:b> <i:c> <s:d> <c:e*f*>"],
    ["snake_case_name and 2*3*4", "snake_case_name and 2*3*4"],
    ["**a *b* c**", "<b:a <i:b> c>"], ["**open", "**open"], ["*a **b*", "<i:a **b>"], ["a ** b", "a ** b"],
    ["\\*a\\*", "*a*"], ["``a`b``", "<c:a`b>"], ["`open", "`open"], ["(*a*).", "(<i:a>)."], ["****", "****"],
  ] as const) assert.equal(brief(inlines(written)), shown, written);
});

test("links and names", () => {
  for (const [written, shown] of [
    ["see https://example.org/a_(b), and", "see <a:https://example.org/a_(b)|https://example.org/a_(b)>, and"],
    ["(https://example.org)", "(<a:https://example.org|https://example.org/>)"],
    ["[here](https://example.org/x)", "<a:here|https://example.org/x>"],
    ["[x](javascript:alert(1))", "[x](javascript:alert(1))"], ["javascript:alert(1)", "javascript:alert(1)"],
    ["https://user:pass@example.org", "https://user:pass@example.org"],
    ["https://аpple.com/", "<a:https://xn--pple-43d.com/|https://xn--pple-43d.com/>"],
    ["hi @bob, and a@example.org", "hi <@bob>, and a@example.org"], ["@Zoë's", "<@Zoë>'s"],
    ["chinwag://example.org/#cooks", "<a:chinwag://example.org/#cooks|chinwag://example.org/#cooks>"],
  ] as const) assert.equal(brief(inlines(written)), shown, written);
});

test("blocks", () => {
  assert.equal(blocks(parse("a\nb")), "P(a\nb)");
  assert.equal(blocks(parse("```c\nint *a;\n```\nb")), "C(c|int *a;)P(b)");
  assert.equal(blocks(parse("```\nopen")), "P(```\nopen)");
  assert.equal(blocks(parse("> a\n> > b\nc")), "Q(P(a)Q(P(b)))P(c)");
  assert.equal(blocks(parse("- a\n- *b*\n3. c\n4. d")), "U(a|<i:b>)O3(c|d)");
  assert.deepEqual(parse("<b>&amp;"), [{ kind: "paragraph", inside: [text("<b>&amp;")] }]);
});

/** How often the text is looked at grows as its length: compared by work, not by a clock. */
test("64 KiB of anything is parsed, and nothing is lost of plain openers", () => {
  const parts = ["*", "**a", "_a *b ", "`", "``` \n", "[", "[a](http:", "> ", ">>>>>>>> ", "- *a", "@a", "http://", "~~", "(https://a", "\\", "```a\n", "a\n> b\n", "1. ", "*a_b**c~~d`", "`a``b```c"];
  for (const part of parts) {
    const hostile = part.repeat(Math.ceil(65536 / part.length)).slice(0, 65536);
    assert.ok(depth(parse(hostile)) < 12, JSON.stringify(part));
  }
  assert.equal(brief(inlines("*a ".repeat(1000))), "*a ".repeat(1000));
});

function depth(tree: readonly (Block | Inline)[]): number {
  return 1 + Math.max(0, ...tree.slice(0, 100).map((node) => ("inside" in node ? depth(node.inside as readonly (Block | Inline)[]) : 0)));
}

test("emoji alone", () => {
  assert.equal(isOnlyEmoji("👍🏽 ❤️"), true);
  assert.equal(isOnlyEmoji("👨‍👩‍👧"), true);
  assert.equal(isOnlyEmoji("ok 👍"), false);
  assert.equal(isOnlyEmoji("12"), false);
});
