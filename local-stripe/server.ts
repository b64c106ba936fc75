import { serve } from "@hono/node-server";
import { localStripe } from "./app";
import { account } from "./kit/account";
import { startWallClock } from "./kit/due";
import { persistIn } from "./kit/persistence";
import { ensureDefaultEndpoint } from "./webhooks/default-endpoint";
import { deliverySettings } from "./webhooks/delivery";

const { PORT, DATA_FILE, WEBHOOK_URL, WEBHOOK_SECRET, RETRY_SCALE, EXIT_WITH_PARENT } = process.env;

const HOST = "127.0.0.1";
const port = Number(PORT ?? 12111);
account.origin = `http://${HOST}:${port}`;
if (RETRY_SCALE) deliverySettings.retryScale = Number(RETRY_SCALE);

const flush = DATA_FILE ? persistIn(DATA_FILE) : () => {};
const setUp = () => ensureDefaultEndpoint(WEBHOOK_URL, WEBHOOK_SECRET);
const secret = setUp();

const server = serve({ fetch: localStripe(setUp).fetch, hostname: HOST, port }, () => {
  startWallClock();
  console.log(`Local Stripe ${account.origin}  webhook secret ${secret}`);
});

server.on("error", (error: NodeJS.ErrnoException) => {
  const taken = error.code === "EADDRINUSE";
  console.error(
    taken
      ? `Local Stripe cannot start: port ${port} is taken. Set PORT to another one.`
      : `Local Stripe cannot start: ${error.message}`,
  );
  process.exit(1);
});

function stop(): void {
  flush();
  process.exit(0);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);

if (EXIT_WITH_PARENT === "1") {
  // A parent that was killed cannot say goodbye; an orphan then belongs to another process.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 500).unref();
}
