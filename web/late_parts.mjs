// late_parts.mjs - a part that the page loads late (import()) gets what the first screen has loaded
// from one file. Without this, esbuild makes a file for each set of modules that two parts have in
// common: the first screen would load some twenty small ones, which gzip packs badly. So each part
// names the whole first screen (src/core.ts) as what it needs. Paths are relative to web/: esbuild's
// hashes contain them, and the same sources give the same bytes in any folder. Caller: build.mjs.
import { dirname, join, relative, resolve } from "node:path";

const NAMESPACE = "late-part";

export const lateParts = {
  name: "late-parts",
  setup(build) {
    build.onResolve({ filter: /^\..*\.js$/ }, ({ path, kind, importer }) =>
      kind === "dynamic-import" ? { path: relative(".", join(dirname(resolve(importer)), path)), namespace: NAMESPACE } : undefined);
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: `import "./src/core.ts";\nexport * from ${JSON.stringify(`./${path}`)};`, resolveDir: resolve("."),
    }));
  },
};
