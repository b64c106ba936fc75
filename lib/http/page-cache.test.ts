import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import PageCache from "./page-cache.mjs";

/** On files, as Next keeps them. */

const require = createRequire(import.meta.url);
const { nodeFs } = require("next/dist/server/lib/node-fs-methods");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-pages-"));
});
afterAll(() => rm(folder, { recursive: true }));

const open = (memory = 0) =>
  new PageCache({
    fs: nodeFs,
    serverDistDir: folder,
    flushToDisk: true,
    revalidatedTags: [],
    maxMemoryCacheSize: memory,
    _requestHeaders: {},
  });

const PIECE = String.raw`self.__next_f.push([1,"1:\"Prices\"\n"])`;
const POLICY = `script-src 'self' 'sha256-${createHash("sha256").update(PIECE).digest("base64")}'`;
const page = () => ({
  kind: "APP_PAGE" as never,
  html: `<script>alert(1)</script><script>${PIECE}</script>`,
  rscData: Buffer.from('1:"Prices"\n'),
  headers: { "x-nextjs-stale-time": "300" } as Record<string, string>,
  status: 200,
  postponed: undefined,
  segmentData: undefined,
});
const asked = { kind: "APP_PAGE" as never, isFallback: false, isRoutePPREnabled: false };
const headersOf = async (cache: PageCache, key: string) =>
  ((await cache.get(key, asked as never))?.value as { headers?: object } | undefined)?.headers;
const put = (cache: PageCache, key: string, value: unknown) =>
  cache.set(key, value as never, { ...asked, cacheControl: { revalidate: 300, expire: 600 } } as never);

it("the first visitor of a page gets its policy, beside the headers that it has", async () => {
  const value = page();
  await put(open(), "/first", value);
  expect(value.headers).toEqual({ "x-nextjs-stale-time": "300", "content-security-policy": POLICY });
});

it("so do the others, of this server and of the next", async () => {
  await put(open(), "/kept", page());
  expect(await headersOf(open(), "/kept")).toMatchObject({ "content-security-policy": POLICY });
});

it("a page that has been changed has the policy of what it is now", async () => {
  const cache = open();
  await put(cache, "/changed", page());
  const piece = PIECE.replace("Prices", "Offers");
  await put(cache, "/changed", {
    ...page(),
    html: `<script>${piece}</script>`,
    rscData: Buffer.from('1:"Offers"\n'),
  });
  const hash = createHash("sha256").update(piece).digest("base64");
  expect(await headersOf(cache, "/changed")).toMatchObject({
    "content-security-policy": `script-src 'self' 'sha256-${hash}'`,
  });
});

it("a page that the build made has it, too, whatever is written beside it", async () => {
  await put(open(), "/built", page());
  const path = join(folder, "app/built.meta");
  const meta = JSON.parse(await readFile(path, "utf8"));
  for (const headers of [{}, undefined, { "content-security-policy": "script-src *" }]) {
    await writeFile(path, JSON.stringify({ ...meta, headers }));
    expect(await headersOf(open(), "/built")).toEqual({ "content-security-policy": POLICY });
  }
});

it("what is no page is left as it is", async () => {
  const route = { kind: "APP_ROUTE", body: Buffer.from("x"), headers: { a: "1" }, status: 200 };
  await put(open(), "/route", route);
  expect(route.headers).toEqual({ a: "1" });
  await put(open(), "/nothing", null);
  expect(await open().get("/nothing", asked as never)).toBeNull();
});

// The last, because there is one memory, and it would stand before the files of the others.
it("the policy of a page in memory is worked out once", async () => {
  const cache = open(1_000_000);
  await put(cache, "/memory", page());
  const headers = await headersOf(cache, "/memory");
  expect(headers).toMatchObject({ "content-security-policy": POLICY });
  expect(await headersOf(cache, "/memory")).toBe(headers);
});
