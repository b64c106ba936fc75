/**
 * Limits what is posted to a page: so many bytes, so many fields, no files. They go by HTTP and by how any browser writes
 * multipart (RFC 7578), never by how React encodes a call: an upgrade may change that, and then a check of ours would
 * refuse every form of the shop. A body that means nothing is the framework's to refuse; docs/decisions/017.
 */

/** The largest form of the shop has seven. */
const MAX_FIELDS = 100;

/**
 * The largest form of the shop has a few kilobytes. A megabyte of React's encoding can keep its decoder busy for most of
 * a second (docs/decisions/017-limits-before-next.md).
 */
const MAX_CALL_BYTES = 2 ** 16;

export interface Refusal {
  status: 400 | 413;
  message: string;
}

const TOO_LARGE: Refusal = { status: 413, message: "A form may have at most 64 KB." };
const TOO_MANY: Refusal = { status: 413, message: `A form may have at most ${MAX_FIELDS} fields.` };
const NO_FILES: Refusal = {
  status: 400,
  message: "This shop takes no files: send every field as plain text.",
};

/**
 * @param request a POST to a page; its body is read
 * @returns null for what may pass
 */
export async function refuseActionCall(request: Request): Promise<Refusal | null> {
  const body = await request.arrayBuffer();
  if (body.byteLength > MAX_CALL_BYTES) return TOO_LARGE;
  if (!/^multipart\/form-data/i.test(request.headers.get("content-type") ?? "")) return null;
  // Before anything parses it: each field costs, and a body of 64 KB holds a thousand. Latin 1 is a character a byte.
  const text = Buffer.from(body).toString("latin1");
  if (countParts(text) > MAX_FIELDS) return TOO_MANY;
  return FILE.test(text) || OTHER_HEADER.test(text) ? NO_FILES : null;
}

/** Each part names itself; a text that holds these words counts as one, which no form of ours comes near. */
const countParts = (text: string) => text.match(/content-disposition:/gi)?.length ?? 0;

/*
 * A part begins with its delimiter, a line with `--`, and has one header, which names it, before an empty line. Both
 * expressions look at a line but once for each line that begins so, or such a body would keep the server busy.
 */

const FILE = /^--.*\r\ncontent-disposition:.*filename[*\d \t]*=/im;
/** With a type of its own a text is a file to one parser and a text to another; no browser gives it one. */
const OTHER_HEADER = /^--.*\r\n(?:content-disposition:.*\r\n[^\r]|(?!content-disposition:)[^\r\n:]+:)/im;
