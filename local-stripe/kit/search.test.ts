import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { ask, errorIn } from "../test/ask";
import { startLocalStripe } from "../test/harness";
import { confirm, monthlyPrice, subscriptionSession } from "../test/shop";

/** REAL_STRIPE.md, "Wrong without an error", 15; the language is https://docs.stripe.com/search's. */

const local = startLocalStripe();

const find = (path: string, query: string, more = "") =>
  ask(local, `GET /v1/${path}/search`, `query=${encodeURIComponent(query)}${more}`);

describe("the language", () => {
  beforeEach(async () => {
    const people: Stripe.CustomerCreateParams[] = [
      { name: "Ada Lovelace", email: "ada@example.com", metadata: { plan: "pro", "donation-id": "6735" } },
      { name: "Bob", email: "bob@example.com", metadata: { plan: "it's 5\" wide" } },
      { name: "Cid", metadata: { plan: "free" } },
    ];
    for (const person of people) {
      await local.stripe.customers.create(person);
      await local.control("clock/advance?seconds=100");
    }
  });

  test.each([
    [`metadata['plan']:'pro'`, "Ada Lovelace"],
    [`metadata["plan"]:"pro"`, "Ada Lovelace"],
    [`metadata['plan']:"pro"`, "Ada Lovelace"],
    [`metadata["donation-id"]:'6735'`, "Ada Lovelace"],
    [`metadata['plan']:'PRO'`, "Ada Lovelace"],
    [`metadata['plan']:'it\\'s 5" wide'`, "Bob"],
    [`metadata["plan"]:"it's 5\\" wide"`, "Bob"],
    [`-metadata['donation-id']:null`, "Ada Lovelace"],
    [`metadata['donation-id']:null`, "Cid, Bob"],
    [`email:null`, "Cid"],
    [`-email:'ada@example.com' AND -email:null`, "Bob"],
    [`name~'love'`, "Ada Lovelace"],
    [`name:'Bob' OR name:"Cid"`, "Cid, Bob"],
    [`name:'Bob' metadata['plan']~'wide'`, "Bob"],
    [`created>0`, "Cid, Bob, Ada Lovelace"],
    [`created<0`, ""],
  ])("%s", async (query, names) => {
    const { status, body } = await find("customers", query);
    expect([status, body.data.map(({ name }: { name: string }) => name).join(", ")]).toEqual([200, names]);
  });

  test.each([
    [
      `horn:'1'`,
      "Field `horn` is an unsupported search field for resource `customers`. See http://stripe.com/docs/search#query-fields-for-customers for a list of supported fields.",
    ],
    [`name:'Ada' AND name:'Bob' OR name:'Cid'`, "You may not mix AND and OR in one query."],
    [
      `metadata[plan]:'pro'`,
      'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata or key:"value" to query for other fields.',
    ],
    [
      `name:'Ada'name:'Bob'`,
      'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata or key:"value" to query for other fields.',
    ],
  ])("%s is refused", async (query, message) => {
    expect(errorIn(await find("customers", query))).toMatchObject({ status: 400, message, param: "query" });
  });

  test("a page ends at its limit, which is clamped, and says where the next begins", async () => {
    const first = await find("customers", "created>0", "&limit=0");
    expect([first.body.object, first.body.data.length, first.body.has_more]).toEqual([
      "search_result",
      1,
      true,
    ]);
    const rest = await find("customers", "created>0", `&limit=101&page=${first.body.next_page}`);
    expect([rest.body.data.length, rest.body.has_more, rest.body.next_page]).toEqual([2, false, null]);
  });

  test("its total is told to those who expand it", async () => {
    const plain = await find("customers", "created>0", "&limit=1");
    expect(Object.keys(plain.body).sort()).toEqual(["data", "has_more", "next_page", "object", "url"]);
    const both = "&limit=1&expand[]=data.tax&expand[]=total_count";
    expect((await find("customers", "created>0", both)).body.total_count).toBe(3);
  });

  test("its paths to expand begin with data", async () => {
    expect(errorIn(await find("customers", "created>0", "&expand[]=tax")).message).toBe(
      "This property cannot be expanded (tax). You may want to try expanding 'data.tax' instead.",
    );
    const { body } = await find("customers", "created>0", "&expand[]=data.tax");
    expect(body.data[0].tax).toMatchObject({ provider: "stripe" });
  });
});

test("the docs of an unknown field are those of its resource", async () => {
  expect(errorIn(await find("payment_intents", `horn:'1'`)).message).toBe(
    "Field `horn` is an unsupported search field for resource `payment_intents`. See http://stripe.com/docs/search#query-fields-for-payment-intents for a list of supported fields.",
  );
});

describe("every search", () => {
  test.each([
    ["charges", `amount:2000`],
    ["charges", `amount>1999 AND amount<2001 AND currency:'usd'`],
    ["charges", `customer:'CUSTOMER'`],
    ["charges", `disputed:'false' AND refunded:'false' AND status:'succeeded'`],
    ["charges", `payment_method_details.card.last4:4242`],
    ["charges", `payment_method_details.card.brand:'visa' AND payment_method_details.card.exp_month:12`],
    ["customers", `email:'ada@example.com'`],
    ["invoices", `customer:'CUSTOMER' AND status:'paid' AND total>1999 AND currency:'usd'`],
    ["invoices", `subscription:'SUBSCRIPTION'`],
    ["invoices", `last_finalization_error_code:null AND receipt_number:null`],
    ["payment_intents", `amount:2000 AND currency:'usd' AND customer:'CUSTOMER' AND status:'succeeded'`],
    ["prices", `active:'true' AND currency:'usd' AND lookup_key:'pro' AND type:'recurring'`],
    ["prices", `metadata['tier']:'1'`],
    ["products", `active:'true' AND name~'Pro'`],
    ["subscriptions", `status:'active' AND created>0`],
  ])("%s: %s", async (path, query) => {
    await monthlyPrice(local, { lookup_key: "pro", metadata: { tier: "1" } });
    const { id } = await subscriptionSession(local);
    await confirm(local, id);
    const session = await local.stripe.checkout.sessions.retrieve(id);
    const asked = query
      .replace("CUSTOMER", String(session.customer))
      .replace("SUBSCRIPTION", String(session.subscription));
    const { status, body } = await find(path, asked);
    expect([status, body.url, body.data?.length > 0]).toEqual([200, `/v1/${path}/search`, true]);
    const none = await find(path, `created<1`);
    expect([none.status, none.body.data]).toEqual([200, []]);
  });
});
