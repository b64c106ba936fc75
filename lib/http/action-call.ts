import { MAX_FORM_BYTES } from "./bodies";

/**
 * Decides which calls of a server action get as far as React's decoder. Its encoding can name promises, streams, blobs and
 * paths into other values; of all that, forms need plain values and "the form with this prefix". The decoder throws
 * at what it cannot read, which Next answers with 500, and has been the way in for strangers (CVE-2025-55182); so
 * what none of this shop's pages can have sent stops here.
 */

/** The largest form of the shop has seven. */
const MAX_FIELDS = 100;

export interface Refusal {
  status: 400 | 413;
  message: string;
}

const UNREADABLE: Refusal = { status: 400, message: "This is not how a page of this shop calls an action." };
const TOO_LARGE: Refusal = { status: 413, message: "A form may have at most 1 MB." };
const TOO_MANY: Refusal = { status: 413, message: `A form may have at most ${MAX_FIELDS} fields.` };

/**
 * @param request a POST to a page; its body is read
 * @returns null for what may pass: a call in the shape our pages give it, or no call of an action at all
 */
export async function refuseActionCall(request: Request): Promise<Refusal | null> {
  const isCall = request.headers.has("next-action");
  const type = request.headers.get("content-type") ?? "";
  const isMultipart = type.startsWith("multipart/form-data");
  if (!isCall && !isMultipart) return null;
  const body = await request.arrayBuffer();
  if (body.byteLength > MAX_FORM_BYTES) return TOO_LARGE;
  if (!isMultipart) return isArguments(new TextDecoder().decode(body)) ? null : UNREADABLE;
  // Before anything is parsed: each field costs, and a body of 1 MB holds twenty thousand.
  const text = Buffer.from(body).toString("latin1");
  if (countParts(text) > MAX_FIELDS) return TOO_MANY;
  // With a type of its own a text is a file to one parser and a text to another; no browser gives it one.
  if (/\r\ncontent-(type|transfer-encoding):/i.test(text)) return UNREADABLE;
  const fields = await textFields(body, type);
  return fields && (isCall ? isCallByReact(fields) : isPlainForm(fields)) ? null : UNREADABLE;
}

/** Each part names itself; a text that holds these words counts as one, which no form of ours comes near. */
const countParts = (text: string) => text.match(/content-disposition:/gi)?.length ?? 0;

/** @returns null for what is no multipart body, or has more in it than the texts of a form */
async function textFields(body: ArrayBuffer, type: string): Promise<Map<string, string[]> | null> {
  const form = await new Response(body, { headers: { "Content-Type": type } }).formData().catch(() => null);
  if (!form) return null;
  const fields = new Map<string, string[]>();
  for (const [name, value] of form) {
    if (typeof value !== "string") return null;
    const values = fields.get(name);
    if (values) values.push(value);
    else fields.set(name, [value]);
  }
  return fields;
}

/** With JavaScript: `0` has the arguments, and the fields of form n are called `_n_…`. */
function isCallByReact(fields: Map<string, string[]>): boolean {
  for (const name of fields.keys()) if (name !== "0" && !/^_[0-9a-f]+_/.test(name)) return false;
  return isOnly(fields.get("0"), isArguments);
}

/** Without: `$ACTION_REF_n` says that `$ACTION_n:0` names the action and `$ACTION_n:1` its state so far. */
function isPlainForm(fields: Map<string, string[]>): boolean {
  for (const name of fields.keys()) {
    const number = name.match(/^\$ACTION_REF_(.*)$/s)?.[1];
    if (number === undefined) continue;
    if (!isOnly(fields.get(`$ACTION_${number}:0`), isDescriptor)) return false;
    if (!isOnly(fields.get(`$ACTION_${number}:1`), isArguments)) return false;
  }
  return true;
}

const isOnly = (values: string[] | undefined, test: (value: string) => boolean) =>
  values?.length === 1 && test(values[0] ?? "");

const isDescriptor = (text: string) => /^\{"id":"[0-9a-f]+","bound":"\$@1"\}$/.test(text);

function isArguments(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isPlain);
  } catch {
    return false;
  }
}

/** Strings that begin with `$` are React's: a `$` of the text's own is doubled, `$K1` is the form `_1_…`. */
function isPlain(value: unknown): boolean {
  if (typeof value === "string")
    return !value.startsWith("$") || /^\$(\$|undefined$|K[0-9a-f]+$)/.test(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isPlain);
}
