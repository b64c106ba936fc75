import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillTables } from "./support/growing-rows";
import { startOwnDatabase } from "./support/own-database";

/**
 * Every statement of a page, of the API and of the webhook, asked for its plan on tables of a hundred thousand rows: none
 * may read one of them from end to end. The statements are heard at the driver while the shop's own code runs.
 */

const ROWS = 100_000;
/** These do not grow with the customers. */
const SMALL = new Set(["products", "stripe_products", "reconcile_state"]);

const database = await startOwnDatabase();
const { client } = await import("@/db");
const { applyCatalog } = await import("@/lib/billing/catalog/apply");
const { ensureCustomer } = await import("@/lib/billing/checkout/customer");
const { getCheckoutResult } = await import("@/lib/billing/checkout/result");
const { createCheckoutSession } = await import("@/lib/billing/checkout/session");
const { handleEvent } = await import("@/lib/billing/events/handle");
const { listSubscriptionOverviews } = await import("@/lib/billing/subscription/overview");
const { ONGOING_STATUSES } = await import("@/lib/billing/status");
const { ownGuesses } = await import("@/lib/auth/guesses");
const { countAttempt } = await import("@/lib/auth/rate-limits");
const { endSession, getUserBySession, startSession } = await import("@/lib/auth/sign-ins");
const { authenticateToken, createAccessToken, revokeAccessToken } = await import("@/lib/auth/tokens");
const account = await import("@/db/queries/account");
const payments = await import("@/db/queries/payments");
const products = await import("@/db/queries/products");
const spans = await import("@/db/queries/subscription-spans");
const subscriptions = await import("@/db/queries/subscriptions");
const tokens = await import("@/db/queries/tokens");
const users = await import("@/db/queries/users");
const { EVENT_KINDS } = await import("./support/event-kinds");
const { someUser } = await import("./support/rows");

type Statement = [text: string, parameters: never[]];
let heard: Statement[] = [];
let user: Awaited<ReturnType<typeof someUser>>;

beforeAll(async () => {
  await database.migrate();
  await applyCatalog();
  await fillTables(client, ROWS);
  user = await someUser({ stripeCustomerId: null });
  (client.options as { debug?: unknown }).debug = (_: number, text: string, parameters: never[]) =>
    heard.push([text, parameters]);
}, 180_000);

afterAll(async () => {
  await client.end();
  await database.stop();
});

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Index Cond"?: string;
  Plans?: Plan[];
}

/** Each place in a plan where a table that grows is read from end to end. */
function scansOf(plan: Plan): string[] {
  const { "Node Type": type, "Relation Name": table = "", "Index Cond": condition } = plan;
  const isWhole = type === "Seq Scan" || (/^Index (Only )?Scan/.test(type) && !condition);
  const own = isWhole && !SMALL.has(table) ? [`${type} on ${table}`] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scansOf)];
}

/** @returns what is read from end to end, by statement, when `work` is done */
async function scansDuring(work: () => Promise<unknown>): Promise<[text: string, scans: string[]][]> {
  heard = [];
  await work();
  const statements = heard.filter(([text]) => /^\s*(select|insert|update|delete|with)\b/i.test(text));
  expect(statements.length, "statements that were heard").toBeGreaterThan(0);
  const plans = statements.map(async ([text, parameters]): Promise<[string, string[]]> => {
    const scans: string[] = [];
    // From its sixth time on a prepared statement may be planned for any values instead of these.
    for (const mode of ["force_generic_plan", "force_custom_plan"])
      await client.begin(async (sql) => {
        await sql.unsafe(`set local plan_cache_mode = ${mode}`);
        const [row] = await sql.unsafe(`explain (format json) ${text}`, parameters, { prepare: true });
        scans.push(...scansOf(row?.["QUERY PLAN"][0].Plan));
      });
    return [text, [...new Set(scans)]];
  });
  return (await Promise.all(plans)).filter(([, scans]) => scans.length);
}

const productId = async () => {
  const [product] = await products.listProducts();
  if (!product) throw new Error("Nothing is on sale.");
  return product.id;
};

