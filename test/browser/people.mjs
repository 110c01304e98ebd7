// people.mjs - what people do in the browser client, by the labels and buttons that they see: shared
// by the tests of whole conversations.
import assert from "node:assert/strict";
import { person } from "./harness.mjs";

export const PASSWORD = "correct horse";

export const press = (place, name) => place.getByRole("button", { name, exact: true }).first().click();

/** Opens the page and creates an account. */
export async function signUp(browser, url, name, options) {
  const page = await person(browser, url, options);
  await page.getByRole("tab", { name: "Create account" }).click();
  return createAccount(page, name);
}

/** On the first screen, where a link has led to it. */
export async function createAccount(page, name) {
  await fillIn(page, name);
  await press(page, "Create account");
  return inside(page);
}

/** The first user of a server is its administrator and is led through the first steps, which are left here. */
export async function signUpFirst(browser, url, name, options) {
  const page = await signUp(browser, url, name, options);
  const steps = page.locator("dialog.screen-welcome");
  await steps.waitFor();
  await page.keyboard.press("Escape");
  await steps.waitFor({ state: "detached" });
  return page;
}

export async function logIn(browser, url, name, options) {
  const page = await person(browser, url, options);
  await fillIn(page, name);
  await press(page, "Log in");
  return inside(page);
}

export async function fillIn(page, name) {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
}

async function inside(page) {
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
  return page;
}

/** The conversation by its address, or one message of it: "#cooks", "#cooks/42", "#@bob". */
export async function go(page, id, seq) {
  const address = id.startsWith("#") ? id : `#@${id}`;
  await page.evaluate((hash) => { location.hash = hash; }, seq === undefined ? address : `${address}/${seq}`);
  await page.waitForFunction((wanted) => document.querySelector(".list-row[aria-current]")?.getAttribute("href") === wanted, address);
  await page.locator("main.conversation").waitFor();
}

export const composer = (page) => page.locator("form.composer textarea");
export const log = (page) => page.getByRole("log");
/** The messages that have this text, as the reader sees it. */
export const message = (page, text) => page.locator("article.message", { hasText: text });

export async function say(page, text) {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** Waits until the message is there and durable. */
export async function stored(page, text) {
  await page.waitForFunction((wanted) => {
    const found = [...document.querySelectorAll("article.message")].filter((each) => each.textContent.includes(wanted));
    return found.length > 0 && found.every((each) => !each.classList.contains("message-pending") && !each.classList.contains("message-failed"));
  }, text);
}

/** The texts of the list, in order. */
export const texts = (page) => page.locator("article.message .message-body").allInnerTexts();

export async function makeGroup(page, name) {
  await page.getByRole("button", { name: "New conversation" }).first().click();
  const dialog = page.getByRole("dialog");
  await press(dialog, "A group");
  await dialog.getByLabel("Name of the group").fill(name);
  await press(dialog, "Make the group");
  await composer(page).waitFor();
}

export async function joinGroup(page, name) {
  await page.getByRole("button", { name: "Find groups and people" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: `Join ${name}` }).click();
  await composer(page).waitFor();
}

/** The page's IndexedDB has the row, with this in it: what the page shows is written a moment later, and
 * a reload at once would come before that. */
export const kept = (page, [database, store, key], wanted) => page.waitForFunction(([name, rows, row, part]) =>
  new Promise((done) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const read = request.result.transaction(rows).objectStore(rows).get(row);
      read.onsuccess = () => {
        request.result.close();
        done(Object.entries(part).every(([field, value]) => JSON.stringify(read.result?.[field]) === JSON.stringify(value)));
      };
    };
  }), [database, store, key, wanted]);

export const PREFERENCES = ["chinwag-preferences", "preferences", "all"];

/** What the page logged as an error fails the test. */
export const blameless = (...pages) => pages.forEach((page) => assert.deepEqual(page.faults, []));

/** Asks for older messages with the list at `scrollTop`, which the page may correct once to 1. Gives how
 * far the message that was read has moved until they were there, at most, and the most elements. */
