import { createHmac } from "node:crypto";

/** A page or a route that is only looked at. */
export interface Visit {
  kind: "visit";
  path: string;
  headers: Record<string, string>;
}

/** Events about many customers, each newer than the ones before and freshly signed. */
export interface Events {
  kind: "events";
  path: string;
  /** An event as text, with TOKENS where events differ. */
  template: string;
  secret: string;
  customers: number;
  /** `created` of the first. */
  createdAfter: number;
}

export type Requests = Visit | Events;

/** These places differ from event to event. Numbers and booleans are written with their quotes, which go. */
export const TOKENS = {
  unique: "__UNIQUE__",
  customer: "__NUMBER__",
  created: '"__CREATED__"',
  flag: '"__FLAG__"',
} as const;

/** @returns the text of the next request, each time it is called */
export function requestsTo(port: number, requests: Requests): () => string {
  const host = `Host: 127.0.0.1:${port}\r\n`;
  if (requests.kind === "events") return eventsTo(host, requests);
  const headers = Object.entries(requests.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `GET ${requests.path} HTTP/1.1\r\n${host}${headers.join("")}\r\n`;
  return () => text;
}

export const customerNumber = (index: number) => String(index).padStart(6, "0");

/** The parts of a template, and what stands between them. */
export const partsOf = (template: string) =>
  template.split(new RegExp(`(${Object.values(TOKENS).join("|")})`));

const fill = (parts: string[], values: Record<string, string>) =>
  parts.map((part) => values[part] ?? part).join("");

export function signatureOf(body: string, secret: string): string {
  const now = Math.floor(Date.now() / 1000);
  return `t=${now},v1=${createHmac("sha256", secret).update(`${now}.${body}`).digest("hex")}`;
}

/** The event with the number `count`, about the customer with this number. */
export const eventOf = (parts: string[], count: number, customer: number, createdAfter: number) =>
  fill(parts, {
    [TOKENS.unique]: `${createdAfter + count}`,
    [TOKENS.customer]: customerNumber(customer),
    [TOKENS.created]: String(createdAfter + count),
    [TOKENS.flag]: String(count % 2 === 0),
  });

function eventsTo(host: string, { path, template, secret, customers, createdAfter }: Events) {
  const parts = partsOf(template);
  let count = 0;
  return () => {
    const body = eventOf(parts, ++count, Math.floor(Math.random() * customers), createdAfter);
    const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    const type = "Content-Type: application/json; charset=utf-8\r\n";
    const signature = `Stripe-Signature: ${signatureOf(body, secret)}\r\n`;
    return `POST ${path} HTTP/1.1\r\n${host}${type}${length}${signature}\r\n${body}`;
  };
}
