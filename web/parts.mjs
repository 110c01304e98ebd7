// parts.mjs - the files that browsers load by address beside the page's own: the worklets and the
// worker of voice, and the styles of what is loaded late. Content-Security-Policy refuses blob:, so each is a file with a hashed name, and
// the page's build learns the names (`define`). Callers: build.mjs, test/browser.
import { build } from "esbuild";
import { basename } from "node:path";

const PARTS = { CAPTURE_FILE: "capture.worklet", PLAYBACK_FILE: "playback.worklet", CODEC_FILE: "codec.worker" };
const LATE = { LATE_STYLE: "late" };

/** Builds them into outdir; gives what to define in the build of the page. */
export async function buildParts(outdir, root = ".") {
  const { metafile } = await build({
    entryPoints: [...Object.values(PARTS).map((name) => `${root}/src/voice/${name}.ts`), `${root}/src/view/late.css`],
    outdir, bundle: true, format: "iife", entryNames: "[name]-[hash]", minify: true, target: "es2022",
    logLevel: "warning", legalComments: "none", metafile: true, absWorkingDir: process.cwd(),
  });
  const names = new Map(Object.entries(metafile.outputs).map(([file, { entryPoint }]) => [basename(entryPoint).replace(/\.(ts|css)$/, ""), basename(file)]));
  return Object.fromEntries(Object.entries({ ...PARTS, ...LATE }).map(([key, part]) => [key, JSON.stringify(names.get(part))]));
}
