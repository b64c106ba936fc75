import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A webhook as Stripe sent it. */
export interface Delivery {
  event: { id: string; type: string; data: { object: { id?: string; [key: string]: unknown } } };
  body: Buffer;
  signature: string;
}

/**
 * Receives Stripe's webhooks: it passes each to the instances in turn and answers what they answer, so that
 * Stripe comes again after a refusal. Counts the answers, and may do otherwise with `take`.
 */
export class Front {
  /** Origins of the instances that take part. */
  targets: string[] = [];
  /** How often the shop said 2xx to an event. */
  readonly acknowledged = new Map<string, number>();
  /** By status; 0 stands for no answer at all. */
  readonly statuses = new Map<number, number>();
  /** @returns what Stripe is answered */
  take: (delivery: Delivery) => Promise<number> = (delivery) => this.pass(delivery);
  #turn = 0;
  #underWay = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async listen(): Promise<number> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Deliveries that have not been answered yet. */
  get underWay() {
    return this.#underWay;
  }

  /** Forgets what was counted. */
  rest() {
    this.acknowledged.clear();
    this.statuses.clear();
  }

  /** To the next instance. */
  async pass({ event, body, signature }: Delivery): Promise<number> {
    const target = this.targets[this.#turn++ % this.targets.length];
    const status = await postWebhook(target ?? "", body, signature);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (isTaken(status)) this.acknowledged.set(event.id, (this.acknowledged.get(event.id) ?? 0) + 1);
    return status;
  }

  async #serve(request: IncomingMessage, response: ServerResponse) {
    this.#underWay++;
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const signature = String(request.headers["stripe-signature"]);
      const status = await this.take({ event: JSON.parse(body.toString()), body, signature });
      response.writeHead(status || 502).end();
    } catch {
      response.destroy();
    } finally {
      this.#underWay--;
    }
  }
}

export const isTaken = (status: number) => status >= 200 && status < 300;

/** @returns the status; 0 when there was no answer */
export async function postWebhook(origin: string, body: Buffer | string, signature: string): Promise<number> {
  try {
    const response = await fetch(`${origin}/api/v1/stripe-webhook`, {
      method: "POST",
      body: typeof body === "string" ? body : new Uint8Array(body),
      headers: { "Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature },
      signal: AbortSignal.timeout(15_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