/** The reads of db/queries that pages, the API and the webhook make; commands have time. */
const READS: Record<string, (userId: string) => Promise<unknown>> = {
  getCurrentSubscription: account.getCurrentSubscription,
  listOrders: account.listOrders,
  listAccessTokens: tokens.listAccessTokens,
  listPayments: payments.listPayments,
  listProducts: products.listProducts,
  getProduct: async () => products.getProduct(await productId()),
  listSubscriptions: (id) => subscriptions.listSubscriptions(id, ONGOING_STATUSES),
  listOwnPlans: (id) => subscriptions.listOwnPlans(id, ONGOING_STATUSES),
  listSubscriptionItems: () => subscriptions.listSubscriptionItems(["sub_old1", "sub_old2"]),
  listOpenInvoices: () => subscriptions.listOpenInvoices(["sub_old1", "sub_old2"]),
  listSpans: () => spans.listSpans("sub_old7"),
  getUserById: users.getUserById,
  getUserByEmail: () => users.getUserByEmail("OLD77@example.com"),
  replacePasswordHash: (id) => users.replacePasswordHash(id, "-", "+"),
  insertUser: () => users.insertUser({ email: "new@example.com", name: "New", passwordHash: "-" }),
};
const OF_COMMANDS = ["listEvents", "countEvents", "listEntries", "sumRevenue"];
/** Parts of queries, and a history of all subscriptions, which is read from end to end by its meaning. */
const NO_READS = ["isLive", "selectSpansKnownAt"];

it("every read of db/queries is here", async () => {
  const files = (await readdir("db/queries")).filter((file) => file.endsWith(".ts"));
  const modules = await Promise.all(
    files.map((file) => import(`../db/queries/${file.replace(".ts", "")}.ts`)),
  );
  const names = modules.flatMap((module) => Object.keys(module));
  expect(names.toSorted()).toEqual([...Object.keys(READS), ...OF_COMMANDS, ...NO_READS].toSorted());
});

it("a table that is read from end to end is told of", async () => {
  const whole = async () => {
    await client`select from invoices where number = ${"G-1"}`;
    await client`select id from stripe_events order by id`;
    await client`update disputes set reason = 'general' where stripe_charge_id = ${"ch_1"}`;
  };
  expect((await scansDuring(whole)).flatMap(([, scans]) => scans)).toEqual([
    "Seq Scan on invoices",
    "Index Only Scan on stripe_events",
    "Seq Scan on disputes",
  ]);
});

describe("among a hundred thousand rows", () => {
  it.each(Object.entries(READS))("%s reads no table from end to end", async (_, read) => {
    expect(await scansDuring(() => read(user.id))).toEqual([]);
  });

  it("nor does /account, for somebody with five of everything", async () => {
    const old = await users.getUserByEmail("old5@example.com");
    expect(await scansDuring(() => listSubscriptionOverviews(old?.id ?? ""))).toEqual([]);
  });

  it("nor does a sign-in, a session, a token or a limit", async () => {
    const work = async () => {
      await countAttempt(ownGuesses("old5@example.com", { ip: "192.0.2.1", device: null }));
      const session = await startSession(user.id);
      await getUserBySession(session, user.id, user.sessionVersion);
      await endSession(session);
      const token = await createAccessToken(user.id, "Nightly");
      await authenticateToken(token);
      await revokeAccessToken(user.id, user.id);
    };
    expect(await scansDuring(work)).toEqual([]);
  });

  it("nor does a checkout, begun twice and looked at", async () => {
    const work = async () => {
      const stripeCustomerId = await ensureCustomer(user);
      const person = { ...user, stripeCustomerId };
      const request = { productId: await productId(), successUrl: undefined, cancelUrl: undefined };
      const { id } = await createCheckoutSession(person, request);
      await createCheckoutSession(person, request);
      await getCheckoutResult(person, id);
    };
    expect(await scansDuring(work)).toEqual([]);
  });

  it.each(Object.entries(EVENT_KINDS))("nor does the webhook with %s", async (_, make) => {
    const events = make(await someUser());
    const work = async () => {
      for (const event of events) await handleEvent(event as never);
    };
    expect(await scansDuring(work)).toEqual([]);
  });
});
