import { Children, untilOutput } from "./stack/children";
import { readCommandLine } from "./stack/command-line";
import { startStack } from "./stack/environment";
import { announceRunning, loadEnvFiles, withdrawRunning } from "./stack/load-environment";
import { isFree } from "./stack/ports";
import { pushCatalog } from "./stack/push-catalog";

/** `npm run dev`: the whole shop on a bare machine. Whatever .env names is used instead of the embedded part. */

const { hostname } = readCommandLine(
  `Usage: npm run dev
  PORT=3100 npm run dev                 on another port than 3000
  npm run dev -- --hostname 0.0.0.0     for other machines, too, as out of a container`,
  // Next's development server tells whoever reaches it how the shop is made, and test cards pay there.
  { options: { hostname: { type: "string", short: "H", default: "127.0.0.1" } } },
).values;
loadEnvFiles({ isDevelopment: true });
const port = Number(process.env.PORT || 3000);
if (!(await isFree(port))) {
  console.error(`Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 1} npm run dev`);
  process.exit(1);
}
if (!(await isFree(port, hostname))) {
  console.error(
    `Port ${port} is taken at ${hostname}, or that is no address of this machine. Choose another one.`,
  );
  process.exit(1);
}

const children = new Children();
let stopping = false;
let isAnnounced = false;
async function stop(code: number) {
  if (stopping) return;
  stopping = true;
  // Another runner's announcement is not ours to take away.
  if (isAnnounced) withdrawRunning();
  await children.stop();
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(0));
// npm does not pass every signal on; when it goes, so do we.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && stop(0), 300).unref();

try {
  const stack = await startStack(children, { given: process.env, port, folder: ".data", durable: true });
  Object.assign(process.env, stack.variables);
  announceRunning(stack.variables);
  isAnnounced = true;

  // Imported only now, because env.ts checks the environment that was completed above.
  await import("../env");
  const { migrateDatabase } = await import("../db/migrate");
  await migrateDatabase(stack.variables.DATABASE_URL ?? "");

  const next = children.spawn(
    "node_modules/.bin/next",
    ["dev", "--port", String(port), "--hostname", hostname],
    {
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
    },
  );
  // An account of one's own is changed only when asked to: npm run catalog apply.
  const push = stack.localStripeUrl ? pushCatalog() : null;
  const [changes] = await Promise.all([push, untilOutput(next, /Ready in/)]);
  next.stdout?.pipe(process.stdout);
  next.stderr?.pipe(process.stderr);
  next.once("exit", (code) => stop(code ?? 1));
  printCard(stack, changes);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}

function printCard(stack: Awaited<ReturnType<typeof startStack>>, changes: string[] | null) {
  const lines = [
    ["Shop", stack.variables.APP_URL],
    [
      "Stripe",
      stack.localStripeUrl
        ? `${stack.localStripeUrl}  (local; open it for events, time and failing cards)`
        : "your account",
    ],
    ["Cards", "4242 4242 4242 4242 pays · 4000 0000 0000 0002 is declined · 4000 0025 0000 3155 asks first"],
    ["Database", stack.variables.DATABASE_URL],
    ...(stack.dataDir ? [["Data", stack.dataDir]] : []),
    ["Catalog", describe(changes)],
  ];
  console.log(
    `\n${lines.map(([name, value]) => `  ${name?.padEnd(10)}${value}`).join("\n")}\n\n  Ctrl-C stops everything.\n`,
  );
}

function describe(changes: string[] | null) {
  if (!changes) return "npm run catalog apply makes your account sell what catalog.json says";
  return changes.length ? `${changes.length} changes applied` : "up to date";
}
