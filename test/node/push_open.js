// push_open.js - opens push messages as a browser does, by http_ece, which others wrote. It makes a
// browser's keys and prints them (base64url: p256dh, auth, on one line); then for each line of its
// input, a body in base64, it prints the JSON that was in it, or what is wrong.
const crypto = require("crypto");
const ece = require("http_ece");
const readline = require("readline");

const browser = crypto.createECDH("prime256v1");
browser.generateKeys();
const auth = crypto.randomBytes(16);
console.log(browser.getPublicKey("base64url"), auth.toString("base64url"));

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  try {
    const text = ece.decrypt(Buffer.from(line, "base64"), { version: "aes128gcm", privateKey: browser, authSecret: auth });
    console.log(JSON.stringify(JSON.parse(text.toString("utf8").replace(/\0+$/, ""))));
  } catch (error) {
    console.log(`wrong: ${error.message}`);
  }
});
