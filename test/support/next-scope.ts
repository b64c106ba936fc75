/**
 * The request that a Next server would be answering; without a server there is none. For
 * `vi.mock("next/headers", () => import("…/next-scope"))`.
 */

interface CookieOptions {
  httpOnly?: boolean;
  sameSite?: string;
  path?: string;
  secure?: boolean;
  expires?: Date;
}

/** Cookies as a browser would hold them, with the options they were set with. */
export const jar = new Map<string, { value: string; options: CookieOptions }>();

let sent: Record<string, string> = {};

/** The next requests carry these headers, and the jar's cookies beside them. */
export function arriveWith(headers: Record<string, string>) {
  sent = headers;
}

export async function headers() {
  const cookie = [...jar].map(([name, { value }]) => `${name}=${value}`).join("; ");
  return new Headers({ host: "shop.test", "x-forwarded-proto": "http", cookie, ...sent });
}

export async function cookies() {
  return {
    get: (name: string) => jar.get(name),
    set(name: string, value: string, options: CookieOptions) {
      if (value === "") jar.delete(name);
      else jar.set(name, { value, options });
    },
  };
}
