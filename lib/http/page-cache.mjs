import files from "next/dist/server/lib/incremental-cache/file-system-cache.js";
import { hashInlineScripts } from "./inline-scripts.mjs";

/**
 * Node imports a CommonJS module of Next's as one object, Turbopack, which packs this beside the proxy, as its default.
 * @type {typeof files}
 */
const FileSystemCache = files.default ?? files;

/**
 * Next's own cache, which also says of each page which of its inline scripts may run: a cached page is the same for
 * everybody and can carry no nonce. The page's headers are kept with it, so that this is worked out once for each time
 * that it is rendered. Plain JavaScript, because Next imports it as it is, at build and where the server runs.
 */
export default class PageCache extends FileSystemCache {
  /** @type {files["get"]} */
  async get(...asked) {
    const entry = await super.get(...asked);
    addPolicy(entry?.value);
    return entry;
  }

  /** The first visitor gets the very object that is kept here. @type {files["set"]} */
  async set(key, value, context) {
    addPolicy(value);
    return super.set(key, value, context);
  }
}

/** Pages that have their policy. A header that an earlier run wrote beside a page is not taken for one. */
const known = new WeakSet();

/** Next adds it to the policy of next.config.ts, and a browser goes by both. */
function addPolicy(/** @type {any} */ page) {
  if (page?.kind !== "APP_PAGE" || known.has(page)) return;
  known.add(page);
  const sources = ["'self'", ...hashInlineScripts(page.html, page.rscData)];
  page.headers = { ...page.headers, "content-security-policy": `script-src ${sources.join(" ")}` };
}
