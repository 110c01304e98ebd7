/* tabs.test.ts - several tabs without Web Locks: exactly one leads, and another one after it. Tabs
 * with Web Locks are tested in a browser (test/browser/handover.test.mjs). */
import assert from "node:assert/strict";
import test from "node:test";
import { ElectedLead } from "../src/tabs/elect.js";
import type { LeadMessage } from "../src/tabs/lead.js";

/** Tabs that hear each other, in simulated time. */
class Browser {
  now = 1_000;
  readonly tabs = new Map<string, { readonly lead: ElectedLead; leads: boolean; frozen: boolean }>();
  private calls: { readonly at: number; readonly call: () => void; readonly name: string }[] = [];
  private posted: { readonly from: string; readonly message: LeadMessage }[] = [];

  open(name: string): void {
    const later = (ms: number, call: () => void): (() => void) => {
      const entry = { at: this.now + ms, call, name };
      this.calls.push(entry);
      return () => { this.calls = this.calls.filter((each) => each !== entry); };
    };
    const lead = new ElectedLead({
      name, now: () => this.now, later, got: () => { tab.leads = true; }, lost: () => { tab.leads = false; },
      post: (message) => this.posted.push({ from: name, message }),
    });
    const tab = { lead, leads: false, frozen: false };
    this.tabs.set(name, tab);
    void lead.begin().then((leads) => { tab.leads = leads; });
  }

  tab(name: string) { return this.tabs.get(name) as NonNullable<ReturnType<typeof this.tabs.get>>; }

  /** The page is closed, or its process is gone without a word. */
  close(name: string, released: boolean): void {
    if (released)
      this.tab(name).lead.release();
    this.tabs.delete(name);
    this.calls = this.calls.filter((each) => each.name !== name);
  }

  async pass(ms: number): Promise<void> {
    for (const end = this.now + ms; this.now < end; this.now += 10) {
      const due = this.calls.filter((each) => each.at <= this.now && this.tabs.get(each.name)?.frozen !== true);
      this.calls = this.calls.filter((each) => !due.includes(each));
      due.forEach(({ call }) => call());
      for (let next = this.posted.shift(); next !== undefined; next = this.posted.shift())
        for (const [name, tab] of this.tabs)
          if (name !== next.from && !tab.frozen)
            tab.lead.heard(next.message);
      await Promise.resolve();
    }
  }

  leading(): string[] { return [...this.tabs].filter(([, tab]) => tab.leads).map(([name]) => name); }
}

test("of tabs that open at the same moment exactly one leads, and those that come later follow", async () => {
  const browser = new Browser();
  for (const name of ["c", "a", "b"])
    browser.open(name);
  await browser.pass(1_000);
  assert.deepEqual(browser.leading(), ["a"]);
  browser.open("A"); /* lower than all */
  await browser.pass(10_000);
  assert.deepEqual(browser.leading(), ["a"]);
});

test("when the leading tab is closed another one leads within 200 ms; when it is killed, within 3 s", async () => {
  const browser = new Browser();
  for (const name of ["a", "b", "c"])
    browser.open(name);
  await browser.pass(1_000);
  browser.close("a", true);
  await browser.pass(200);
  assert.deepEqual(browser.leading(), ["b"]);
  browser.close("b", false);
  await browser.pass(3_000);
  assert.deepEqual(browser.leading(), ["c"]);
});

test("a call takes the lead; a tab that was frozen gives it up when it comes back", async () => {
  const browser = new Browser();
  for (const name of ["a", "b"])
    browser.open(name);
  await browser.pass(1_000);
  browser.tab("b").lead.take();
  await browser.pass(50);
  assert.deepEqual(browser.leading(), ["b"]);
  browser.tab("b").frozen = true;
  await browser.pass(3_000);
  assert.deepEqual(browser.leading(), ["a", "b"]); /* b does not run, and its session was taken */
  browser.tab("b").frozen = false;
  browser.open("c");
  await browser.pass(3_000);
  assert.deepEqual(browser.leading(), ["a"]);
});
