import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateDatabase } from "../../db/migrate";
import { Children } from "../../scripts/stack/children";
import { startStack } from "../../scripts/stack/environment";
import { freePort } from "../../scripts/stack/ports";
import { pushCatalog } from "../../scripts/stack/push-catalog";

/**
 * Vitest's global set-up: a real Postgres and a local Stripe of the tests' own, thrown away afterwards. Nothing
 * of the developer's environment or data is touched. The app is not started: tests call its routes themselves.
 */
export async function setup() {
  const children = new Children();
  const folder = await mkdtemp(join(tmpdir(), "titanforge-test-"));
  // Its data is in this folder, and is thrown away with it, where the user that Postgres runs as can get there.
  await chmod(folder, 0o711);
  const { variables } = await startStack(children, {
    given: {} as NodeJS.ProcessEnv,
    port: await freePort(),
    folder,
    durable: false,
  });
  Object.assign(process.env, variables);
  await migrateDatabase(variables.DATABASE_URL ?? "");
  await pushCatalog();
  return async () => {
    await children.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
