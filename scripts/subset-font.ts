import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";
import { projectFile } from "../project-file";
import { readCommandLine } from "./stack/command-line";

/** `npm run font`: makes the font that pages load out of Geist's, which is three times as large. */

/** Printable ASCII and Latin-1, the marks that English sets beside them, and the signs of the pages. */
const CHARACTERS = [...range(0x20, 0x7e), ...range(0xa0, 0xff), ..."–—‘’“”•…‹›€™−×→←↑↓"].join("");
/** Pages show 400, 500 and 600. */
const WEIGHTS = { min: 400, max: 600, default: 400 };

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));
}

export const FONT = "components/fonts/geist-latin.woff2";

export async function subsetGeist(): Promise<Buffer> {
  const entry = createRequire(import.meta.url).resolve("geist/font");
  const whole = await readFile(join(dirname(entry), "fonts/geist-sans/Geist-Variable.ttf"));
  return subsetFont(whole, CHARACTERS, { targetFormat: "woff2", variationAxes: { wght: WEIGHTS } });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  readCommandLine(`Usage: npm run font    writes ${FONT}`, {});
  const font = await subsetGeist();
  await writeFile(projectFile(FONT), font);
  console.log(`${FONT}: ${font.byteLength} bytes.`);
}
