import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { folder, inlineFiles } from "./inline-files.mjs";

/** `npm run build:stripe [FILE]` makes one file of Local Stripe, which needs Node and nothing else. */
const outfile = process.argv[2] ?? join(folder, "../dist/local-stripe.mjs");

// Some packages are CommonJS and ask for Node's own modules by `require`, which a module does not have.
const banner = `#!/usr/bin/env node
import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url);`;

/** pdfkit looks for its fonts when it is running, by a `require` of its own; this one a bundler understands. */
const pdfkitFonts = {
  name: "pdfkit-fonts",
  setup({ onLoad }) {
    onLoad({ filter: /pdfkit\.node\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(/require\$1\((?='#standard-fonts)/g, "require("),
    }));
  },
};

await build({
  entryPoints: [join(folder, "server.ts")],
  banner: { js: banner },
  bundle: true,
  format: "esm",
  logLevel: "warning",
  outfile,
  platform: "node",
  plugins: [inlineFiles, pdfkitFonts],
  target: "node20",
});
chmodSync(outfile, 0o755);
console.log(`${outfile} runs with Node alone; --help lists its options.`);
