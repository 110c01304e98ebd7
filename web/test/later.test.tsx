/* later.test.tsx - parts of the page that are loaded late (view/later.tsx). */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ComponentType } from "preact";
import { Page, settle } from "./page.js";
import { later } from "../src/view/later.js";

test("a part that comes between the drawing without it and its effect is shown", async () => {
  let arrive = (_view: ComponentType): void => {};
  const arriving = new Promise<ComponentType>((done) => { arrive = done; });
  const Part = later(() => arriving);
  const first = await new Page().show(<Part />);
  assert.equal(first.text, "");
  const second = new Page();
  const shown = second.show(<Part />); /* drawn; effects wait for the next frame */
  arrive(() => <p>here</p>);
  await shown;
  await settle();
  assert.deepEqual([first.text, second.text], ["here", "here"]);
});
