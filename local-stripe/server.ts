import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { localStripe } from "./app";
import { HELP, withArguments } from "./command-line";
import { type Environment, readEnvironment } from "./environment";
import { account } from "./kit/account";
import { startWallClock } from "./kit/due";
import { persistIn } from "./kit/persistence";
import { isEmpty, type Progress, play } from "./scenarios/player";
import type { Scenario } from "./scenarios/scenario";
import { scenarioFrom } from "./scenarios/shipped";
import { ensureDefaultEndpoint } from "./webhooks/default-endpoint";
import { deliverySettings } from "./webhooks/delivery";

// Nobody but this machine is to reach a Stripe that believes every key.
const HOST = "127.0.0.1";

function refuse(reason: string): never {
  console.error(`Local Stripe cannot start: ${reason}`);
  process.exit(1);
}

function run(environment: Environment): void {
  const { port, dataFile, webhookUrl, webhookSecret, retryScale, exitWithParent } = environment;
  account.name = environment.accountName ?? account.name;
  account.origin = `http://${HOST}:${port}`;
  deliverySettings.retryScale = retryScale;
  const scenario = environment.scenario === undefined ? undefined : scenarioFrom(environment.scenario);
  const flush = dataFile ? persistIn(dataFile) : () => {};
  const secret = ensureDefaultEndpoint(webhookUrl, webhookSecret);
  // An application that was told the secret need not be told again after a reset.
  const restart = () => void ensureDefaultEndpoint(webhookUrl, secret);

  const options = { fetch: localStripe(restart).fetch, hostname: HOST, port };
  const server = serve(options, ({ port: found }: AddressInfo) => {
    account.origin = `http://${HOST}:${found}`;
    startWallClock();
    console.log(`Local Stripe ${account.origin}  webhook secret ${secret}`);
    if (scenario) void playFirst(scenario);
  });
  server.on("error", (error: NodeJS.ErrnoException) => {
    const taken = error.code === "EADDRINUSE";
    refuse(taken ? `port ${port} is taken. Set PORT to another one.` : error.message);
  });

  const stop = () => {
    flush();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // A parent that was killed cannot say goodbye; an orphan then belongs to another process.
  const parent = process.ppid;
  if (exitWithParent) setInterval(() => process.ppid !== parent && stop(), 500).unref();
}

async function playFirst(scenario: Scenario): Promise<void> {
  if (!isEmpty()) {
    console.log(`“${scenario.name}” is not played: this state has a history already.`);
    return;
  }
  const began = performance.now();
  try {
    const { customers, events } = await play(scenario, showProgress);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`Played “${scenario.name}” in ${seconds} s: ${customers} customers, ${events} events.`);
  } catch (error) {
    console.error(`“${scenario.name}” was not played to its end: ${(error as Error).message}`);
  }
}

/** One line that changes in a terminal, and one for each month in a file. */
function showProgress({ state, month, months, customers, events }: Progress): void {
  const line = `Month ${month} of ${months}: ${customers} customers, ${events} events`;
  if (process.stdout.isTTY) process.stdout.write(state === "playing" ? `\r${line}` : "\r\u001b[K");
  else if (state === "playing") console.log(line);
}

try {
  const env = withArguments(process.argv.slice(2), process.env);
  if (env) run(readEnvironment(env));
  else console.log(HELP);
} catch (error) {
  refuse(error instanceof Error ? error.message : String(error));
}
