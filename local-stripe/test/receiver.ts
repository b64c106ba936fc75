import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import Stripe from "stripe";

export interface Received {
  readonly event: Stripe.Event;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** A webhook endpoint that verifies with the SDK, as a shop does, and lets a test wait for what it wants. */
export class Receiver {
  readonly secrets = ["whsec_test"];
  received: Received[] = [];
  rejected: string[] = [];
  answers: number[] = [];
  #waiting: (() => void)[] = [];

  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const status = this.answers.shift() ?? this.#accept(body, request.headers);
    response.writeHead(status).end("ok");
    for (const wake of this.#waiting) wake();
  });

  url = "";

  listen(port = 0): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(port, "127.0.0.1", () => {
        this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/webhook`;
        resolve();
      });
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  forget(): void {
    this.received = [];
    this.rejected = [];
    this.answers = [];
  }

  types(): string[] {
    return this.received.map(({ event }) => event.type);
  }

  /** Resolves as soon as the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((wake) => this.#waiting.push(wake));
    this.#waiting = [];
  }

  async untilType(type: string): Promise<Received> {
    await this.until(() => this.types().includes(type));
    return this.received.find(({ event }) => event.type === type) as Received;
  }

  #accept(body: string, headers: IncomingHttpHeaders): number {
    for (const secret of this.secrets) {
      try {
        const signature = String(headers["stripe-signature"]);
        const event = Stripe.webhooks.constructEvent(body, signature, secret);
        this.received.push({ event, body, headers });
        return 200;
      } catch (error) {
        this.rejected.push(String(error));
      }
    }
    return 400;
  }
}
