import { once } from "node:events";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { hashInlineScripts } from "@/lib/http/inline-scripts.mjs";
import { config } from "@/proxy";
import { SENTENCE_OF_NEXT } from "@/test/support/log-line";

/**
 * The few things that the shop knows of Next and that are in no documentation. Each is held against Next's own code, so
 * that an upgrade which changes one fails here, and says what it broke and where to mend it. What is known of Node
 * alone has its tests in lib/http (decision 016).
 */

const require = createRequire(import.meta.url);

/** @throws Error with `broken` when an upgrade has moved it */
function inside(path: string, name: string, broken: string) {
  let found: unknown;
  try {
    found = require(`next/dist/${path}`)[name];
  } catch (cause) {
    throw new Error(`${broken} (next/dist/${path} is gone: find where Next has it now.)`, { cause });
  }
  if (found === undefined)
    throw new Error(`${broken} (next/dist/${path} has no ${name}: find where Next has it now.)`);
  return found;
}

describe("the call of an action, by which the matcher of proxy.ts finds it at a cached page", () => {
  const BROKEN =
    "Next tells the call of an action by something else than before. The proxy would not see it at the cached pages, and " +
    "a foreign site's form would not be refused there: mend the headers in `config.matcher` of proxy.ts.";
  const judge = inside("server/lib/server-action-request-meta", "getIsPossibleServerAction", BROKEN) as (
    request: unknown,
  ) => boolean;
  const isCall = (headers: Record<string, string>) => {
    const asFetch = judge({ method: "POST", headers: new Headers(headers) });
    expect(judge({ method: "POST", headers }), "Node's headers and fetch's are read alike").toBe(asFetch);
    return asFetch;
  };
  const named = config.matcher.flatMap((rule) =>
    typeof rule === "string" ? [] : rule.has.map(({ key }) => key),
  );

  it("is named by a header of the matcher", () => {
    const header = inside("client/components/app-router-headers", "ACTION_HEADER", BROKEN);
    expect(named, BROKEN).toContain(header);
    expect(isCall({ "next-action": "" }), BROKEN).toBe(true);
  });

  it("is none without any of those headers", () => {
    const others = {
      accept: "text/x-component",
      rsc: "1",
      "next-url": "/",
      "next-router-state-tree": "%5B%5D",
    };
    const more = { "x-action-forwarded": "1", "x-nextjs-data": "1", "x-http-method-override": "POST" };
    for (const header of named) expect(Object.keys({ ...others, ...more })).not.toContain(header);
    expect(isCall({ ...others, ...more }), BROKEN).toBe(false);
    expect(isCall({}), BROKEN).toBe(false);
  });

  it.each(["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])(
    "without JavaScript is one by its type: %s",
    (type) => expect(isCall({ "content-type": type }), BROKEN).toBe(true),
  );
});

it("the page for when everything failed has the address that lib/http/unreadable.ts refuses", () => {
  const broken =
    "Next's page for when everything failed has another address. Asked for by it, it is answered 500: mend `isReadable` " +
    "in lib/http/unreadable.ts, and its tests.";
  const route = inside("shared/lib/entry-constants", "UNDERSCORE_GLOBAL_ERROR_ROUTE", broken);
  expect(route, broken).toBe("/_global-error");
});

it("Next says how long an answer may be kept only where nothing was said before", async () => {
  const broken =
    "Next overwrites a Cache-Control that was there before it. Answers with somebody's data could be kept by caches: mend " +
    "`setDefaultHeaders` in lib/http/default-headers.ts.";
  const send = inside("server/send-payload", "sendRenderResult", broken) as (input: object) => Promise<void>;
  const { fromStatic } = inside("server/render-result", "default", broken) as {
    fromStatic(body: string, type: string): unknown;
  };
  const server = createServer((req, res) => {
    if (req.url === "/said") res.setHeader("Cache-Control", "no-store");
    const result = fromStatic("x", "text/html");
    const cacheControl = { revalidate: 60, expire: 3600 };
    void send({ req, res, result, generateEtags: false, poweredByHeader: false, cacheControl });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const told = async (path: string) => {
    const { port } = server.address() as AddressInfo;
    const [response] = await once(request({ port, path, agent: false }).end(), "response");
    response.resume();
    return response.headers["cache-control"];
  };
  expect(await told("/said"), broken).toBe("no-store");
  expect(await told("/silent"), broken).toContain("s-maxage=60");
  server.close();
});

it("the sentence by which the gates know that Next could not read a router's state", () => {
  const BROKEN =
    "Next says something else about a router's state that it cannot read. The fuzz gate would take it for an error of " +
    "ours: mend SENTENCE_OF_NEXT in test/support/log-line.ts.";
  const parse = inside(
    "server/app-render/parse-and-validate-flight-router-state",
    "parseAndValidateFlightRouterState",
    BROKEN,
  ) as (header: string) => unknown;
  expect(() => parse("{"), BROKEN).toThrow(SENTENCE_OF_NEXT);
});

describe("the inline scripts of a cached page, of which lib/http/inline-scripts.mjs makes its policy", () => {
  const BROKEN =
    "Next writes the data of a page in another way than before. No inline script of a cached page would run: mend the forms " +
    "in lib/http/inline-scripts.mjs, and its tests.";

  it("carry its data, whatever is in it, and are all known", async () => {
    const toScripts = inside(
      "server/app-render/use-flight-response",
      "createInlinedDataReadableStream",
      BROKEN,
    ) as (data: ReadableStream<Uint8Array>, nonce: undefined, formState: null) => ReadableStream<Uint8Array>;
    const pieces = ['1:"</script><!--\u2028&\\"\n', "2:T1,é\n", Buffer.from([0xff, 0xfe])].map((piece) =>
      Buffer.from(piece),
    );
    const data = new ReadableStream<Uint8Array>({
      start(stream) {
        for (const piece of pieces) stream.enqueue(piece);
        stream.close();
      },
    });
    const html = await new Response(toScripts(data, undefined, null)).text();
    const scripts = html.match(/<script>/g) ?? [];
    expect(scripts.length, BROKEN).toBeGreaterThan(1);
    expect(hashInlineScripts(html, Buffer.concat(pieces)), BROKEN).toHaveLength(scripts.length);
  });

  it("name the files of the page", () => {
    const toScript = inside("server/get-page-files", "getTurbopackChunkGroupBootstrap", BROKEN) as (
      files: Record<string, object>,
      list: string,
      pages: string[],
    ) => string;
    const script = toScript(
      { "/page": { otherChunks: ["static/chunks/1.js"], runtimeModuleIds: [1] } },
      "TURBOPACK",
      ["/page"],
    );
    expect(hashInlineScripts(`<script id="_R_">${script}</script>`, undefined), BROKEN).toHaveLength(1);
  });
});

it("Next's cache on files can be added to", () => {
  const broken =
    "Next's cache of pages is another than before. Cached pages would be served without the policy of their inline scripts: " +
    "mend lib/http/page-cache.mjs.";
  const Cache = inside("server/lib/incremental-cache/file-system-cache", "default", broken) as typeof Object;
  expect(Object.getOwnPropertyNames(Cache.prototype), broken).toEqual(expect.arrayContaining(["get", "set"]));
});
