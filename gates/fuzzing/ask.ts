import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { FuzzInput } from "./words";

/** Not `fetch`, which sends neither every method nor every header. @returns the status; 0 when there was no answer */
export async function ask(origin: string, { method, path, headers, body }: FuzzInput): Promise<number> {
  try {
    // The only one who knows the boundary of a form's multipart body.
    const encoded = new Response(body ?? null);
    const type = encoded.headers.get("content-type");
    const sent = request(origin, {
      method,
      path,
      headers: { ...(type ? { "Content-Type": type } : {}), ...headers },
      signal: AbortSignal.timeout(30_000),
    });
    sent.end(Buffer.from(await encoded.arrayBuffer()));
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    for await (const _ of response);
    return response.statusCode ?? 0;
  } catch {
    return 0;
  }
}
