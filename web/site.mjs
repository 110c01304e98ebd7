// site.mjs - makes the site of what esbuild has made: the page, the service worker, and what stands
// in web/pages, with the build's name (a hash of all of it) in both. chinwagd tells the same name at
// login (tools/embed reads it from the page). Caller: build.mjs.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const PAGES = "pages";
const TEMPLATE = "index.html";
/* As long as the name, so that replacing it changes no position. */
const UNNAMED = "build-unnamed-00";

/** The service worker without the build's name; it knows the names of all files. */
async function workerText(files) {
  const made = await build({
    entryPoints: ["src/worker/sw.ts"], bundle: true, format: "iife", minify: true, target: "es2022",
    legalComments: "none", logLevel: "warning", write: false,
    define: { BUILD: JSON.stringify(UNNAMED), FILES: JSON.stringify(files) },
  });
  return made.outputFiles[0].text;
}

function nameOf(outdir, files, texts) {
  const hash = createHash("sha256");
  for (const file of files)
    hash.update(`${file}\0`).update(readFileSync(`${outdir}/${file}`));
  for (const text of texts)
    hash.update(`\0${text}`);
  return hash.digest("hex").slice(0, UNNAMED.length);
}

const only = (files, pattern) => {
  const found = files.filter((file) => pattern.test(file));
  if (found.length !== 1)
    throw new Error(`one file like ${pattern} is wanted: ${found}`);
  return found[0];
};

/** What the page needs before its first screen: a browser would learn it only from app-HASH.js. */
const neededAtOnce = (app, metafile) =>
  Object.entries(metafile.outputs).find(([file]) => basename(file) === app)[1].imports
    .filter(({ kind }) => kind === "import-statement").map(({ path }) => basename(path)).sort();

/** `metafile`: of esbuild, about the page. */
export async function buildSite(outdir, metafile) {
  for (const name of readdirSync(PAGES).filter((name) => name !== TEMPLATE))
    copyFileSync(`${PAGES}/${name}`, `${outdir}/${name}`);
  const files = readdirSync(outdir).sort();
  const styles = files.filter((file) => /^app-.*\.css$/.test(file));
  const app = only(files, /^app-.*\.js$/);
  const links = [...styles.map((file) => `<link rel="stylesheet" href="/${file}">`),
    ...neededAtOnce(app, metafile).map((file) => `<link rel="modulepreload" href="/${file}">`)];
  const page = readFileSync(`${PAGES}/${TEMPLATE}`, "utf8")
    .replace("{{APP}}", app).replace("{{LINKS}}", links.join("\n"));
  const worker = await workerText(files.map((file) => `/${file}`));
  const name = nameOf(outdir, files, [page, worker]);
  writeFileSync(`${outdir}/${TEMPLATE}`, page.replace("{{BUILD}}", name));
  writeFileSync(`${outdir}/sw.js`, worker.replaceAll(UNNAMED, name));
}
