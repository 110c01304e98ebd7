// emoji_list.mjs - makes the module "emoji-list" of the package gemoji: a line for each short name,
// and one with "# " before each group. It is a build step, so that no list is copied into the sources.
import { gemoji } from "gemoji";

function list() {
  const lines = [];
  let group = "";
  for (const { emoji, names, category } of gemoji) {
    if (category !== group) lines.push(`# ${group = category}`);
    for (const name of names) lines.push(`${name} ${emoji}`);
  }
  return lines.join("\n");
}

export const emojiList = {
  name: "emoji-list",
  setup(build) {
    build.onResolve({ filter: /^emoji-list$/ }, () => ({ path: "emoji-list", namespace: "emoji-list" }));
    build.onLoad({ filter: /.*/, namespace: "emoji-list" }, () => ({ contents: list(), loader: "text" }));
  },
};