export const prepend = (page, scrollTop) => page.evaluate(async (top) => {
  const box = document.querySelector(".messages-box");
  const frame = () => new Promise((done) => { requestAnimationFrame(() => done()); });
  const articles = () => [...box.querySelectorAll("article.message")];
  const first = articles()[0].dataset.key;
  box.scrollTop = top;
  box.dispatchEvent(new Event("scroll")); // as the browser does with the next frame: at the top, the page goes to 1
  const upper = box.getBoundingClientRect().top;
  const read = articles().find((each) => each.getBoundingClientRect().bottom > upper + 1);
  const place = () => read.getBoundingClientRect().top;
  const before = place();
  let jump = 0, most = 0, after = 0;
  for (let frames = 0; after < 10 && frames < 1_200; frames++) {
    await frame();
    if (!read.isConnected) return { jump: "the message that is read is gone", most };
    jump = Math.max(jump, Math.abs(place() - before));
    most = Math.max(most, articles().length);
    if (articles()[0].dataset.key !== first) after++;
  }
  return { jump, most, grown: after > 0 };
}, scrollTop);

/** Turns the wheel upwards, `wheel` by `by` px each time, until two pages of older messages came above:
 * browsers are started without smooth scrolling. Gives how far the message that was read first stood
 * from where the wheel has moved it, in frames in which it was more than 1 px. */
export async function fling(page, wheel, by = 120) {
  await page.evaluate((step) => {
    const box = document.querySelector(".messages-box");
    box.scrollTop = Math.min(box.scrollTop, 10 * step);
    box.dispatchEvent(new Event("scroll")); // as the browser does with the next frame
    const articles = () => [...box.querySelectorAll("article.message")];
    const upper = box.getBoundingClientRect().top;
    const read = articles().find((each) => each.getBoundingClientRect().bottom > upper + 1);
    const begin = read.getBoundingClientRect().top;
    const frame = () => new Promise((done) => { requestAnimationFrame(() => done()); });
    let first = articles()[0].dataset.key, steps = 0, pages = 0;
    const wrong = [];
    const look = () => {
      const moved = read.getBoundingClientRect().top - begin, now = Math.max(steps, Math.round(moved / step));
      if (!read.isConnected || Math.abs(moved - now * step) > 1) wrong.push(moved - now * step);
      steps = now;
      if (articles()[0].dataset.key === first) return;
      first = articles()[0].dataset.key;
      pages++;
    };
    /* Behind a turn of the wheel, which a browser may drop; not faster than messages come: at the upper
     * end there is nothing to scroll. */
    globalThis.turned = async () => {
      const before = steps;
      for (let frames = 0; wrong.length === 0 && (frames < 2 || box.scrollTop <= step || (steps === before && frames < 30)); frames++) {
        await frame();
        look();
      }
      return pages < 2 && wrong.length === 0 ? undefined : wrong;
    };
  }, by);
  await (await page.$(".messages-box")).hover();
  for (;;) {
    await wheel(-by);
    const wrong = await page.evaluate(() => globalThis.turned());
    if (wrong) return wrong;
  }
}

/** Joins or begins the call of the conversation that is open; the first time there is a device check. */
export async function joinCall(page) {
  await page.locator("header.conversation-head").getByRole("button", { name: /^(Call|Join the call)$/ }).click();
  const check = page.getByRole("button", { name: "Join now" });
  await check.click();
  await inCall(page, []);
}

/** Waits until the call's strip shows these people, each once. */
export const inCall = (page, names) => page.waitForFunction((wanted) => {
  const shown = [...document.querySelectorAll(".call-person bdi")].map((each) => each.textContent);
  return shown.length > 0 && wanted.every((name) => shown.filter((each) => each === name).length === 1);
}, names);

/** The menu of what concerns this user and the server. */
export async function choose(page, item) {
  await page.locator(".me-button").click();
  await page.getByRole("menuitem", { name: item }).click();
}
