import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Instead = { status: number; headers?: Record<string, string>; body: object } | null | undefined;

/** Stands between the app and Stripe: counts what is asked, and may answer, wait or change something first. */
export class StripeProxy {
  /** `GET /v1/events`, in order, without the query. */
  calls: string[] = [];
  /** Called before a request is passed on; what it returns is answered instead. */
  before: (call: string, query: URLSearchParams) => Instead | Promise<Instead> = () => null;
  readonly #target: URL;
  readonly #server = createServer((incoming, answer) => void this.#serve(incoming, answer));

  constructor(target: string) {
    this.#target = new URL(target);
  }

  async listen(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Counts from here on, undisturbed. */
  rest() {
    this.calls = [];
    this.before = () => null;
  }

  async #serve(incoming: IncomingMessage, answer: ServerResponse) {
    const { pathname, searchParams } = new URL(incoming.url ?? "/", this.#target);
    const call = `${incoming.method} ${pathname}`;
    this.calls.push(call);
    const instead = await this.before(call, searchParams);
    if (instead) {
      answer.writeHead(instead.status, { "Content-Type": "application/json", ...instead.headers });
      answer.end(JSON.stringify(instead.body));
      return;
    }
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = incoming;
    const outgoing = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on("error", () => answer.destroy());
    incoming.pipe(outgoing);
  }
}
