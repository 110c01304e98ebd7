/* Which requests the service worker answers from its cache. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { State } from "../src/model/state.js";
import { unreadFor } from "../src/worker/join.js";
import { cachedPath, isPageOf, outdated } from "../src/worker/shell.js";

const ORIGIN = "https://chat.example.org";
const FILES = ["/app-ABCDEFGH.js", "/icon.svg"];

const path = (url: string, navigates = false, method = "GET"): string | undefined =>
  cachedPath({ method, url: new URL(url, ORIGIN).href, navigates }, ORIGIN, FILES);

test("the page and the files of the build come from the cache", () => {
  assert.equal(path("/", true), "/");
  assert.equal(path("/join#CODE,KEY", true), "/");
  assert.equal(path("/share?text=a", true), "/");
  assert.equal(path("/?x=1", true), "/");
  assert.equal(path("/app-ABCDEFGH.js"), "/app-ABCDEFGH.js");
  assert.equal(path("/icon.svg"), "/icon.svg");
});

test("everything else is left to the browser", () => {
  for (const other of ["/f/17?e=1&m=abc", "/f/", "/healthz", "/.well-known/chinwag", "/sw.js", "/app-OTHEROTH.js",
    "/icon.svg?x", "https://evil.example/icon.svg"])
    assert.equal(path(other), undefined, other);
  assert.equal(path("/f/17", true), undefined);
  assert.equal(path("/"), undefined);
  assert.equal(path("/icon.svg", false, "HEAD"), undefined);
  assert.equal(path("/", true, "POST"), undefined);
});

test("caches of other builds are outdated, and others' caches are not touched", () => {
  assert.deepEqual(outdated(["chinwag-a", "chinwag-b", "other"], "chinwag-b"), ["chinwag-a"]);
  assert.ok(isPageOf('<meta name="chinwag-build" content="0123">', "0123"));
  assert.ok(!isPageOf('<meta name="chinwag-build" content="0123">', "0124"));
});

test("the icon counts mentions, and messages of people, where the user wants to be told", () => {
  const conversations = [
    { id: "#cooks", unread: 7, unreadMentions: 2, level: "all" }, { id: "bob", unread: 3, unreadMentions: 0, level: "all" },
    { id: "eve", unread: 5, unreadMentions: 0, level: "nothing" },
    { id: "#loud", unread: 9, unreadMentions: 4, level: "all", mutedUntil: 2_000 },
  ];
  const state = { conversations: new Map(conversations.map((each) => [each.id, each])) } as unknown as State;
  assert.equal(unreadFor(state, 1_000), 5);
  assert.equal(unreadFor(state, 3_000), 9);
});
