// open.mjs PUSH_TOOL - opens what the server seals for a browser, by another implementation (unseal.mjs).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createECDH, randomBytes } from "node:crypto";
import { open } from "./unseal.mjs";

// What runs programs of a cross-build.
const command = [...(process.env.MESON_EXE_WRAPPER ?? "").split(" ").filter(Boolean), process.argv[2]];
for (const text of ["", "new", "Grüße, 你好", "x".repeat(2047)]) {
  const browser = createECDH("prime256v1");
  browser.generateKeys();
  const auth = randomBytes(16);
  const made = spawnSync(command[0], command.slice(1), {
    input: Buffer.concat([browser.getPublicKey(), auth, randomBytes(32), randomBytes(16), Buffer.from(text)]),
  });
  assert.equal(made.status, 0);
  assert.equal(open(made.stdout, browser, auth), text);
  const wrong = Buffer.from(made.stdout);
  wrong[100] ^= 1;
  assert.throws(() => open(wrong, browser, auth));
}
