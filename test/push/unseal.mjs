// unseal.mjs - opens a push message with node's cryptography, after RFC 8188 and RFC 8291 as a browser does
// it: for open.mjs and for tests with a push service of their own.
import assert from "node:assert/strict";
import { createDecipheriv, createHmac } from "node:crypto";

const hmac = (key, ...parts) => parts.reduce((mac, part) => mac.update(part), createHmac("sha256", key)).digest();
const hkdf = (salt, secret, info, n) => hmac(hmac(salt, secret), info, Buffer.of(1)).subarray(0, n);

/** `browser`: an ECDH of node with the keys of the subscription. */
export function open(body, browser, auth) {
  const salt = body.subarray(0, 16);
  assert.equal(body.readUInt32BE(16), 4096);
  assert.equal(body[20], 65);
  const server = body.subarray(21, 86);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), server]);
  const key = hkdf(auth, browser.computeSecret(server), info, 32);
  const cipher = createDecipheriv("aes-128-gcm", hkdf(salt, key, "Content-Encoding: aes128gcm\0", 16),
    hkdf(salt, key, "Content-Encoding: nonce\0", 12));
  cipher.setAuthTag(body.subarray(-16));
  const padded = Buffer.concat([cipher.update(body.subarray(86, -16)), cipher.final()]);
  assert.equal(padded.length, 2048);
  const end = padded.findLastIndex((byte) => byte !== 0);
  assert.equal(padded[end], 2);
  return padded.subarray(0, end).toString();
}
