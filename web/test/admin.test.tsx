/* admin.test.tsx - the page of administrators, and the report of a message: each part asks what
 * docs/protocol.md says, shows its examples, and asks twice before what cannot be undone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Page, settle } from "./page.js";
import { conversation, fakeActions, fakeState } from "./fake.js";
import type { Reply } from "./fake.js";
import { auditRow, banRow, isOrphaned, reportRow, rightsOverUser, serverGroupRow, settingRow, statusRow, userRow } from "../src/model/admin_rows.js";
import { AdminScreen } from "../src/view/screens/admin/admin.js";
import type { AdminPart } from "../src/view/screens/open.js";
import { ReportScreen } from "../src/view/screens/report.js";
import { route } from "../src/view/route.js";
import { listOf } from "./protocol.js";

const USERS = [
  { name: "alice", id: 1, state: "online", role: "admin" }, { name: "bob", id: 2, state: "offline", seen: 1760000000123, role: "user" },
  { name: "mallory", id: 3, state: "offline", role: "user", banned: 1 }, { name: "deploys", id: 4, state: "online", role: "bot" },
];
const DAY = 86_400_000;

async function admin(part: AdminPart, replies: { [action: string]: Reply }, change = {}) {
  const fake = fakeActions(replies);
  const page = await new Page().show(<AdminScreen shared={{ state: fakeState(change), actions: fake.actions }} request={{ screen: "admin", part }} />);
  const asked = (action: string) => fake.asked.filter((each) => each.action === action).map(({ fields }) => fields);
  return { page, asked, all: fake.asked };
}

test("rows of administrators, from the examples of the document", () => {
  assert.deepEqual(listOf("users").map(userRow), [{ id: 1, name: "alice", role: "admin", presence: "online", seen: 1760000000123, banned: false }]);
  assert.deepEqual(listOf("server_bans").map(banRow), [{ id: 3, subject: "@bob", created: 1760000000123, until: 1760604800123, by: "alice", reason: "spam" }]);
  assert.deepEqual(banRow({ id: 4, network: "192.0.2.0/24" }), { id: 4, subject: "192.0.2.0/24", reason: "" });
  assert.deepEqual(listOf("audit").map(auditRow), [{ id: 2, time: 1760000000123, act: "ban_user", by: "alice", what: "bob" }]);
  assert.deepEqual(auditRow({ id: 3, kind: "ban_network", detail: "192.0.2.0/24" }), { id: 3, act: "ban_network", what: "192.0.2.0/24" });
  assert.deepEqual(auditRow({ id: 4, kind: "end_invitation", of: 7 }), { id: 4, act: "end_invitation", what: "7" });
  assert.deepEqual(listOf("reports").map(reportRow), [{
    id: 3, created: 1760000000123, by: "alice", reason: "spam", sender: "mallory", time: 1760000000123, content: "buy now", conversation: "#cooks", seq: 12,
  }]);
  const groups = listOf("server_groups").map(serverGroupRow);
  assert.equal(groups[0]?.owner, "alice");
  assert.deepEqual([statusRow({ name: "users", count: 12 }), statusRow({ name: "version", content: "1.2" }), statusRow({ name: "odd" })],
    [{ name: "users", value: 12 }, { name: "version", value: "1.2" }, undefined]);
  assert.deepEqual(settingRow({ name: "registration", content: "open", detail: "Who may register.", kind: "set" }), { name: "registration", value: "open", detail: "Who may register.", set: true });
  for (const parse of [userRow, banRow, reportRow, auditRow, serverGroupRow, statusRow, settingRow])
    assert.equal(parse({ name: 7, id: "x", kind: [] }), undefined);
});

test("what may be done to whom", () => {
  const rights = (change: object) => Object.entries(rightsOverUser({ id: 1, name: "x", role: "user", presence: "online", banned: false, ...change }))
    .filter(([, may]) => may).map(([right]) => right);
  assert.deepEqual(rights({}), ["ban", "reset", "makeAdmin", "remove"]);
  assert.deepEqual(rights({ banned: true }), ["unban", "reset", "makeAdmin", "remove"]);
  assert.deepEqual(rights({ role: "admin" }), ["reset", "makeUser"]);
  assert.deepEqual(rights({ role: "bot" }), ["ban", "remove"]);
});

test("an owner who is banned, or has not been here for 30 days, does not look after a group", () => {
  const of = (change: object) => isOrphaned({ id: 1, name: "cooks", topic: "", access: "open", members: 1, owner: "bob", banned: false, ...change }, 100 * DAY);
  assert.deepEqual([of({ seen: 70 * DAY }), of({ seen: 70 * DAY - 1 }), of({ seen: 99 * DAY, banned: true }), of({ owner: undefined }), of({})], [false, true, true, true, false]);
});

test("users: found by words, with who they are; further pages", async () => {
  const { page, all } = await admin("users", { users: { list: USERS, extras: { next: 4 } } });
  assert.deepEqual(all[0], { action: "users", fields: [""], extras: {} });
  assert.match(page.text, /alice administratoronline.*bobhere.*mallory bannednever here.*deploys bot/);
  await page.click("Show more");
  assert.deepEqual(all.at(-1), { action: "users", fields: [""], extras: { after: 4 } });
  await page.type("Parts of a name", " bo ");
  await page.click("Find");
  assert.deepEqual(all.at(-1), { action: "users", fields: ["bo"], extras: {} });
});

test("users: logged out at once; banned, renamed, deleted, made administrator only after a second word", async () => {
  const { page, asked } = await admin("users", { users: { list: USERS } });
  await page.click("Manage bob");
  await page.click("Log out everywhere");
  assert.deepEqual(asked("end_sessions"), [["bob"]]);
  assert.match(page.text, /bob is logged out everywhere\./);
  assert.equal(asked("users").length, 2);
  for (const [button, action, fields, fill] of [
    ["Ban", "ban_from_server", ["@bob", 86400, "spam"], async () => { await page.choose("For how long", "86400"); await page.type("Reason", " spam "); }],
    ["Rename", "rename_user", ["bob", "robert"], () => page.type("New name", "robert")],
    ["Delete", "remove_user", ["bob", "messages"], () => page.choose("What goes", "messages")],
    ["Make administrator", "set_admin", ["bob", "admin"], async () => {}],
  ] as const) {
    await page.click("Manage bob");
    await page.click(button);
    assert.deepEqual(asked(action), []);
    await fill();
    await page.click(button);
    assert.deepEqual(asked(action), [fields]);
  }
  await page.click("Manage mallory");
  await page.click("End the ban");
  assert.deepEqual(asked("unban_from_server"), [["@mallory"]]);
  await page.click("Manage alice");
  for (const button of ["Ban", "Delete", "Make administrator"]) assert.equal(page.has("button", button), false);
});

test("users: a reset gives a link, once; a refusal is said", async () => {
  const { page, asked } = await admin("users", { users: { list: USERS }, reset_password: { fields: { link: "c2Vjcm3Q" } } });
  await page.click("Manage bob");
  await page.click("Reset the password");
  await page.turn("Leave the second factor on", false);
  await page.click("Reset the password");
  assert.deepEqual(asked("reset_password"), [["bob", "end"]]);
  assert.equal(page.field("Link for bob").value, "https://chat.example.org/#/reset/c2Vjcm3Q");
  const refused = await admin("users", { users: { list: USERS }, end_sessions: { refusal: { code: 1027, reason: "only an administrator of the server may do this" } } });
  await refused.page.click("Manage bob");
  await refused.page.click("Log out everywhere");
  assert.deepEqual(refused.page.alerts(), ["Only an administrator of the server may do this"]);
});

test("reports: what was said, by whom, where, and why; done with; its writer is seen to", async () => {
  const { page, asked } = await admin("reports", { reports: { list: listOf("reports") }, users: { list: USERS } });
  assert.match(page.text, /mallory wrote · #cooks.*buy now.*alice reported it: spam/);
  await page.click("Go to the message");
  assert.deepEqual(route.value, { at: "conversation", id: "#cooks", seq: 12 });
  await page.click("Done with it");
  assert.deepEqual(asked("resolve_report"), [[3]]);
  await page.click("See to mallory");
  assert.deepEqual(asked("users"), [["mallory"]]);
  assert.equal(page.has("button", "End the ban"), true);
});

test("bans: listed and ended; a user, and a network, is banned", async () => {
  const { page, asked } = await admin("bans", { server_bans: { list: [...listOf("server_bans"), { id: 4, network: "192.0.2.0/24" }] } });
  assert.match(page.text, /bobuntil .* · by alice · spam.*192\.0\.2\.0\/24for good · by the operator/);
  await page.click("End the ban");
  assert.deepEqual(asked("unban_from_server"), [["@bob"]]);
  await page.type("Name of the user", "@carol");
  await page.type("Reason", "spam");
  await page.click("Ban");
  await page.choose("Whom", "network");
  await page.choose("For how long", "604800");
  await page.type("Address or network", " 2001:db8::/32 ");
  await page.click("Ban");
  assert.deepEqual(asked("ban_from_server"), [["@carol", 0, "spam"], ["2001:db8::/32", 604800, ""]]);
});

test("invitations of all users: listed by pages, withdrawn", async () => {
  const { page, asked, all } = await admin("invitations", { server_invitations: { list: listOf("server_invitations"), extras: { next: 3 } }, invite_user: { fields: { invitation: "5c0e8f2a" } } });
  await page.click("Withdraw");
  assert.deepEqual([asked("end_invitation"), asked("withdraw_invitation")], [[[3]], []]);
  await page.click("Show more");
  assert.deepEqual(all.at(-1), { action: "server_invitations", fields: [], extras: { after: 3 } });
  await page.click("Make an invitation");
  assert.deepEqual(asked("invite_user"), [[]]);
});

test("groups: placed, for newcomers, closed after a second word; one without an owner gets one", async () => {
  const list = [{ name: "cooks", id: 1, members: 12, by: "alice", seen: Date.now() }, { name: "lost", id: 2, members: 1, by: "bob", banned: 1, access: "invited" }];
  const { page, asked } = await admin("groups", { server_groups: { list }, groups: { list: [{ name: "cooks", role: "owner", heading: "At home" }] } });
  assert.match(page.text, /#cooks12 members · of alice.*#lost by invitation without an owner who comes1 member · of bob/);
  await page.click("Manage cooks");
  assert.equal(page.has("button", "Give it an owner"), false);
  await page.type("Heading", "Kitchen");
  await page.type("Place under the heading", "3");
  await page.click("Place it");
  await page.click("Manage cooks");
  await page.click("Put newcomers into it");
  await page.click("Manage lost");
  await page.click("Give it an owner");
  await page.type("New owner", "carol");
  await page.click("Give it an owner");
  await page.click("Manage lost");
  await page.click("Close the group");
  assert.deepEqual(asked("close_group"), []);
  await page.click("Close the group");
  assert.deepEqual([asked("place_group"), asked("set_newcomers"), asked("take_group"), asked("close_group")],
    [[["cooks", "Kitchen", 3]], [["cooks", 1]], [["lost", "carol"]], [["lost"]]]);
  await page.type("Place", "7");
  await page.click("Move");
  assert.deepEqual(asked("set_heading"), [["At home", 7]]);
});

test("status, settings and announcements", async () => {
  const status = await admin("status", { server_status: { list: [{ name: "version", content: "1.4" }, { name: "users", count: 12 }, { name: "database_bytes", count: 300_000 }, { name: "new_thing", count: 5 }] } });
  assert.match(status.page.text, /Version1\.4Users12Database293 KiBnew_thing5/);
  const settings = await admin("settings", { server_settings: { list: [{ name: "registration", content: "open", detail: "Who may register.", kind: "set" }] } });
  assert.deepEqual(settings.all[0], { action: "server_settings", fields: [""], extras: {} });
  await settings.page.type("registration (set here)", "invited");
  await settings.page.click("Save");
  assert.deepEqual(settings.asked("set_setting"), [["registration", "invited"]]);
  const announced = await admin("announcements", { announcements: { list: [{ id: 7, content: "Down at noon", sender: "alice" }] } });
  assert.match(announced.page.text, /Down at noonby alice · until it is ended/);
  await announced.page.type("What everybody is to know", "Back again");
  await announced.page.choose("For how long", "3600");
  await announced.page.click("Announce");
  await announced.page.click("End");
  assert.deepEqual([announced.asked("announce"), announced.asked("end_announcement")], [[["Back again", 3600]], [[7]]]);
});

test("the audit log: checked, the newest first, older ones by pages", async () => {
  const fake = { verify_audit: { fields: { head: "120:91a4" } }, audit: { list: [...listOf("audit"), { id: 3, kind: "set_setting", detail: "registration" }] } };
  const { page, all } = await admin("audit", fake);
  assert.deepEqual(all, [{ action: "verify_audit", fields: [""], extras: {} }, { action: "audit", fields: [], extras: { after: 70, limit: 50 } }]);
  assert.match(page.text, /all 120 entries.*the operator set registration.*alice banned bob/);
  assert.equal(page.has("button", "Newer"), false);
  await page.click("Older");
  await page.click("Older");
  assert.deepEqual(all.at(-1)?.extras, { after: 0, limit: 50 });
  assert.equal(page.has("button", "Older"), false);
  await page.click("Newer");
  assert.deepEqual(all.at(-1)?.extras, { after: 50, limit: 50 });
  const broken = await admin("audit", { verify_audit: { refusal: { code: 1027, rule: "audit_broken", reason: "entry 2 was changed", limit: 2 } }, audit: { list: listOf("audit") } });
  assert.deepEqual(broken.page.alerts(), ["Entry 2 was changed"]);
  assert.match(broken.page.text, /alice banned bob/);
});

test("a message is reported with a reason", async () => {
  const fake = fakeActions();
  const message = { seq: 12, sender: "mallory", content: "buy now" } as never;
  const state = fakeState({ conversations: new Map([["#cooks", conversation("#cooks", { messages: [message] })]]) });
  const page = await new Page().show(<ReportScreen shared={{ state, actions: fake.actions }} request={{ screen: "report", conversation: "#cooks", seq: 12 }} />);
  assert.match(page.text, /mallory buy now/);
  await page.type("What is wrong with it", " spam ");
  await page.click("Report");
  await settle();
  assert.deepEqual(fake.asked, [{ action: "report", fields: ["#cooks", 12, "spam"], extras: {} }]);
  assert.match(page.text, /The administrators will look at it\./);
  assert.equal(page.has("button", "Report"), false);
});
