import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { db } from "@/db";
import { ApiError, tooManyRequests, unauthorized } from "@/lib/api/errors";
import { apiRoute } from "@/lib/api/route";
import { createAccessToken } from "@/lib/auth/tokens";
import { log as ourLog } from "@/lib/log";
import { BusyError } from "@/lib/transient";
import { someUser } from "../support/rows";

/** The wrapper that every route of the API is made with, around handlers of the test's own. */

const URL_OF_API = "http://shop.test/api/v1/anything";
const KB = 1024;

interface Sent {
  body?: BodyInit | null;
  headers?: Record<string, string>;
}
const request = ({ body = "{}", headers = {} }: Sent = {}) =>
  new Request(URL_OF_API, { method: "POST", body, headers, duplex: "half" } as RequestInit);
const read = async (response: Response) => ({
  status: response.status,
  body: await response.json(),
  headers: response.headers,
});

const response = z.record(z.string(), z.unknown());
const anything = apiRoute({ auth: "none", body: z.unknown(), response }, async ({ body }) => ({ got: body }));
const take = async (sent: Sent) => read(await anything(request(sent)));

const log = () => vi.spyOn(ourLog, "error");
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a body", () => {
  it.each([
    undefined,
    "application/json",
    "application/json; charset=utf-8",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
  ])("is JSON, whatever its type says: %s", async (type) => {
    const bytes = new TextEncoder().encode('{"a":1}');
    const headers: Record<string, string> = type ? { "Content-Type": type } : {};
    expect(await take({ body: bytes, headers })).toMatchObject({ status: 200, body: { got: { a: 1 } } });
    const form = await take({ body: "a=1", headers });
    expect(form).toMatchObject({ status: 400, body: { error: { code: "invalid_json" } } });
  });

  it("may be in any script, and begin with a byte order mark", async () => {
    expect((await take({ body: '{"a":"žluťoučký 鎚 🔨"}' })).body).toEqual({ got: { a: "žluťoučký 鎚 🔨" } });
    expect((await take({ body: "\ufeff[1]" })).body).toEqual({ got: [1] });
  });

  it.each([
    ["nothing", null],
    ["an empty text", ""],
    ["a half", '{"a":'],
    ["two values", "{}{}"],
    ["a comment", "{/* */}"],
    ["a lone byte of two", new Uint8Array([0x22, 0xc3, 0x22])],
    ["a byte that UTF-8 has not", new Uint8Array([0x22, 0xff, 0x22])],
    ["Latin-1", new Uint8Array([0x22, 0xe9, 0x22])],
    ["half of a surrogate pair", new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ["a NUL as it is", '"\0"'],
    ["an escaped NUL", '"a\\u0000b"'],
    ["a NUL deep inside", '{"a":[{"b":"\\u0000"}]}'],
  ])("that is %s is no valid JSON", async (_, body) => {
    const { status, body: answer } = await take({ body });
    expect(status).toBe(400);
    expect(answer).toEqual({
      error: { code: "invalid_json", message: "The body is not valid JSON.", param: null },
    });
  });
});

describe("the size of a body", () => {
  /** JSON of exactly so many bytes. */
  const sized = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
  const inPieces = (text: string, size: number) => {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        if (sent >= text.length) return controller.close();
        controller.enqueue(new TextEncoder().encode(text.slice(sent, sent + size)));
        sent += size;
      },
    });
  };
  const tooLarge = {
    status: 413,
    body: { error: { code: "body_too_large", message: "The body is larger than 64 KB.", param: null } },
  };

  it.each<[string, (text: string) => Sent]>([
    ["announced", (body) => ({ body, headers: { "Content-Length": String(body.length) } })],
    ["not announced", (body) => ({ body })],
    ["in pieces", (body) => ({ body: inPieces(body, 1000) })],
    ["in one piece", (body) => ({ body: inPieces(body, 1_000_000) })],
    ["announced as less", (body) => ({ body: inPieces(body, 999), headers: { "Content-Length": "2" } })],
    ["announced as nothing", (body) => ({ body: inPieces(body, 999), headers: { "Content-Length": "" } })],
    ["announced as nonsense", (body) => ({ body: inPieces(body, 999), headers: { "Content-Length": "x" } })],
    ["announced as negative", (body) => ({ body: inPieces(body, 999), headers: { "Content-Length": "-1" } })],
  ])("may be 64 KB and not a byte more: %s", async (_, toSent) => {
    expect((await take(toSent(sized(64 * KB)))).status).toBe(200);
    expect(await take(toSent(sized(64 * KB + 1)))).toMatchObject(tooLarge);
  });

  it("counts bytes, not characters", async () => {
    const text = JSON.stringify("é".repeat(32 * KB));
    expect(text.length).toBeLessThan(64 * KB);
    expect((await take({ body: text })).status).toBe(413);
  });

  it("is believed when it is announced as too much, before anything is read", async () => {
    const body = new ReadableStream(
      { pull: (controller) => controller.error(new Error("It was read.")) },
      {
        highWaterMark: 0,
      },
    );
    expect((await take({ body, headers: { "Content-Length": String(64 * KB + 1) } })).status).toBe(413);
    const allowed = new ReadableStream({ pull: (controller) => controller.error(new Error("It was read.")) });
    const { status, body: answer } = await take({
      body: allowed,
      headers: { "Content-Length": String(64 * KB) },
    });
    expect([status, answer.error.code]).toEqual([400, "invalid_json"]);
  });

  it("ends the reading of a body that never ends", async () => {
    let pulls = 0;
    const endless = new ReadableStream(
      {
        pull(controller) {
          pulls++;
          controller.enqueue(new Uint8Array(16 * KB));
        },
      },
      { highWaterMark: 0 },
    );
    expect(await take({ body: endless })).toMatchObject(tooLarge);
    expect(pulls).toBe(5);
  });
});

