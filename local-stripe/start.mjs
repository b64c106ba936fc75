import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * Starts `server.ts` in half the time: tsx asks a worker thread for every one of some hundred files, while
 * esbuild, which tsx brings along, makes one file of ours in a tenth of a second. Packages stay outside of
 * it, so that what only one page needs is still loaded with that page.
 */
const require = createRequire(import.meta.url);
const { build } = createRequire(require.resolve("tsx"))("esbuild");

const folder = dirname(fileURLToPath(import.meta.url));
const bundle = join(folder, "../node_modules/.cache/local-stripe.mjs");

/** In one file for all, `import.meta.url` would be that file's; a stylesheet is looked for beside its own. */
const ownUrls = {
  name: "own-urls",
  setup({ onLoad }) {
    const texts = new Map(
      readdirSync(folder, { recursive: true })
        .filter((name) => /(?<!\.test)\.ts$/.test(name))
        .map((name) => [join(folder, name), readFileSync(join(folder, name), "utf8")]),
    );
    for (const [path, text] of texts) {
      if (!text.includes("import.meta.url")) continue;
      const exactly = new RegExp(`^${path.replaceAll(/[^\w/]/g, "\\$&")}$`);
      const url = JSON.stringify(pathToFileURL(path).href);
      onLoad({ filter: exactly }, () => ({
        loader: "ts",
        contents: text.replaceAll("import.meta.url", () => url),
      }));
    }
  },
};

const { outputFiles } = await build({
  entryPoints: [join(folder, "server.ts")],
  bundle: true,
  format: "esm",
  logLevel: "error",
  outfile: bundle,
  packages: "external",
  platform: "node",
  plugins: [ownUrls],
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
