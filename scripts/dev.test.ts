import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runScript } from "@/test/support/command";
import { freePort } from "./stack/ports";

/** `npm run dev` refuses to begin; the journeys in the browser show that it works. */

const NOTHING_SET = Object.fromEntries(
  ["DATABASE_URL", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_URL", "AUTH_SECRET", "APP_URL"].map(
    (name) => [name, undefined],
  ),
);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-dev-"));
});
afterEach(() => rm(folder, { recursive: true }));

const dev = (env: Record<string, string | undefined>) =>
  runScript("scripts/dev.ts", [], { cwd: folder, env: { ...NOTHING_SET, ...env } });

it("names a port that is taken, and how to choose another", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await dev({ PORT: String(port) })).toEqual({
    code: 1,
    stdout: "",
    stderr: `Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 1} npm run dev\n`,
  });
  server.close();
});

it("names the half of a Stripe account that is missing, without a stack of calls", async () => {
  const { code, stdout, stderr } = await dev({
    PORT: String(await freePort()),
    STRIPE_API_KEY: "sk_test_alone",
  });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(
    "STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET belong together: set both to use your Stripe account, or neither to use the local Stripe.\n",
  );
  await expect(readFile(join(folder, ".data/running.json"))).rejects.toThrow("ENOENT");
});
