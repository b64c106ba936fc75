import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

export interface Question {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | FormData;
}

export interface Answer {
  /** 0 when there was no answer. */
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  ms: number;
}

/** Not `fetch`, which sends neither every method nor every header. */
export async function ask(origin: string, { method, path, headers, body }: Question): Promise<Answer> {
  // The only one who knows the boundary of a form's multipart body.
  const encoded = new Response(body ?? null);
  const type = encoded.headers.get("content-type");
  const bytes = Buffer.from(await encoded.arrayBuffer());
  const startedAt = performance.now();
  const answer = (status: number, answered: IncomingHttpHeaders, text: string) => ({
    status,
    headers: answered,
    body: text,
    ms: performance.now() - startedAt,
  });
  try {
    const sent = request(origin, {
      method,
      path,
      headers: { ...(type ? { "Content-Type": type } : {}), ...headers },
      signal: AbortSignal.timeout(30_000),
    });
    sent.end(bytes);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return answer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString());
  } catch {
    return answer(0, {}, "");
  }
}
