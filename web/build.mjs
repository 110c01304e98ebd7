// build.mjs - makes web/dist (what chinwagd serves) of web/src, or with --tests the unit tests.
// The same sources and packages give the same bytes. --out names
// another folder than dist. Callers: npm run build, tools/web_check.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";
import { buildParts } from "./parts.mjs";
import { buildSite } from "./site.mjs";
import { emojiList } from "./emoji_list.mjs";
import { lateParts } from "./late_parts.mjs";

const tests = process.argv.includes("--tests");
const elsewhere = process.argv.indexOf("--out");
const outdir = tests ? "build/test" : elsewhere < 0 ? "dist" : process.argv[elsewhere + 1];
rmSync(outdir, { recursive: true, force: true });

if (tests) {
  const files = readdirSync("test").filter((name) => /\.test\.tsx?$/.test(name));
  await build({
    entryPoints: files.map((name) => `test/${name}`), outdir, bundle: true, format: "esm", platform: "node",
    outExtension: { ".js": ".mjs" }, target: "node18", jsx: "automatic", jsxImportSource: "preact",
    logLevel: "warning", external: ["node:*"], plugins: [emojiList],
  });
} else {
  const define = await buildParts(outdir);
  const { metafile } = await build({
    define, entryPoints: { app: "src/app.tsx" }, outdir, bundle: true, splitting: true, format: "esm",
    entryNames: "[name]-[hash]", chunkNames: "[name]-[hash]", assetNames: "[name]-[hash]",
    minify: true, target: "es2022", jsx: "automatic", jsxImportSource: "preact", logLevel: "warning",
    legalComments: "none", metafile: true, plugins: [emojiList, lateParts],
  });
  await buildSite(outdir, metafile);
}
