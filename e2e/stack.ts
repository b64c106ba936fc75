import { createWriteStream, existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Children, untilOutput } from "../scripts/stack/children";
import { startStack } from "../scripts/stack/environment";
import { freePort } from "../scripts/stack/ports";
import { pushCatalog } from "../scripts/stack/push-catalog";

/**
 * Playwright's global set-up: the production build on a Postgres and a local Stripe of its own. The journeys
 * find it by BASE_URL, and the other two by the variables that the shop itself has.
 */
export default async function setup() {
  if (!existsSync(".next/BUILD_ID")) throw new Error("There is no production build yet. Run: npm run build");
  const children = new Children();
  const folder = await mkdtemp(join(tmpdir(), "titanforge-e2e-"));
  // Its data is in this folder, and is thrown away with it, where the user that Postgres runs as can get there.
  await chmod(folder, 0o711);
  const port = await freePort();
  const stack = await startStack(children, { given: {} as NodeJS.ProcessEnv, port, folder, durable: false });
  Object.assign(process.env, stack.variables, { BASE_URL: stack.variables.APP_URL });

  const { migrateDatabase } = await import("../db/migrate");
  await migrateDatabase(stack.variables.DATABASE_URL ?? "");

  const server = children.spawn(process.execPath, [resolve("dist/start.mjs")], {
    // A service is often started from another folder than the one that it is in.
    cwd: folder,
    // Each journey is a client of its own, as behind a proxy.
    env: { ...process.env, NODE_ENV: "production", PORT: String(port), TRUSTED_PROXY_HOPS: "1" },
  });
  await mkdir("test-results", { recursive: true });
  const log = createWriteStream("test-results/server.log");
  server.stdout?.pipe(log);
  server.stderr?.pipe(log);
  await untilOutput(server, /Ready in/);

  await pushCatalog();

  return async () => {
    await children.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
