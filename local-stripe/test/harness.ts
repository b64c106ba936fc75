import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import Stripe from "stripe";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { localStripe } from "../app";
import { account } from "../kit/account";
import { startWallClock } from "../kit/due";
import { ensureDefaultEndpoint } from "../webhooks/default-endpoint";
import { deliverySettings } from "../webhooks/delivery";
import { Receiver } from "./receiver";

export interface Local {
  origin: string;
  /** The official SDK, pointed here as the shop points it. */
  stripe: Stripe;
  receiver: Receiver;
  /** A POST to `/__local/…`. */
  control(action: string): Promise<Record<string, unknown>>;
  /** Types of all events so far, in the order in which they happened. */
  happened(): Promise<Stripe.Event[]>;
}

/** One Local Stripe with one webhook receiver for a test file; each test begins with an empty state. */
export function startLocalStripe(): Local {
  const local = {} as Local;
  const servers: { close(): void }[] = [];

  beforeAll(async () => {
    const receiver = new Receiver();
    await receiver.listen();
    const secret = ensureDefaultEndpoint(receiver.url, "whsec_test");
    const restart = () => void ensureDefaultEndpoint(receiver.url, secret);
    const port = await new Promise<number>((resolve) => {
      const options = { fetch: localStripe(restart).fetch, hostname: "127.0.0.1", port: 0 };
      const server = serve(options, (info: AddressInfo) => resolve(info.port));
      servers.push(server, receiver);
    });
    startWallClock();
    deliverySettings.retryScale = 0.001;
    local.origin = account.origin = `http://127.0.0.1:${port}`;
    local.receiver = receiver;
    local.stripe = new Stripe("sk_test_local", {
      host: "127.0.0.1",
      port,
      protocol: "http",
      maxNetworkRetries: 0,
    });
    local.control = async (action) => {
      const answer = await fetch(`${local.origin}/__local/${action}`, { method: "POST" });
      if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    };
    // Some events follow an action by seconds; moving the clock brings them about at once.
    local.happened = async () => {
      await local.control("clock/advance?seconds=30");
      const events = await local.stripe.events.list({ limit: 100 });
      return events.data.reverse();
    };
  });

  beforeEach(async () => {
    await local.control("reset");
    local.receiver.forget();
  });

  afterAll(() => {
    for (const server of servers) server.close();
  });

  return local;
}