describe("a schema", () => {
  const schema = z.strictObject({
    name: z.string().max(5, "is too long"),
    deep: z.object({ list: z.array(z.object({ n: z.int("is no whole number") })) }).optional(),
    inner: z.strictObject({ a: z.string() }).optional(),
  });
  const route = apiRoute({ auth: "none", body: schema, response }, async ({ body }) => body);
  const error = async (body: unknown) => {
    const answer = await read(await route(request({ body: JSON.stringify(body) })));
    expect(answer.status).toBe(400);
    return answer.body.error;
  };

  it.each([
    ["null", null],
    ["a list", []],
    ["a number", 1],
    ["a text", "x"],
    ["true", true],
  ])("refuses %s as a whole", async (_, body) => {
    expect(await error(body)).toEqual({
      code: "invalid_parameter",
      message: expect.stringMatching(/^The body: \w/),
      param: null,
    });
  });

  it("names the first parameter that it does not know", async () => {
    expect(await error({ name: "x", nmae: "y", other: 1 })).toEqual({
      code: "unknown_parameter",
      message: "Unknown parameter: nmae.",
      param: "nmae",
    });
  });

  it("names a parameter by the way to it", async () => {
    expect(await error({ name: "Edmund" })).toEqual({
      code: "invalid_parameter",
      message: "name: is too long",
      param: "name",
    });
    expect(await error({ name: "Ada", deep: { list: [{ n: 1 }, { n: 1.5 }] } })).toEqual({
      code: "invalid_parameter",
      message: "deep.list.1.n: is no whole number",
      param: "deep.list.1.n",
    });
  });

  it("names the first of several", async () => {
    expect(await error({ name: "Edmund", deep: 1 })).toMatchObject({ param: "name" });
    expect(await error({ name: "Edmund", more: 1 })).toMatchObject({
      code: "invalid_parameter",
      param: "name",
    });
  });

  it("gives the handler what it made of the body, and the request beside it", async () => {
    const trimming = { auth: "none" as const, body: z.object({ name: z.string().trim() }), response };
    const trimmed = apiRoute(trimming, async ({ body, request }) => ({
      body,
      from: request.headers.get("x-from"),
    }));
    const answer = await trimmed(
      request({ body: '{"name":" Ada ","more":1}', headers: { "X-From": "here" } }),
    );
    expect(await answer.json()).toEqual({ body: { name: "Ada" }, from: "here" });
  });
});

describe("an access token", () => {
  const route = apiRoute(
    { auth: "token", scope: "checkout", body: z.strictObject({}), response },
    async ({ user }) => ({
      id: user.id,
      name: user.name,
    }),
  );
  const MISSING = "Send an access token: Authorization: Bearer tf_….";
  const UNKNOWN = "This access token is unknown, expired or revoked.";

  it.each(["Bearer ", "bearer ", "BEARER ", "bEaReR   ", "  Bearer "])("follows %j", async (scheme) => {
    const [ada, bob] = [await someUser({ name: "Ada" }), await someUser({ name: "Bob" })];
    await createAccessToken(bob.id, "another's");
    const authorization = `${scheme}${await createAccessToken(ada.id, "test")} `;
    const answer = await read(await route(request({ headers: { authorization } })));
    expect(answer).toMatchObject({ status: 200, body: { id: ada.id, name: "Ada" } });
  });

  it.each([
    ["nothing", () => undefined, MISSING],
    ["an empty header", () => "", MISSING],
    ["the scheme alone", () => "Bearer", MISSING],
    ["another scheme", (token: string) => `Basic ${token}`, MISSING],
    ["no scheme", (token: string) => token, MISSING],
    ["nothing between", (token: string) => `Bearer${token}`, MISSING],
    ["a tab between", (token: string) => `Bearer\t${token}`, MISSING],
    ["a comma and another", (token: string) => `Bearer ${token}, Bearer ${token}`, MISSING],
    ["two tokens", (token: string) => `Bearer ${token} ${token}`, MISSING],
    ["a scheme before it", (token: string) => `Not Bearer ${token}`, MISSING],
    ["a token cut short", (token: string) => `Bearer ${token.slice(0, -1)}`, UNKNOWN],
    ["nobody's token", () => `Bearer tf_${"b".repeat(43)}`, UNKNOWN],
  ])("is not %s", async (_, toHeader, message) => {
    const header = toHeader(await createAccessToken((await someUser()).id, "test"));
    const { status, body, headers } = await read(
      await route(request({ headers: header === undefined ? {} : { authorization: header } })),
    );
    expect(status).toBe(401);
    expect(body).toEqual({ error: { code: "unauthorized", message, param: null } });
    expect(headers.get("www-authenticate")).toBe("Bearer");
  });

  it("is asked for before the body is looked at", async () => {
    expect((await route(request({ body: "{" }))).status).toBe(401);
    const authorization = `Bearer ${await createAccessToken((await someUser()).id, "test")}`;
    expect((await route(request({ body: "{", headers: { authorization } }))).status).toBe(400);
  });

  it("is not a cookie", async () => {
    const token = await createAccessToken((await someUser()).id, "test");
    const headers = { cookie: `session=${token}; access_token=${token}; authorization=Bearer ${token}` };
    expect((await route(request({ headers }))).status).toBe(401);
  });
});

