/* rows.test.ts - entries as docs/protocol.md has them, byte for byte, become these rows; nonsense
 * becomes none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  botRow, devicePasswordRow, groupRow, hookRow, invitationRow, memberRow, messageRow, openGroupRow, personRow, profileOf,
  recoveryCode, rowsOf, sessionRow, versionRow,
} from "../src/model/rows.js";
import { listOf, mapOf } from "./protocol.js";

test("members", () => {
  assert.deepEqual(rowsOf(listOf("members"), memberRow), [
    { name: "alice", presence: "online", role: "owner", inCall: true, banned: false, bot: false },
    { name: "bob", presence: "offline", seen: 1760000000123, role: "member", mutedUntil: 1760000060123, inCall: false, banned: false, bot: false },
  ]);
});

test("groups", () => {
  assert.deepEqual(rowsOf(listOf("groups"), groupRow), [{
    name: "cooks", role: "owner", topic: "soup", access: "open", members: 3, days: 0, kept: 0, onlyModeratorsWrite: false, here: "moderators",
    slowSeconds: 0, versionDays: 0, newcomers: false, heading: "", order: 0,
  }]);
});

test("contacts and people", () => {
  assert.deepEqual(rowsOf(listOf("contacts"), personRow), [
    { name: "bob", presence: "online", contact: true, blocked: false, bot: false },
    { name: "mallory", presence: "offline", seen: 1760000000123, contact: false, blocked: true, bot: false },
  ]);
  assert.deepEqual(rowsOf(listOf("people"), personRow), [
    { name: "bob", display: "Bob B.", presence: "online", contact: false, blocked: false, bot: false },
  ]);
});

test("directory", () => {
  assert.deepEqual(rowsOf(listOf("directory"), openGroupRow), [{ name: "cooks", topic: "soup", members: 3 }]);
});

test("messages that were found, of mentions, and pinned ones", () => {
  assert.deepEqual(rowsOf(listOf("search"), messageRow()), [{
    conversation: "#cooks", seq: 12, id: 4720, time: 1760000000123, sender: "bob", kind: "text", content: "Pumpkin soup!", deleted: false,
  }]);
  assert.deepEqual(rowsOf(listOf("mentions"), messageRow()), [{
    conversation: "#cooks", seq: 7, id: 0, time: 0, sender: "", kind: "text", content: "@bob hi", deleted: false,
  }]);
  assert.deepEqual(rowsOf(listOf("pins"), messageRow("#cooks")), [{
    conversation: "#cooks", seq: 7, id: 4712, time: 1760000000123, sender: "bob", kind: "text", content: "soup at 12", deleted: false,
  }]);
});

test("earlier texts", () => {
  assert.deepEqual(rowsOf(listOf("versions"), versionRow), [{ time: 1760000000123, content: "soup at 12" }]);
});

test("sessions and device passwords", () => {
  assert.deepEqual(rowsOf(listOf("sessions"), sessionRow), [{
    session: 17, client: "chinwag 0.1.0", address: "192.0.2.7", created: 1759999999123, seen: 1760000000123, online: true, current: true,
  }]);
  assert.deepEqual(rowsOf(listOf("device_passwords"), devicePasswordRow), [{ name: "the bot", created: 1760000000123, used: 1760604800123 }]);
});

test("recovery codes", () => {
  assert.deepEqual(rowsOf(listOf("begin_totp"), recoveryCode), ["cqkr-mfyy-denb-wha5", "dyps-aijc-emsc-kjrh"]);
});

test("invitations, bots, hooks", () => {
  assert.deepEqual(rowsOf(listOf("invitations"), invitationRow), [{ id: 3, sender: "alice", created: 1759999999123, expires: 1760604800123, uses: 5 }]);
  assert.deepEqual(rowsOf(listOf("bots"), botRow), [{ name: "deploys", seen: 1759999999123 }]);
  assert.deepEqual(rowsOf(listOf("hooks"), hookRow), [{ id: 3, bot: "deploys", created: 1759999999123 }]);
});

test("a profile", () => {
  const map = mapOf("profile");
  assert.deepEqual(profileOf("Bob", map, listOf("profile")), { user: "bob", display: "Bob B.", presence: "online", told: true });
  assert.deepEqual(profileOf("bob", {}, []), { user: "bob", presence: "unknown", told: false });
  assert.deepEqual(profileOf("bob", {}, [
    { kind: "status", content: "Lunch", until: 1760000000123 }, { kind: "avatar", file: 9007199254740991, size: 12, type: "image/png" },
    { kind: "last_seen", content: "off" }, { kind: "listed", content: "on" }, { kind: "zone", content: "Europe/Berlin" },
  ]), {
    user: "bob", status: "Lunch", statusUntil: 1760000000123, avatar: 9007199254740991, lastSeen: false, listed: true,
    zone: "Europe/Berlin", presence: "unknown", told: true,
  });
});

test("what is no row is left out, and a key of another type is missing", () => {
  const nonsense = [{}, { name: 7 }, { name: "" }, { session: "17" }, { id: null }, { seq: 0, conversation: "bob" }];
  for (const parse of [memberRow, groupRow, personRow, openGroupRow, sessionRow, devicePasswordRow, invitationRow, botRow, hookRow, versionRow, messageRow()])
    assert.deepEqual(rowsOf<object>(nonsense, parse), []);
  assert.deepEqual(memberRow({ name: "bob", state: "asleep", role: "emperor", until: "soon", in_call: true }),
    { name: "bob", presence: "unknown", inCall: false, banned: false, bot: false });
});
