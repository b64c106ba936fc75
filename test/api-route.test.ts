import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { ApiError } from "@/lib/api/errors";
import { apiRoute } from "@/lib/api/route";
import { createAccessToken } from "@/lib/auth/tokens";
import { log } from "@/lib/log";
import { someUser } from "./support/rows";

/** The wrapper of every API route, with routes that do nothing else. */

const response = z.strictObject({ greeting: z.string() });
const body = z.strictObject({ name: z.string() });

const open = apiRoute({ auth: "none", response }, async ({ user, body }) => ({
  greeting: `${user} ${body}`,
}));
const greet = apiRoute({ auth: "token", scope: "checkout", body, response }, async ({ user, body }) => ({
  greeting: `${user.name} greets ${body.name}`,
}));
const failing = (error: unknown) => apiRoute({ auth: "none", response }, () => Promise.reject(error));

const get = (authorization?: string) =>
  new Request("http://shop.test/api/v1/greeting?secret=1", {
    headers: authorization ? { authorization } : {},
  });
const post = (sent: string, authorization: string) =>
  new Request("http://shop.test/api/v1/greeting", { method: "POST", body: sent, headers: { authorization } });

afterEach(() => vi.restoreAllMocks());

describe("an API route", () => {
  it("without authentication and body hands over neither, and is never kept", async () => {
    const answer = await open(get("Bearer tf_nobody"));
    expect([answer.status, await answer.json()]).toEqual([200, { greeting: "null undefined" }]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("hands over the token's user and the parsed body", async () => {
    const user = await someUser({ name: "Grace" });
    const authorization = `Bearer ${await createAccessToken(user.id, "test")}`;
    const answer = await greet(post('{"name":"Ada"}', authorization));
    expect([answer.status, await answer.json()]).toEqual([200, { greeting: "Grace greets Ada" }]);
  });

  it("asks who somebody is before it reads what they sent", async () => {
    expect((await greet(post("{", "Bearer tf_nobody"))).status).toBe(401);
  });

  it("answers an error of the API as that, a passing one with 503, any other with 500 and no word of it", async () => {
    const answers = await Promise.all(
      [
        new ApiError(409, "already_subscribed", "You have one."),
        Object.assign(new Error("canary"), { code: "ECONNREFUSED" }),
        new TypeError("canary"),
      ].map(async (error) => {
        const answer = await failing(error)(get());
        const { error: told } = await answer.json();
        expect(told.message).not.toContain("canary");
        return [answer.status, told.code, answer.headers.get("retry-after")];
      }),
    );
    expect(answers).toEqual([
      [409, "already_subscribed", null],
      [503, "unavailable", "5"],
      [500, "internal_error", null],
    ]);
  });

  it("is one line in the log a request, without its query, and another for what went wrong", async () => {
    const [said, complained] = [vi.spyOn(log, "info"), vi.spyOn(log, "error")];
    await open(get());
    const fields = { method: "GET", path: "/api/v1/greeting", ms: expect.any(Number) };
    expect(said.mock.calls).toEqual([["The API answered.", { ...fields, status: 200 }]]);
    expect(complained.mock.calls).toEqual([]);
    const error = new TypeError("x is undefined");
    await failing(error)(get());
    expect(said.mock.lastCall).toEqual(["The API answered.", { ...fields, status: 500 }]);
    expect(complained.mock.calls).toEqual([["The API could not answer.", error]]);
  });

  it("shows what it takes and gives", () => {
    expect(greet.definition).toEqual({ auth: "token", scope: "checkout", body, response });
  });
});