describe("an answer", () => {
  it("is kept by no cache when it is a success", async () => {
    const user = await someUser();
    const headers = { authorization: `Bearer ${await createAccessToken(user.id, "test")}` };
    for (const given of [
      await apiRoute({ auth: "none", response }, async () => ({ a: 1 }))(new Request(URL_OF_API)),
      await apiRoute({ auth: "none", body: z.unknown(), response }, async () => ({ a: 1 }))(request()),
      await apiRoute({ auth: "token", scope: "checkout", body: z.unknown(), response }, async () => ({
        a: 1,
      }))(request({ headers })),
    ]) {
      expect(given.headers.get("cache-control")).toBe("no-store");
      expect(await read(given)).toMatchObject({ status: 200, body: { a: 1 } });
    }
  });

  const thrown = async (error: unknown) =>
    read(await apiRoute({ auth: "none", response }, () => Promise.reject(error))(request()));

  it("is what an ApiError says, and no line in the log", async () => {
    const said = log();
    const error = new ApiError(409, "already_there", "It is there.", "name", { "X-More": "1" });
    const { status, body, headers } = await thrown(error);
    expect([status, headers.get("x-more")]).toEqual([409, "1"]);
    expect(body).toEqual({ error: { code: "already_there", message: "It is there.", param: "name" } });
    expect((await thrown(new ApiError(404, "gone", "It is gone."))).body.error.param).toBeNull();
    expect(said).not.toHaveBeenCalled();
  });

  it("says who may not come in, and when one may come again", async () => {
    const refused = await thrown(unauthorized("Not you."));
    expect(refused).toMatchObject({
      status: 401,
      body: { error: { code: "unauthorized", message: "Not you." } },
    });
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
    const limited = await thrown(tooManyRequests(61));
    expect(limited).toMatchObject({
      status: 429,
      body: {
        error: { code: "rate_limited", message: "Too many attempts. Try again in 61 seconds.", param: null },
      },
    });
    expect(limited.headers.get("retry-after")).toBe("61");
  });

  it.each([
    ["the database that is away", Object.assign(new Error("secret detail"), { code: "ECONNREFUSED" })],
    ["a lock that was waited for too long", Object.assign(new Error("secret detail"), { code: "55P03" })],
    ["its cause", new Error("secret", { cause: Object.assign(new Error("detail"), { code: "57P01" }) })],
    ["what changes too fast", new BusyError("secret detail")],
  ])("is 503 for %s, says when to come again and not why, which the log does", async (_, error) => {
    const said = log();
    const { status, body, headers } = await thrown(error);
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
    expect(body).toEqual({
      error: {
        code: "unavailable",
        message: "Something that we need is away just now. Send the request again in a moment.",
        param: null,
      },
    });
    expect(said.mock.calls).toEqual([["The API could not answer.", error]]);
  });

  it.each([
    ["our own mistake", new TypeError("secret detail")],
    ["data that the database refuses", Object.assign(new Error("secret detail"), { code: "23505" })],
    ["what is no error at all", "secret detail"],
  ])("is 500 for %s, without a time and without the reason", async (_, error) => {
    const said = log();
    const { status, body, headers } = await thrown(error);
    expect([status, headers.get("retry-after")]).toEqual([500, null]);
    expect(body).toEqual({
      error: {
        code: "internal_error",
        message: "Something went wrong on our side. The request can be sent again.",
        param: null,
      },
    });
    expect(said.mock.calls).toEqual([["The API could not answer.", error]]);
  });

  it("is 500 when the database itself refuses a statement of ours", async () => {
    log();
    const statement = "insert into users (id) values (null)";
    const route = apiRoute({ auth: "none", response }, async () => ({ rows: await db.execute(statement) }));
    expect((await route(request())).status).toBe(500);
  });
});
