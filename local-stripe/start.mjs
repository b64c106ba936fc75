import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { folder, inlineFiles } from "./inline-files.mjs";

/**
 * Starts `server.ts` in half the time: tsx asks a worker thread for every one of some hundred files, while
 * esbuild makes one file of ours in a tenth of a second. Packages stay outside of it, so that what only one
 * page needs is still loaded with that page.
 */
const bundle = join(folder, "../node_modules/.cache/local-stripe.mjs");

const { outputFiles } = await build({
  entryPoints: [join(folder, "server.ts")],
  bundle: true,
  format: "esm",
  logLevel: "error",
  outfile: bundle,
  packages: "external",
  platform: "node",
  plugins: [inlineFiles],
  sourcemap: "linked",
  write: false,
});

mkdirSync(dirname(bundle), { recursive: true });
for (const { path, contents } of outputFiles) {
  // Written beside it and renamed: another one that starts in this moment reads a whole file.
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
}
process.setSourceMapsEnabled(true);
await import(pathToFileURL(bundle).href);
