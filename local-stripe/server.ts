import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { localStripe } from "./app";
import { HELP, withArguments } from "./command-line";
import { type Environment, readEnvironment } from "./environment";
import { account } from "./kit/account";
import { startWallClock } from "./kit/due";
import { persistIn } from "./kit/persistence";
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
  const flush = dataFile ? persistIn(dataFile) : () => {};
  const secret = ensureDefaultEndpoint(webhookUrl, webhookSecret);
  // An application that was told the secret need not be told again after a reset.
  const restart = () => void ensureDefaultEndpoint(webhookUrl, secret);

  const options = { fetch: localStripe(restart).fetch, hostname: HOST, port };
  const server = serve(options, ({ port: found }: AddressInfo) => {
    account.origin = `http://${HOST}:${found}`;
    startWallClock();
    console.log(`Local Stripe ${account.origin}  webhook secret ${secret}`);
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

try {
  const env = withArguments(process.argv.slice(2), process.env);
  if (env) run(readEnvironment(env));
  else console.log(HELP);
} catch (error) {
  refuse(error instanceof Error ? error.message : String(error));
}
