import { someAddress } from "./addresses";

/**
 * Stands in for Next between a browser and the code that runs for it: `next/headers` exists only while Next
 * answers a request. A test file says so itself, because vitest reads it there:
 *
 *     vi.mock("next/headers", () => import("@/test/support/next-request"));
 *
 * Cookies are kept from one call to the next, as a browser keeps them.
 */

interface Visitor {
  cookies: Map<string, string>;
  ip: string;
  /** It sends these beside what every browser does. */
  headers: Record<string, string>;
}

/** An address of its own, so that no test uses up the attempts of another. */
const somebodyNew = (): Visitor => ({ cookies: new Map(), ip: someAddress(), headers: {} });

let visitor = somebodyNew();

/** From here on the requests come from another browser. */
export function newVisitor(): Visitor {
  visitor = somebodyNew();
  return visitor;
}

export const headers = async () =>
  new Headers({
    host: "shop.test",
    "x-forwarded-proto": "http",
    "x-forwarded-for": visitor.ip,
    cookie: [...visitor.cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("; "),
    ...visitor.headers,
  });

export const cookies = async () => ({
  get(name: string) {
    const value = visitor.cookies.get(name);
    return value === undefined ? undefined : { name, value };
  },
  set(name: string, value: string, { maxAge }: { maxAge?: number } = {}) {
    if (maxAge === 0) visitor.cookies.delete(name);
    else visitor.cookies.set(name, value);
  },
});

export type Outcome<T> = { to: string } | { notFound: true } | { answer: T };

/** The end of an action or a page: it sent the visitor on, found nothing, or answered. */
export async function outcomeOf<T>(work: Promise<T>): Promise<Outcome<T>> {
  try {
    return { answer: await work };
  } catch (error) {
    const [name, kind, ...rest] = digestOf(error).split(";");
    if (name === "NEXT_REDIRECT" && kind) return { to: rest.slice(0, -2).join(";") };
    if (name === "NEXT_HTTP_ERROR_FALLBACK" && kind === "404") return { notFound: true };
    throw error;
  }
}

const digestOf = (error: unknown) =>
  error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : "";

export const formOf = (fields: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
};
