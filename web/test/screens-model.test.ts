/* screens-model.test.ts - what the screens compute: rights, quiet hours, queries, links, times. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import "./page.js";
import { readPreferences } from "../src/keep/preferences.js";
import { readRoute } from "../src/view/route.js";
import { deviceLink, groupLink, invitationLink, resetLink, totpLink } from "../src/model/links.js";
import { qrCode } from "../src/model/qr.js";
import { writeQuery } from "../src/model/query.js";
import { parseQuietHours, writeQuietHours } from "../src/model/quiet.js";
import { rightsOver } from "../src/model/rights.js";
import type { MemberRights } from "../src/model/rights.js";
import type { MemberRow, Role } from "../src/model/rows.js";
import { bytes, dateAndTime, lengthOf, machineTime, relative } from "../src/text/when.js";
import { localTime } from "../src/view/screens/profile.js";
import { namesOf } from "../src/view/screens/new.js";
import { statusEnd } from "../src/view/screens/own-profile.js";

function granted(own: Role | undefined, change: Partial<MemberRow>): string[] {
  const member: MemberRow = { name: "bob", presence: "online", role: "member", inCall: false, banned: false, bot: false, ...change };
  return Object.entries(rightsOver({ name: "alice", role: own }, member) satisfies MemberRights).filter(([, may]) => may).map(([right]) => right);
}

test("who may do what to whom", () => {
  assert.deepEqual(granted("owner", {}), ["mute", "kick", "ban", "makeModerator", "handOver"]);
  assert.deepEqual(granted("owner", { role: "moderator" }), ["mute", "kick", "ban", "makeMember", "handOver"]);
  assert.deepEqual(granted("owner", { name: "alice", role: "owner" }), []);
  assert.deepEqual(granted("owner", { bot: true }), ["mute", "kick", "ban", "makeModerator"]);
  assert.deepEqual(granted("moderator", {}), ["mute", "kick", "ban"]);
  assert.deepEqual(granted("moderator", { role: "moderator" }), []);
  assert.deepEqual(granted("moderator", { role: "owner" }), []);
  assert.deepEqual(granted("member", {}), []);
  assert.deepEqual(granted(undefined, {}), []);
});

test("banned people can only be let in again", () => {
  const banned: MemberRow = { name: "bob", presence: "offline", inCall: false, banned: true, bot: false };
  assert.deepEqual(Object.entries(rightsOver({ name: "alice", role: "moderator" }, banned)).filter(([, may]) => may).map(([right]) => right), ["unban"]);
});

test("quiet hours as the protocol writes them", () => {
  assert.deepEqual(parseQuietHours("22:00-07:00 +02:00"), { from: "22:00", to: "07:00", days: [1, 2, 3, 4, 5, 6, 7] });
  assert.deepEqual(parseQuietHours("22:00-07:00 12345 -03:30"), { from: "22:00", to: "07:00", days: [1, 2, 3, 4, 5] });
  for (const other of ["off", "", "22:00", "22:00-07:00", "22:00-07:00 89 +02:00"]) assert.equal(parseQuietHours(other), undefined);
  assert.equal(writeQuietHours({ from: "22:00", to: "07:00", days: [7, 1, 2, 3, 4, 5, 6] }, 120), "22:00-07:00 +02:00");
  assert.equal(writeQuietHours({ from: "09:30", to: "09:30", days: [6, 7] }, -210), "09:30-09:30 67 -03:30");
  assert.equal(writeQuietHours({ from: "22:00", to: "07:00", days: [] }, 0), "off");
  assert.equal(writeQuietHours(undefined, 0), "off");
});

test("a query of words and filters", () => {
  assert.equal(writeQuery(" pumpkin soup ", { from: "me", in: "#cooks", after: "2026-12-24", before: "", has: "file" }),
    "pumpkin soup from:me in:#cooks after:2026-12-24 has:file");
  assert.equal(writeQuery("", {}), "");
});

test("links are read as they were written", () => {
  const code = "5c0e8f2a-6b1d-4a77-9e30-c4d2a8b1f605";
  const read = (link: string) => readRoute(new URL(link).pathname, new URL(link).hash);
  assert.equal(invitationLink("https://chat.example.org", code), `https://chat.example.org/join#${code}`);
  assert.deepEqual(read(invitationLink("https://chat.example.org", code)), { at: "invitation", code });
  assert.deepEqual(read(groupLink("https://chat.example.org", "soup/löve", code)), { at: "join", group: "soup/löve", code });
  assert.deepEqual(read("https://chat.example.org/#/join/cooks"), { at: "home" });
  assert.deepEqual(read(deviceLink("https://chat.example.org", code)), { at: "login", link: code });
  assert.deepEqual(read(resetLink("https://chat.example.org", "c2Vjcm3QgbGluayBmb3IgYm9i")), { at: "reset", link: "c2Vjcm3QgbGluayBmb3IgYm9i" });
});

test("a link for an app of one-time codes", () => {
  assert.equal(totpLink("zoë/x", "chat.example.org", "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT"),
    "otpauth://totp/Chinwag%20chat.example.org:zo%C3%AB%2Fx?secret=AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT&issuer=Chinwag%20chat.example.org");
});

test("a QR code has its finders, and one that is too long is none", () => {
  const rows = qrCode("HELLO") ?? [];
  assert.equal(rows.length, 21);
  assert.equal(rows[0]?.slice(0, 8).map(Number).join(""), "11111110");
  assert.equal(rows[6]?.map(Number).join("").slice(0, 7), "1111111");
  assert.equal(qrCode("x".repeat(213))?.length, 57);
  /* the squares that a reader (zbar) has read as these texts */
  const digest = (text: string): string =>
    createHash("sha256").update((qrCode(text) ?? []).map((row) => row.map(Number).join("")).join("\n")).digest("hex").slice(0, 16);
  assert.equal(digest("HELLO"), "71bc9ab3ffcaa0d2");
  assert.equal(digest("x".repeat(213)), "f8a692e420006d88");
  assert.equal(qrCode("x".repeat(214)), undefined);
});

