import { StripeError } from "./errors";

export const LARGEST_BODY = 1024 * 1024;

/** The body of a request, unless it is or becomes too large: then nobody waits for the rest. */
export async function readBody(request: Request): Promise<string> {
  const length = request.headers.get("Content-Length");
  if (length !== null) {
    if (Number(length) > LARGEST_BODY) throw tooLarge();
    return request.text();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function tooLarge(): StripeError {
  return new StripeError(413, {
    type: "invalid_request_error",
    message: `The request is too large: at most ${LARGEST_BODY} bytes are read.`,
  });
}
