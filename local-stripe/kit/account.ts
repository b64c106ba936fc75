/** The one account that this Stripe serves, and where it is reached. */
export const account = {
  id: "acct_1LocalStripe0000",
  name: "Local Stripe",
  country: "US",
  currency: "usd",
  origin: "http://127.0.0.1:12111",
};

export const API_VERSION = "2026-10-28.endive";