test("times that no calendar has break nothing", () => {
  assert.equal(dateAndTime(1e300), "");
  assert.equal(relative(1e300, 0), "");
  assert.equal(machineTime(1e300), undefined);
  assert.equal(machineTime(1760000000123), "2025-10-09T08:53:20.123Z");
  assert.equal(relative(1760000000123, 1760000000123 + 3 * 3_600_000), "3 hours ago");
  assert.equal(bytes(1023), "1023 B");
  assert.equal(bytes(1536), "1.5 KiB");
  assert.equal(bytes(100 * 1024 * 1024), "100 MiB");
  assert.equal(lengthOf(65_000), "1:05");
});

test("the time of another zone, by name or offset", () => {
  const noon = Date.UTC(2026, 5, 1, 12, 0);
  assert.match(localTime("Europe/Berlin", noon) ?? "", /2:00/);
  assert.match(localTime("-03:30", noon) ?? "", /8:30/);
  assert.equal(localTime("Nowhere/Land", noon), undefined);
});

test("a status ends when its user says", () => {
  const tuesday = new Date(2026, 11, 1, 10, 0);
  assert.equal(statusEnd("never", tuesday), undefined);
  assert.equal(statusEnd("30", tuesday), tuesday.getTime() + 1_800_000);
  assert.equal(statusEnd("today", tuesday), new Date(2026, 11, 1, 23, 59, 59).getTime());
  assert.equal(statusEnd("week", tuesday), new Date(2026, 11, 6, 23, 59, 59).getTime());
});

test("names as people type them", () => {
  assert.deepEqual(namesOf(" @bob, carol;dave  eve "), ["bob", "carol", "dave", "eve"]);
  assert.deepEqual(namesOf(" , "), []);
});

test("stored preferences of another version", () => {
  assert.deepEqual(readPreferences(undefined), { theme: "system", welcomed: false, asked: false, putAway: [] });
  assert.deepEqual(readPreferences({ theme: "pink", welcomed: "yes", asked: 1, putAway: "x" }), { theme: "system", welcomed: false, asked: false, putAway: [] });
  assert.deepEqual(readPreferences({ theme: "dark", welcomed: true, asked: true, putAway: [7, "x"] }), { theme: "dark", welcomed: true, asked: true, putAway: [7] });
});
