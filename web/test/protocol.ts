/* protocol.ts - the examples of docs/protocol.md, byte for byte, for tests. */
import { readFileSync } from "node:fs";
import { decodeMulti } from "@msgpack/msgpack";
import type { Extras } from "../src/model/actions.js";

const document = readFileSync("../docs/protocol.md", "utf8");

/** The objects of each example that the server sends, in the section of an action. */
export function examplesOf(action: string): unknown[][] {
  const section = document.split(`\n### ${action}\n`)[1]?.split("\n### ")[0] ?? "";
  return [...section.matchAll(/```hex to-client\n([\s\S]*?)```/g)].map((block) => {
    const bytes = (block[1] ?? "").split("\n").flatMap((line) => line.slice(0, 48).trim().split(" ").filter((pair) => pair !== ""));
    return [...decodeMulti(Uint8Array.from(bytes.map((pair) => parseInt(pair, 16))))];
  });
}

/** The map at the end of the answer of an action that has one. */
export function mapOf(action: string): Extras {
  const maps = examplesOf(action).filter((objects) => objects[0] === "response").map((objects) => objects.at(-1))
    .filter((last): last is Extras => typeof last === "object" && last !== null);
  if (!maps[0]) throw new Error(`the document has no answer with a map for ${action}`);
  return maps[0];
}

export function listOf(action: string): readonly Extras[] {
  return mapOf(action)["list"] as readonly Extras[];
}
