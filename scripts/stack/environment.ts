import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Children, untilOutput } from "./children";
import { freePort } from "./ports";
import { isReachable, startPostgres } from "./postgres";

const run = promisify(execFile);

export interface Stack {
  /** Everything the app needs, on top of what was set already. */
  variables: Record<string, string>;
  /** The folder of embedded Postgres' data; null when DATABASE_URL leads elsewhere. */
  dataDir: string | null;
  /** Null when STRIPE_API_KEY leads to Stripe itself. */
  localStripeUrl: string | null;
}

interface Options {
  /** The person's own variables; one that is set swaps the embedded part for the real one. */
  given: NodeJS.ProcessEnv;
  port: number;
  /** Files kept between runs. */
  folder: string;
  durable: boolean;
}

/** Starts what the environment does not name: Postgres, the local Stripe, a secret for the cookies. */
export async function startStack(
  children: Children,
  { given, port, folder, durable }: Options,
): Promise<Stack> {
  if (Boolean(given.STRIPE_API_KEY) !== Boolean(given.STRIPE_WEBHOOK_SECRET)) {
    throw new Error(
      "STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET belong together: set both to use your Stripe account, or neither to use the local Stripe.",
    );
  }
  await mkdir(folder, { recursive: true });
  // Secrets and people's data. A folder of a test may have to let the user through that Postgres runs as.
  if (durable) await chmod(folder, 0o700);
  // Several that are thrown away may start at the same moment; the known port is for what is kept.
  const options = durable ? { durable } : { durable, preferredPort: 0 };
  const dataDir = given.DATABASE_URL ? null : await postgresFolder(folder);
  const [databaseUrl, localStripe] = await Promise.all([
    dataDir ? startPostgres(children, dataDir, options) : given.DATABASE_URL,
    given.STRIPE_API_KEY ? null : startLocalStripe(children, folder, port, durable),
  ]);
  return {
    dataDir,
    localStripeUrl: localStripe?.STRIPE_API_URL ?? null,
    variables: {
      DATABASE_URL: databaseUrl ?? "",
      AUTH_SECRET: given.AUTH_SECRET ?? (await keptSecret(join(folder, "auth-secret"))),
      APP_URL: given.APP_URL ?? `http://localhost:${port}`,
      ...localStripe,
    },
  };
}

/** In the checkout if the user that Postgres runs as can get there, else in a folder whose name the checkout keeps. */
async function postgresFolder(folder: string) {
  const inside = resolve(folder, "postgres");
  if (await isReachable(resolve(folder))) return inside;
  const elsewhere = `/var/tmp/titanforge-${await nameElsewhere(folder)}`;
  await mkdir(elsewhere, { recursive: true, mode: 0o711 });
  // Anybody may make a folder there, and what is in it would be run.
  const { uid, mode } = await lstat(elsewhere);
  if (uid !== process.getuid?.() || mode & 0o022)
    throw new Error(
      `${elsewhere} belongs to somebody else, or others may write to it; remove it and start again.`,
    );
  const outside = join(elsewhere, "postgres");
  // From a time when the checkout let others through. By a program, because it may be another disk.
  if (existsSync(inside) && !existsSync(outside)) await run("mv", [inside, outside]);
  return outside;
}

/**
 * Made up and kept with the rest, so that a checkout that is made where another one was begins without that one's data.
 * Names used to be told from the path; whoever has such data, and the secret that goes with it, keeps it.
 */
async function nameElsewhere(folder: string): Promise<string> {
  const path = join(folder, "postgres-name");
  const kept = await readFile(path, "utf8").catch(() => null);
  if (kept) return kept;
  const byPath = createHash("sha256").update(resolve(folder)).digest("hex").slice(0, 12);
  const isOlder = existsSync(join(folder, "auth-secret")) && existsSync(`/var/tmp/titanforge-${byPath}`);
  const name = isOlder ? byPath : randomBytes(6).toString("hex");
  await writeFile(path, name, { mode: 0o600 });
  return name;
}

const PREFERRED_STRIPE_PORT = 12_111;

async function startLocalStripe(children: Children, folder: string, appPort: number, isKnown: boolean) {
  // Several that are thrown away may start at the same moment, and would all find the one port free.
  const port = await freePort(isKnown ? PREFERRED_STRIPE_PORT : 0);
  const secret = await keptSecret(join(folder, "webhook-secret"));
  const server = children.spawn(process.execPath, ["local-stripe/start.mjs"], {
    env: {
      ...process.env,
      ACCOUNT_NAME: "TitanForge",
      PORT: String(port),
      DATA_FILE: join(folder, "local-stripe.json"),
      WEBHOOK_URL: `http://127.0.0.1:${appPort}/api/v1/stripe-webhook`,
      WEBHOOK_SECRET: `whsec_${secret}`,
    },
  });
  await untilOutput(server, /http:\/\/127\.0\.0\.1:\d+/);
  return {
    STRIPE_API_KEY: "sk_test_local",
    STRIPE_WEBHOOK_SECRET: `whsec_${secret}`,
    STRIPE_API_URL: `http://127.0.0.1:${port}`,
  };
}

/** Made once; kept so that cookies and undelivered webhooks survive a restart. */
async function keptSecret(path: string): Promise<string> {
  const kept = await readFile(path, "utf8").catch(() => null);
  if (kept) return kept;
  const secret = randomBytes(32).toString("hex");
  await writeFile(path, secret, { mode: 0o600 });
  return secret;
}
