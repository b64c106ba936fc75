import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

/**
 * Answers `retrieve` with whatever a test declares to be true, at a time of the test's own: what no honest Stripe
 * does on demand. It can also be away, and slow.
 */
export async function startTruth() {
  const objects = new Map<string, object>();
  const truth = {
    url: "",
    /** Seconds of Stripe's clock, for the `Date` header; null leaves the header out. */
    now: 0 as number | null,
    reads: 0,
    isAway: false,
    /** Runs after the object was read and before the answer leaves. */
    whileAnswering: async () => {},
    put: <T extends { id: string }>(object: T) => objects.set(object.id, object),
    remove: (id: string) => objects.delete(id),
    close: () => server.close(),
  };

  const server = createServer(async ({ url = "" }, response) => {
    response.sendDate = false;
    truth.reads++;
    if (truth.isAway) return answer(response, 503, { error: { type: "api_error", message: "Away." } });
    const { pathname, searchParams } = new URL(url, "http://stripe.test");
    const now = truth.now;
    if (now !== null) response.setHeader("Date", new Date(now * 1000).toUTCString());
    const id = decodeURIComponent(pathname.split("/").at(-1) ?? "");
    const product = searchParams.get("product");
    const body = product ? pricesOf(product) : objects.get(id);
    await truth.whileAnswering();
    if (body) return answer(response, 200, body);
    const message = `No such object: '${id}'`;
    answer(response, 404, { error: { type: "invalid_request_error", code: "resource_missing", message } });
  });
  const pricesOf = (product: string) => ({
    object: "list",
    has_more: false,
    url: "/v1/prices",
    data: [...objects.values()].filter((object) => "product" in object && object.product === product),
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  truth.url = `http://127.0.0.1:${port}`;
  return truth;
}

function answer(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}
