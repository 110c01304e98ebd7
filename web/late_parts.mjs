// late_parts.mjs - a part that the page loads late (import()) gets what the first screen has loaded
// from one file. Without this, esbuild makes a file for each set of modules that two parts have in
// common: the first screen would load some twenty small ones, which gzip packs badly. So each part
// names the whole first screen (src/core.ts) as what it needs. Paths are relative to web/: esbuild's
// hashes contain them, and the same sources give the same bytes in any folder. Caller: build.mjs.
import { dirname, join, relative, resolve } from "node:path";

const NAMESPACE = "late-part";

/* gzip packs these better in one file, and each page loads all of them when it is idle. Their exports
 * have different names. */
const TOGETHER = ["view/screens/screens", "model/quiet", "model/uploading", "model/wav", "link/sha256", "link/thumbnail", "tabs/elect",
  "worker/join", "view/over", "view/voice/part"].map((name) => `src/${name}.js`);

export const lateParts = {
  name: "late-parts",
  setup(build) {
    build.onResolve({ filter: /^\..*\.js$/ }, ({ path, kind, importer }) => {
      const file = relative(".", join(dirname(resolve(importer)), path));
      return kind === "dynamic-import" ? { path: TOGETHER.includes(file) ? "late" : file, namespace: NAMESPACE } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
      const modules = (path === "late" ? TOGETHER : [path]).map((file) => `export * from ${JSON.stringify(`./${file}`)};`);
      return { contents: `import "./src/core.ts";\n${modules.join("\n")}`, resolveDir: resolve(".") };
    });
  },
};
