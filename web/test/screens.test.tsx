/* screens.test.tsx - each screen asks what docs/protocol.md says, shows what comes, and says why not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Page, settle } from "./page.js";
import { conversation, fakeActions, fakeState } from "./fake.js";
import type { Reply } from "./fake.js";
import { preferences, preferencesRead } from "../src/keep/preferences.js";
import { route } from "../src/view/route.js";
import { DirectoryScreen } from "../src/view/screens/directory.js";
import { GroupScreen } from "../src/view/screens/group.js";
import { MentionsScreen } from "../src/view/screens/mentions.js";
import { NewScreen } from "../src/view/screens/new.js";
import { openedScreen } from "../src/view/screens/open.js";
import type { GroupPart, SettingsPart } from "../src/view/screens/open.js";
import { ProfileScreen } from "../src/view/screens/profile.js";
import { Screens } from "../src/view/screens/screens.js";
import { SearchScreen } from "../src/view/screens/search.js";
import { SettingsScreen } from "../src/view/screens/settings.js";
import { VersionsScreen } from "../src/view/screens/versions.js";
import { WelcomeScreen } from "../src/view/screens/welcome.js";
import { listOf, mapOf } from "./protocol.js";
import { missing } from "../src/worker/missing.js";

const MEMBERS = [
  { name: "alice", state: "online", role: "owner", in_call: 1 },
  { name: "bob", state: "offline", seen: 1760000000123, role: "member", in_call: 0, display: "Bob B." },
  { name: "mallory", banned: 1 },
];
const GROUP = { name: "cooks", role: "owner", topic: "soup", access: "open", members: 3, days: 0, kept: 0 };

async function group(part: GroupPart, replies: { [action: string]: Reply }, change = {}) {
  const fake = fakeActions(replies);
  const shared = { state: fakeState(change), actions: fake.actions };
  const page = await new Page().show(<GroupScreen shared={shared} request={{ screen: "group", group: "cooks", part }} />);
  return { ...fake, page };
}

async function settings(part: SettingsPart, replies: { [action: string]: Reply }) {
  const fake = fakeActions(replies);
  const shared = { state: fakeState(), actions: fake.actions };
  const page = await new Page().show(<SettingsScreen shared={shared} request={{ screen: "settings", part }} />);
  return { ...fake, page, shared };
}

const last = (asked: readonly { action: string; fields: readonly unknown[]; extras: object }[], action: string) =>
  asked.filter((each) => each.action === action).at(-1);

test("members: roles, presence, bans; a member becomes a moderator", async () => {
  const { page, asked } = await group("members", { members: { list: MEMBERS } });
  assert.deepEqual(asked[0], { action: "members", fields: ["cooks"], extras: {} });
  assert.match(page.text, /Bob B\. \(bob\)/);
  assert.match(page.text, /alice.*owner.*in the call/);
  assert.match(page.text, /mallory.*banned/);
  await page.click("Manage bob");
  await page.click("Make moderator");
  assert.deepEqual(last(asked, "set_role"), { action: "set_role", fields: ["cooks", "bob", "moderator"], extras: {} });
  assert.match(page.text, /bob is a moderator now\./);
  assert.equal(asked.filter((each) => each.action === "members").length, 2);
});

test("members: nobody is removed, banned or made owner without a second word", async () => {
  const { page, asked } = await group("members", { members: { list: MEMBERS } });
  for (const [button, action, fields] of [["Remove", "kick", ["cooks", "bob"]], ["Ban", "ban", ["cooks", "bob"]],
                                          ["Hand the group over", "set_role", ["cooks", "bob", "owner"]]] as const) {
    await page.click("Manage bob");
    await page.click(button);
    assert.equal(last(asked, action), undefined);
    await page.click(button);
    assert.deepEqual(last(asked, action)?.fields, fields);
  }
});

test("members: muted for as long as was chosen, and let in again after a ban", async () => {
  const { page, asked } = await group("members", { members: { list: MEMBERS } });
  await page.click("Manage bob");
  await page.choose("For how long", "86400");
  await page.click("Mute");
  assert.deepEqual(last(asked, "mute")?.fields, ["cooks", "bob", 86400]);
  await page.click("Manage mallory");
  await page.click("End the ban");
  assert.deepEqual(last(asked, "unban")?.fields, ["cooks", "mallory"]);
});

test("members: a refusal is said as the server words it, with its time", async () => {
  const until = 1760000000123;
  const { page } = await group("members", {
    members: { list: MEMBERS }, set_role: { refusal: { code: 1027, rule: "owner_gives_roles", reason: "only the owner of the group gives roles", until } },
  });
  await page.click("Manage bob");
  await page.click("Make moderator");
  assert.equal(page.alerts().length, 1);
  assert.match(page.alerts()[0] ?? "", /^Only the owner of the group gives roles \(until .*2025.*\)$/);
});

test("members: an ordinary member sees no buttons for it", async () => {
  const conversations = new Map([["#cooks", conversation("#cooks", { role: "member" })]]);
  const { page } = await group("members", { members: { list: MEMBERS } }, { conversations });
  assert.equal(page.has("button", "Manage"), false);
  assert.equal(page.has("button", "Invitations"), false);
});

test("members: further pages are asked for by the number given", async () => {
  const { page, asked } = await group("members", { members: { list: MEMBERS, extras: { next: 7 } } });
  await page.click("Show more");
  assert.deepEqual(last(asked, "members"), { action: "members", fields: ["cooks"], extras: { after: 7 } });
});

test("settings of a group: topic, access, announcements, retention, slow mode, earlier texts", async () => {
  const { page, asked } = await group("settings", { groups: { list: [GROUP] } });
  await page.type("Topic", "pumpkin soup");
  await page.click("Save");
  assert.deepEqual(last(asked, "set_topic")?.fields, ["cooks", "pumpkin soup"]);
  await page.choose("Who may join", "invited");
  assert.deepEqual(last(asked, "set_access")?.fields, ["cooks", "invited"]);
  await page.turn("Announcements only", true);
  assert.deepEqual(last(asked, "set_writers")?.fields, ["cooks", "moderators"]);
  await page.choose("Who mentions everybody by @here", "nobody");
  assert.deepEqual(last(asked, "set_here")?.fields, ["cooks", "nobody"]);
  await page.choose("Messages are kept", "90");
  assert.deepEqual(last(asked, "set_retention")?.fields, ["cooks", 90, 0]);
  await page.choose("Slow mode", "300");
  assert.deepEqual(last(asked, "set_slow_mode")?.fields, ["cooks", 300]);
  await page.choose("Earlier texts of edited messages", "7");
  assert.deepEqual(last(asked, "set_versions")?.fields, ["cooks", 7]);
  assert.equal(page.has("legend", "What administrators of the server set"), false);
});

test("settings of a group: administrators place it, and put newcomers there", async () => {
  const { page, asked } = await group("settings", { groups: { list: [GROUP] } }, { account: { username: "alice", admin: true, temporary: false } });
  await page.type("Heading", "At home");
  await page.type("Place under the heading", "2");
  const save = page.root.all((element) => element.localName === "form").at(-1);
  save?.dispatch("submit");
  await settle();
  assert.deepEqual(last(asked, "place_group")?.fields, ["cooks", "At home", 2]);
  await page.turn("Newcomers become members", true);
  assert.deepEqual(last(asked, "set_newcomers")?.fields, ["cooks", 1]);
});

test("settings of a group: level, mute, and leaving with a second word", async () => {
  const { page, asked, called } = await group("settings", { groups: { list: [GROUP] } });
  await page.choose("Tell me of", "nothing");
  assert.deepEqual(called.at(-1), ["setLevel", "#cooks", "nothing"]);
  await page.click("Leave the group");
  assert.match(page.text, /You own it/);
  assert.equal(last(asked, "leave_group"), undefined);
  await page.click("Leave the group");
  assert.deepEqual(last(asked, "leave_group")?.fields, ["cooks"]);
  assert.deepEqual(route.value, { at: "home" });
});

test("pins: they open at their message, and are unpinned", async () => {
  const { page, asked } = await group("pins", { pins: { list: listOf("pins") } });
  assert.match(page.text, /bob.*soup at 12/);
  await page.click("Unpin");
  assert.deepEqual(last(asked, "unpin")?.fields, ["cooks", 7]);
  page.root.all((element) => element.getAttribute("class") === "found-main" || (element as unknown as { className?: string }).className === "found-main")[0]?.dispatch("click");
  assert.deepEqual(route.value, { at: "conversation", id: "#cooks", seq: 7 });
});

test("invitations of a group: made with uses and days, shown once as a link, withdrawn", async () => {
  const { page, asked } = await group("invitations", {
    invitations: { list: listOf("invitations") }, invite: { fields: { invitation: "5c0e8f2a-6b1d-4a77-9e30-c4d2a8b1f605" } },
  });
  assert.deepEqual(asked[0], { action: "invitations", fields: [], extras: { group: "cooks" } });
  await page.choose("For", "5");
  await page.choose("Good for", "30");
  await page.click("Make an invitation");
  assert.deepEqual(last(asked, "invite"), { action: "invite", fields: ["cooks"], extras: { uses: 5, expires: 2_592_000 } });
  assert.equal(page.field("Link to send").value, "https://chat.example.org/#/join/cooks/5c0e8f2a-6b1d-4a77-9e30-c4d2a8b1f605");
  await page.click("Withdraw");
  assert.deepEqual(last(asked, "withdraw_invitation")?.fields, [3]);
});

test("bots of a group: put in; a hook's address is shown once, and removed", async () => {
  const { page, asked } = await group("bots", {
    bots: { list: listOf("bots") }, hooks: { list: listOf("hooks") },
    create_hook: { fields: { secret: "q7Hd" }, extras: { id: 3, url: "https://chat.example.org/hook/q7Hd" } },
  });
  await page.click("Put it into the group");
  assert.deepEqual(last(asked, "add_bot")?.fields, ["cooks", "deploys"]);
  await page.click("Make a hook");
  assert.deepEqual(last(asked, "create_hook")?.fields, ["cooks", "deploys"]);
  assert.equal(page.field("Address to POST to").value, "https://chat.example.org/hook/q7Hd");
  await page.click("Remove");
  assert.deepEqual(last(asked, "remove_hook")?.fields, [3]);
});

test("own profile: items one by one, and its switches", async () => {
  const { page, asked } = await settings("profile", { profile: { list: [{ kind: "display", content: "Alice A." }, { kind: "last_seen", content: "on" }], extras: { user: "alice" } } });
  assert.deepEqual(asked[0], { action: "profile", fields: ["alice"], extras: {} });
  assert.match(page.text, /Alice A\. \(alice\)/);
  await page.turn("Show when I am, or was, here", false);
  assert.deepEqual(last(asked, "set_profile")?.fields, ["last_seen", "off"]);
  await page.turn("List me in the directory", true);
  assert.deepEqual(last(asked, "set_profile")?.fields, ["listed", "on"]);
  await page.type("Display name", " Ally ");
  page.root.all((element) => element.localName === "form")[0]?.dispatch("submit");
  await settle();
  assert.deepEqual(last(asked, "set_profile"), { action: "set_profile", fields: ["display", "Ally"], extras: {} });
});

test("profile of another person: name beside the display name; contact, block", async () => {
  const fake = fakeActions({ profile: { list: listOf("profile"), extras: mapOf("profile") }, contacts: { list: [{ name: "bob", contact: 1 }] } });
  const page = await new Page().show(<ProfileScreen shared={{ state: fakeState(), actions: fake.actions }} request={{ screen: "profile", name: "bob" }} />);
  assert.match(page.text, /Bob B\. \(bob\)/);
  await page.click("Remove from contacts");
  assert.deepEqual(last(fake.asked, "remove_contact")?.fields, ["bob"]);
  await page.click("Block");
  assert.equal(last(fake.asked, "block"), undefined);
  await page.click("Block");
  assert.deepEqual(last(fake.asked, "block")?.fields, ["bob"]);
  await page.click("Call");
  assert.equal(fake.called.some((call) => call[0] === "join" && call[1] === "bob"), true);
});

test("devices: listed, ended; this one is not", async () => {
  const second = { ...listOf("sessions")[0], session: 16, client: "chinwag-web", current: 0 };
  const { page, asked } = await settings("devices", { sessions: { list: [...listOf("sessions"), second] } });
  assert.match(page.text, /chinwag 0\.1\.0.*this one.*192\.0\.2\.7/);
  await page.click("End");
  assert.deepEqual(last(asked, "revoke_session")?.fields, [16]);
});

test("devices: one gets a name, which stands before the program's", async () => {
  const { page, asked } = await settings("devices", { sessions: { list: [{ ...listOf("sessions")[0], name: "kitchen tablet" }] } });
  assert.match(page.text, /kitchen tablet.*chinwag 0\.1\.0/);
  await page.click("Rename");
  await page.type("Your name for it", "old tablet");
  await page.click("Rename");
  assert.deepEqual(last(asked, "rename_session")?.fields, [17, "old tablet"]);
});

test("devices: a link for another device, whose digits are typed here; the code is asked for when it is missing", async () => {
  let tries = 0;
  const fake = fakeActions({
    make_link: (({ extras }: { extras: object }) => (tries++ === 0 ? { refusal: { code: 518, reason: "" } }
      : { fields: { link: "5c0e8f2a" }, extras: { expires: 1760604920123, ...extras } })) as unknown as Reply,
  });
  const page = await new Page().show(<SettingsScreen shared={{ state: fakeState(), actions: fake.actions }} request={{ screen: "settings", part: "devices" }} />);
  await page.type("Your password", "correct horse");
  await page.click("Make a link");
  assert.deepEqual(page.alerts(), ["Put in the code of your second factor."]);
  await page.type("Code of the second factor", "287082");
  await page.click("Make a link");
  assert.deepEqual(last(fake.asked, "make_link"), { action: "make_link", fields: ["correct horse"], extras: { code: "287082" } });
  assert.equal(page.field("Link").value, "https://chat.example.org/#/login/5c0e8f2a");
  await assert.rejects(page.click("Log that device in"), /disabled/);
  await page.type("Digits that the other device shows", "481516");
  await page.click("Log that device in");
  assert.deepEqual(last(fake.asked, "confirm_link")?.fields, ["481516"]);
  assert.match(page.text, /The other device is logged in\./);
});

test("second factor: secret and recovery codes are shown, a code of the app turns it on", async () => {
  const { page, asked } = await settings("factor", {
    second_factor: { fields: { state: "off", codesLeft: 0 } },
    begin_totp: { fields: { secret: "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT" }, list: listOf("begin_totp") },
  });
  await page.type("Your password", "correct horse");
  await page.click("Turn it on");
  assert.deepEqual(last(asked, "begin_totp")?.fields, ["correct horse"]);
  assert.equal(page.field("Secret").value, "AAAQ EAYE AUDA OCAJ BIFQ YDIO B4IB CEQT");
  assert.match(page.text, /cqkr-mfyy-denb-wha5/);
  await page.type("Code that the app shows now", "287082");
  await page.click("Confirm");
  assert.deepEqual(last(asked, "confirm_totp")?.fields, ["287082"]);
});

test("second factor: password and code turn it off", async () => {
  const { page, asked } = await settings("factor", { second_factor: { fields: { state: "on", codesLeft: 9 } } });
  assert.match(page.text, /9 recovery codes are left/);
  await page.type("Your password", "correct horse");
  await page.type("Code of the second factor", "287082");
  await page.click("Turn it off");
  assert.deepEqual(last(asked, "end_totp"), { action: "end_totp", fields: ["correct horse"], extras: { code: "287082" } });
});

test("second factor: new recovery codes", async () => {
  const { page, asked } = await settings("factor", { second_factor: { fields: { state: "on", codesLeft: 1 } }, renew_codes: { list: [{ code: "cqkr-mfyy-denb-wha5" }] } });
  await page.type("Your password", "correct horse");
  await page.type("Code of the second factor", "287082");
  await page.click("Make new recovery codes");
  assert.deepEqual(last(asked, "renew_codes"), { action: "renew_codes", fields: ["correct horse"], extras: { code: "287082" } });
  assert.match(page.text, /cqkr-mfyy-denb-wha5/);
});

test("password: not before both are equal and long enough", async () => {
  const { page, asked } = await settings("password", { change_password: { refusal: { code: 515, reason: "" } } });
  await page.type("Present password", "correct horse");
  await page.type("New password", "battery staple");
  await page.type("New password again", "battery stable");
  await assert.rejects(page.click("Change the password"), /disabled/);
  assert.deepEqual(page.alerts(), ["The two new passwords differ."]);
  await page.type("New password again", "battery staple");
  await page.click("Change the password");
  assert.deepEqual(last(asked, "change_password")?.fields, ["correct horse", "battery staple"]);
  assert.deepEqual(page.alerts(), ["The password is wrong."]);
});

test("blocked people: listed and unblocked", async () => {
  const { page, asked } = await settings("blocked", { contacts: { list: listOf("contacts") } });
  assert.equal(page.text.includes("bob"), false);
  await page.click("Unblock");
  assert.deepEqual(last(asked, "unblock")?.fields, ["mallory"]);
});

test("notifications: why the page cannot be installed", async () => {
  missing.value = "no_https";
  const { page } = await settings("notifications", { quiet_hours: { fields: { hours: "off" } }, settings: { extras: {} } });
  assert.match(page.text, /browsers want https/);
  missing.value = undefined;
});

test("notifications: quiet hours, receipts, levels", async () => {
  const { page, asked, called } = await settings("notifications", {
    quiet_hours: { fields: { hours: "22:00-07:00 12345 +00:00" } }, settings: { extras: { receipts: 1 } },
  });
  assert.deepEqual(asked.map(({ action, fields }) => [action, ...fields]).sort(), [["quiet_hours", ""], ["settings"]]);
  assert.equal(page.field("From").value, "22:00");
  await page.turn("Be told of nothing at certain hours", false);
  assert.deepEqual(last(asked, "quiet_hours")?.fields, ["off"]);
  await page.turn("Tell others what I have read", false);
  assert.deepEqual(last(asked, "settings"), { action: "settings", fields: [], extras: { receipts: 0 } });
  await page.choose("What you are told of in #cooks", "all");
  assert.deepEqual(called.at(-1), ["setLevel", "#cooks", "all"]);
});

test("own bots: made, and the secret is shown; deleted with a second word", async () => {
  const { page, asked } = await settings("bots", { bots: { list: listOf("bots") }, create_bot: { fields: { secret: "q7Hd" } } });
  await page.type("Name of the bot", "news");
  await page.click("Make a bot");
  assert.deepEqual(last(asked, "create_bot")?.fields, ["news"]);
  assert.equal(page.field("Secret of news").value, "q7Hd");
  await page.click("Delete");
  await page.click("Delete");
  assert.deepEqual(last(asked, "delete_bot")?.fields, ["deploys"]);
});

test("export: the password first, then every page, waiting while it is too fast", async () => {
  let fast = 0;
  const fake = fakeActions({
    settings: { extras: { receipts: 1 } }, groups: { list: [GROUP] },
    conversations: { list: [{ conversation: "#cooks" }] },
    history: (({ extras }: { extras: { after: number } }) => (extras.after === 0 && fast++ === 0 ? { refusal: { code: 1026, reason: "" } }
      : extras.after === 0 ? { list: [{ seq: 1, content: "hi", file: 5, file_name: "soup.jpg", size: 12 }], extras: { next: 1 } }
        : { list: [{ seq: 2, content: "ho" }] })) as unknown as Reply,
  });
  const page = await new Page().show(<SettingsScreen shared={{ state: fakeState(), actions: fake.actions }} request={{ screen: "settings", part: "export" }} />);
  await page.type("Your password", "correct horse");
  await page.click("Collect");
  for (let i = 0; i < 200 && !page.text.includes("Ready"); i++) await new Promise((resolve) => { setTimeout(resolve, 10); });
  assert.match(page.text, /Ready: 2 messages\./);
  assert.match(page.text, /soup\.jpg/);
  assert.deepEqual(fake.asked[0], { action: "export", fields: ["correct horse"], extras: {} });
  assert.deepEqual(fake.asked.filter((each) => each.action === "history").map((each) => each.extras["after"]), [0, 0, 1]);
  await page.leave();
});

test("delete account: only when the name was typed, with the extent chosen; then logged out", async () => {
  const { page, asked, called } = await settings("delete", {});
  await page.type("Your password", "correct horse");
  await assert.rejects(page.click("Delete my account"), /disabled/);
  await page.type("Type your name, alice, to confirm", "alice");
  page.root.all((element) => element.localName === "input" && element.getAttribute("value") === "messages" || element.value === "messages")[0]?.dispatch("change");
  await settle();
  await page.click("Delete my account");
  assert.deepEqual(last(asked, "delete_account"), { action: "delete_account", fields: ["correct horse", "messages"], extras: {} });
  assert.deepEqual(called.at(-1), ["logout"]);
});

test("search: words and filters, further pages, context, and it opens at the message", async () => {
  const fake = fakeActions({ search: { list: listOf("search"), extras: { next: 4711 } }, history: { list: [{ kind: "text", seq: 11, content: "soup?" }] } });
  const page = await new Page().show(<SearchScreen shared={{ state: fakeState(), actions: fake.actions }} request={{ screen: "search", conversation: "#cooks" }} />);
  assert.equal(fake.asked.length, 0);
  await page.type("Words", "pumpkin");
  await page.choose("With", "file");
  await page.click("Search");
  assert.deepEqual(last(fake.asked, "search"), { action: "search", fields: ["pumpkin in:#cooks has:file"], extras: { limit: 30 } });
  await page.click("Show more");
  assert.deepEqual(last(fake.asked, "search")?.extras, { limit: 30, before: 4711 });
  await page.click("Context");
  assert.deepEqual(last(fake.asked, "history"), { action: "history", fields: ["#cooks"], extras: { around: 12, limit: 7 } });
  assert.match(page.text, /soup\?/);
});

test("search: a filter that the server refuses is explained", async () => {
  const fake = fakeActions({ search: { refusal: { code: 1023, rule: "filter_twice", reason: "each of from:, in:, before: and after: may stand once in a query" } } });
  const page = await new Page().show(<SearchScreen shared={{ state: fakeState(), actions: fake.actions }} request={{ screen: "search", words: "from:a from:b" }} />);
  assert.deepEqual(page.alerts(), ["Each of from:, in:, before: and after: may stand once in a query"]);
});

test("mentions and earlier texts are listed", async () => {
  const fake = fakeActions({ mentions: { list: listOf("mentions") }, versions: { list: listOf("versions") } });
  const shared = { state: fakeState(), actions: fake.actions };
  assert.match((await new Page().show(<MentionsScreen shared={shared} />)).text, /@bob hi/);
  assert.match((await new Page().show(<VersionsScreen shared={shared} request={{ screen: "versions", group: "cooks", seq: 7 }} />)).text, /soup at 12/);
  assert.deepEqual(last(fake.asked, "versions")?.fields, ["cooks", 7]);
});

test("directory: joins a group and opens it; nothing is thrown when the server is away", async () => {
  const fake = fakeActions({ directory: { list: [{ name: "bakers", members: 2 }] }, people: "unreachable" });
  const page = await new Page().show(<DirectoryScreen shared={{ state: fakeState(), actions: fake.actions }} />);
  await page.click("Join bakers");
  assert.deepEqual(last(fake.asked, "join_group")?.fields, ["bakers"]);
  assert.deepEqual(route.value, { at: "conversation", id: "#bakers" });
  await page.click("People");
  assert.deepEqual(page.alerts(), ["The server cannot be reached now. Try again when you are connected."]);
  await page.leave();
});

test("a list that is opened before the server is there comes with the connection", async () => {
  let there = false;
  const fake = fakeActions({ directory: () => (there ? { list: [{ name: "bakers", members: 2 }] } : "unreachable") });
  const state = fakeState({ link: { state: "connecting" } });
  openedScreen.value = { screen: "directory" };
  const page = await new Page().show(<Screens shared={{ state, actions: fake.actions }} />);
  assert.deepEqual(page.alerts(), ["The server cannot be reached now. Try again when you are connected."]);
  there = true;
  state.value = { ...state.value, link: { state: "up" } };
  await settle();
  assert.deepEqual(page.alerts(), []);
  assert.match(page.text, /#bakers/);
  await page.leave();
  openedScreen.value = undefined;
});

test("new: a person who exists, a talk of 2 to 8, a group with topic and access", async () => {
  const fake = fakeActions({ create_talk: { fields: { groupName: "talk-5c0e8f2a1b3d" }, list: [] } });
  const shared = { state: fakeState(), actions: fake.actions };
  const show = (kind: "person" | "talk" | "group") => new Page().show(<NewScreen shared={shared} request={{ screen: "new", kind }} />);
  const person = await show("person");
  await person.type("Name", "@carol");
  await person.click("Write");
  assert.deepEqual(last(fake.asked, "history"), { action: "history", fields: ["carol"], extras: { limit: 1 } });
  assert.deepEqual(route.value, { at: "conversation", id: "carol" });
  const talk = await show("talk");
  await talk.type("Names", "bob");
  await assert.rejects(talk.click("Begin the talk"), /disabled/);
  await talk.type("Names", "bob, carol");
  await talk.click("Begin the talk");
  assert.deepEqual(last(fake.asked, "create_talk")?.fields, ["bob carol"]);
  assert.deepEqual(route.value, { at: "conversation", id: "#talk-5c0e8f2a1b3d" });
  const made = await show("group");
  await made.type("Name of the group", "#bakers");
  await made.type("Topic", "bread");
  await made.choose("Who may join", "invited");
  await made.click("Make the group");
  assert.deepEqual(fake.asked.slice(-3).map(({ action, fields }) => [action, ...fields]),
    [["create_group", "bakers"], ["set_topic", "bakers", "bread"], ["set_access", "bakers", "invited"]]);
});

test("first steps: a group for newcomers, then a link", async () => {
  const fake = fakeActions({ invite_user: { fields: { invitation: "5c0e8f2a" } } });
  const page = await new Page().show(<WelcomeScreen shared={{ state: fakeState(), actions: fake.actions }} />);
  await page.type("Name of the first group", "lobby");
  await page.click("Make the group");
  assert.deepEqual(fake.asked.map(({ action, fields }) => [action, ...fields]), [["create_group", "lobby"], ["set_newcomers", "lobby", 1], ["invite_user"]]);
  assert.equal(page.field("Invitation link").value, "https://chat.example.org/join#5c0e8f2a");
  await page.click("Begin to talk");
  assert.deepEqual(route.value, { at: "conversation", id: "#lobby" });
  preferences.value = { ...preferences.value, welcomed: false };
});

test("first steps come by themselves, to an administrator without any group, once", async () => {
  preferencesRead.value = true;
  const due = { account: { username: "alice", admin: true, temporary: false }, conversations: new Map() };
  const show = async (change: object, groups: readonly object[]) => {
    openedScreen.value = undefined;
    const fake = fakeActions({ groups: { list: groups as [] } });
    const page = await new Page().show(<Screens shared={{ state: fakeState(change), actions: fake.actions }} />);
    await settle();
    const opened = openedScreen.value;
    openedScreen.value = undefined;
    await page.leave();
    return opened;
  };
  assert.deepEqual(await show(due, []), { screen: "welcome" });
  assert.equal(await show(due, [GROUP]), undefined);
  assert.equal(await show({ ...due, account: { username: "alice", admin: false, temporary: false } }, []), undefined);
  assert.equal(await show({ ...due, link: { state: "connecting" } }, []), undefined);
  preferences.value = { ...preferences.value, welcomed: true };
  assert.equal(await show(due, []), undefined);
  preferences.value = { ...preferences.value, welcomed: false };
});

test("the dialog takes the focus and gives it back", async () => {
  const before = document.activeElement;
  const page = await new Page().show(<MentionsScreen shared={{ state: fakeState(), actions: fakeActions().actions }} />);
  const dialog = page.root.all((element) => element.localName === "dialog")[0];
  assert.equal(dialog?.open, true);
  assert.notEqual(dialog?.getAttribute("aria-labelledby"), null);
  page.named("button", "Close").focus();
  await page.leave();
  assert.equal(document.activeElement, before);
  assert.equal(dialog?.open, false);
});
