import { createHash } from "node:crypto";

/** Makes the list that the pieces of the page's data are put into. */
const LIST = "(self.__next_f=self.__next_f||[]).push([0])";
const PIECE = /^self\.__next_f\.push\((.+)\)$/;
/** Tells the loader which files of the site's own the page has. */
const FILES = /^\(globalThis\["TURBOPACK"\] \|\| \(globalThis\["TURBOPACK"\] = \[\]\)\)\.push\((.+)\);$/;

/**
 * The inline scripts of a cached page that are Next's own, as sources of a policy. Not simply those that are in the page,
 * for one that got into it would be among them: each of these puts JSON into a list and can do nothing else, and its
 * JSON is the page's own data, piece by piece, as Next keeps it beside the page. Neither form is in Next's
 * documentation; test/next-inside.test.ts holds Next to them.
 *
 * @param {string} html
 * @param {Buffer | undefined} data what the page was rendered from, in React's format
 * @returns {string[]}
 */
export function hashInlineScripts(html, data = Buffer.alloc(0)) {
  let rest = data;
  const isOwn = (/** @type {string} */ script) => {
    if (script === LIST || parse(script, FILES) !== null) return true;
    const piece = toBytes(parse(script, PIECE));
    if (!piece?.equals(rest.subarray(0, piece.length))) return false;
    rest = rest.subarray(piece.length);
    return true;
  };
  const scripts = [...html.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, script = ""]) => script);
  return scripts
    .filter(isOwn)
    .map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
}

/** @returns the JSON that such a script hands over; null where it is another script or no JSON */
function parse(/** @type {string} */ script, /** @type {RegExp} */ form) {
  try {
    return JSON.parse(script.match(form)?.[1] ?? "null");
  } catch {
    return null;
  }
}

/** Next writes 1 before a piece that is text and 3 before one that had to be encoded. */
function toBytes(/** @type {unknown} */ piece) {
  if (!Array.isArray(piece) || piece.length !== 2 || typeof piece[1] !== "string") return null;
  if (piece[0] === 1) return Buffer.from(piece[1]);
  return piece[0] === 3 ? Buffer.from(piece[1], "base64") : null;
}
