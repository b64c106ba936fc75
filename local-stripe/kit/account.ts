/** The one account that this Stripe serves, and where it is reached. */
export const account = {
  id: "acct_1LocalStripe0000",
  /** The shop's, as its customers read it. */
  name: "Local Stripe",
  country: "US",
  currency: "usd",
  origin: "http://127.0.0.1:12111",
};

/** On a card's statement: a part of the name (https://docs.stripe.com/get-started/account/statement-descriptors). */
export const statementDescriptor = (): string =>
  account.name
    .replaceAll(/[<>\\'"*]/g, "")
    .toUpperCase()
    .slice(0, 22)
    .trim();

export const API_VERSION = "2026-10-28.endive";
