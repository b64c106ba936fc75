import { encode } from "next-auth/jwt";
import { db } from "../db";
import { listProducts } from "../db/queries/products";
import type { User } from "../db/queries/users";
import { rateLimits, sessions } from "../db/schema";
import { env } from "../env";
import { hashPassword } from "../lib/auth/passwords";
import { createAccessToken } from "../lib/auth/tokens";
import { chooserFrom } from "../test/support/random";
import { someUser } from "../test/support/rows";
import { listEndpoints } from "./fuzzing/endpoints";
import { examine, MAX_RATIO, type Sent } from "./fuzzing/framework-errors";
import { fuzzInput } from "./fuzzing/input";
import type { FuzzInput, Known } from "./fuzzing/words";
import { inParallel, type ShopGate, scaled } from "./gate";
import { ask } from "./shop/ask";
import type { Shop } from "./shop/shop";
import { signatureOf } from "./shop/signed";

const INPUTS = 10_000;
/** Before memory is measured: what is loaded at first use is no leak. */
const WARM_UP = 8_000;
const MAX_GROWTH_BYTES = 50 * 2 ** 20;
const COOKIE = "session";
/** The smallest of the limits of an account. */
const LIMITED_AFTER = 30;

/**
 * Everything at everything; whatever comes, it is an answer, and nothing of it stays. Only the framework may answer 5xx,
 * and only to what no browser sends; docs/decisions/017 says why, and what is asked of these answers.
 */
export const fuzz: ShopGate = async (shop, options) => {
  await shop.reset();
  const user = await someUser({
    stripeCustomerId: null,
    passwordHash: await hashPassword("correct horse battery"),
  });
  const known = await credentials(user);
  const endpoints = listEndpoints();
  const random = chooserFrom(options.seed);
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  const ofFramework: Sent[] = [];
  const round = async (count: number) => {
    const cookies = await signedInCookies(user, count);
    const inputs = Array.from({ length: count }, (_, index) =>
      fuzzInput(random, endpoints[index % endpoints.length] ?? { kind: "page", path: "/" }, {
        ...known,
        cookie: cookies[index] ?? "",
        // A browser's, at the address where it asks.
        origin: shop.instances[index % shop.instances.length]?.origin ?? "",
      }),
    );
    await inParallel(inputs, 8, async (input, index) => {
      // The inputs are to get past the limits, so the counts go.
      if (index % LIMITED_AFTER === 0) await db.delete(rateLimits);
      const origin = shop.instances[index % shop.instances.length]?.origin ?? "";
      const { status } = await ask(origin, input);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500 && !input.byBrowser) ofFramework.push({ origin, input });
      else if (status === 0 || status >= 500)
        faults.push(`${status} ${input.method} ${input.path.slice(0, 200)} ${show(input)}`);
    });
  };
  await round(scaled(WARM_UP, options));
  const before = await memory(shop);
  statuses.clear();
  await round(scaled(INPUTS, options));
  const after = await memory(shop);
  const growth = after.map((bytes, index) => bytes - (before[index] ?? 0));
  const found = await examine(shop, ofFramework, known);
  const complaints = shop.instances.flatMap((instance) => instance.complaints);
  const lists = [faults, found.faults, found.changed.map((table) => `${table} has changed.`), complaints];
  console.log(lists.flatMap((lines) => lines.slice(0, 20)).join("\n"));
  const most = Math.max(...growth);
  return {
    passed:
      lists.every(({ length }) => length === 0) &&
      found.ratio <= MAX_RATIO &&
      most < MAX_GROWTH_BYTES &&
      shop.instances.every(({ isReady }) => isReady),
    result: `${scaled(INPUTS, options)} inputs after ${scaled(WARM_UP, options)} to warm up, to ${endpoints.length} endpoints and actions: ${show(statuses)}; ${faults.length} × 5xx of ours or none, ${complaints.length} unhandled; ${ofFramework.length} × 5xx of the framework's in both rounds: ${found.faults.length} tell or do more than they may, ${found.changed.length} tables changed, ${found.ratio.toFixed(1)} × the time of a refusal; RSS ${(most / 2 ** 20).toFixed(0)} MB more, of ${((before[0] ?? 0) / 2 ** 20).toFixed(0)}.`,
  };
};

/** A session for each input: one that signs out ends its own. */
async function signedInCookies({ id, sessionVersion }: User, count: number): Promise<string[]> {
  const row = { userId: id, expiresAt: new Date(Date.now() + 86_400_000) };
  const rows = await db.insert(sessions).values(Array(count).fill(row)).returning({ id: sessions.id });
  return Promise.all(
    rows.map(async (session) => {
      const token = { sub: id, sessionVersion, sessionId: session.id };
      return `${COOKIE}=${await encode({ token, secret: env.AUTH_SECRET, salt: COOKIE })}`;
    }),
  );
}

/** Of somebody with a program of their own. */
async function credentials(user: User): Promise<Omit<Known, "origin" | "cookie">> {
  return {
    canary: "canary-7Qm2Vx9Tk4",
    token: await createAccessToken(user.id, "fuzz"),
    ids: [user.id, user.email, ...(await listProducts()).map(({ id }) => id)],
    sign: signatureOf,
  };
}

const memory = ({ instances }: Shop) => Promise.all(instances.map((instance) => instance.memory()));

const show = (what: Map<number, number> | FuzzInput) =>
  what instanceof Map
    ? [...what]
        .sort(([a], [b]) => a - b)
        .map(([status, count]) => `${count} × ${status}`)
        .join(", ")
    : JSON.stringify({ ...what, body: what.body instanceof FormData ? [...what.body] : what.body }).slice(
        0,
        600,
      );
