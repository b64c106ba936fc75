import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import Stripe from "stripe";
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
  close(): void;
}

/** A Local Stripe in this process, with one webhook receiver. There can be only one: its state is the process's. */
export async function start(): Promise<Local> {
  const receiver = new Receiver();
  await receiver.listen();
  const secret = ensureDefaultEndpoint(receiver.url, "whsec_test");
  const restart = () => void ensureDefaultEndpoint(receiver.url, secret);
  const options = { fetch: localStripe(restart).fetch, hostname: "127.0.0.1", port: 0 };
  let close = () => {};
  const port = await new Promise<number>((resolve) => {
    const server = serve(options, (info: AddressInfo) => resolve(info.port));
    close = () => {
      server.close();
      receiver.close();
    };
  });
  startWallClock();
  deliverySettings.retryScale = 0.001;
  const origin = `http://127.0.0.1:${port}`;
  account.origin = origin;
  const stripe = new Stripe("sk_test_local", {
    host: "127.0.0.1",
    port,
    protocol: "http",
    maxNetworkRetries: 0,
  });
  const control = async (action: string) => {
    const answer = await fetch(`${origin}/__local/${action}`, { method: "POST" });
    if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  // Some events follow an action by seconds; moving the clock brings them about at once.
  const happened = async () => {
    await control("clock/advance?seconds=30");
    const events = await stripe.events.list({ limit: 100 });
    return events.data.reverse();
  };
  return { origin, stripe, receiver, control, happened, close };
}
