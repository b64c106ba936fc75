import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { db } from "@/db";
import { users } from "@/db/schema";

/** Next prints what a page throws to the console; from there it has to reach the log, and no more of it than may. */

const printed = { error: console.error, warn: console.warn };
let lines: unknown[][];

async function load(mode: string) {
  vi.resetModules();
  vi.stubEnv("NODE_ENV", mode);
  const { log } = await import("@/lib/log");
  vi.spyOn(log, "error").mockImplementation((...line) => void lines.push(["error", ...line]));
  vi.spyOn(log, "warn").mockImplementation((...line) => void lines.push(["warn", ...line]));
  const { logWhatNextPrints } = await import("@/instrumentation-node");
  await logWhatNextPrints();
}
beforeEach(() => {
  lines = [];
});
afterEach(() => {
  Object.assign(console, printed);
  vi.unstubAllEnvs();
});

it("an error is logged with the sentence that Next has for it, without its colours", async () => {
  await load("production");
  const error = new TypeError("x is undefined");
  console.error("\u001b[31m⨯\u001b[39m", "unhandledRejection:", error);
  console.error(error);
  console.error("Failed to load.", { digest: "1" });
  expect(lines).toEqual([
    ["error", "unhandledRejection:", error],
    ["error", "A request failed.", error],
    ["error", "Failed to load.", undefined],
  ]);
});

it("a warning is a line of the log, too, and holds no parameter of a query", async () => {
  await load("production");
  const email = "canary@example.com";
  const failed = await db
    .update(users)
    .set({ id: email })
    .where(eq(users.email, email))
    .then(
      () => expect.unreachable(),
      (error: Error) => error,
    );
  expect(String(failed)).toContain(email);
  console.warn(failed);
  console.warn(new Error('The Server Reference ID did not match. Received "\n1f".'));
  console.warn("\u001b[33m⚠\u001b[39m Request body exceeded 1 MB");
  console.warn({});
  expect(lines).toEqual([
    ["warn", 'FailedQuery: invalid input syntax for type uuid: "…"'],
    ["warn", 'Error: The Server Reference ID did not match. Received "\n1f".'],
    ["warn", "Request body exceeded 1 MB"],
    ["warn", "Next warned of something."],
  ]);
});

it("in development all of it stays on the terminal", async () => {
  await load("development");
  expect([console.error, console.warn]).toEqual([printed.error, printed.warn]);
});
