/** What the inputs are made of. */

/** What somebody has who fuzzes with good credentials. */
export interface Known {
  origin: string;
  cookie: string;
  token: string;
  /** Ids that exist: products, sessions, users. */
  ids: string[];
  sign(payload: string): string;
}

export interface FuzzInput {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | FormData;
  /** Next itself cannot read it, and answers 500 to that. */
  isBroken?: boolean;
}

/** What the parts of one input have in common. */
export interface Given {
  headers: Record<string, string>;
  value(): string;
  params(): string;
  query: string;
}

export const NAMES = [
  ...[
    "product_id",
    "email",
    "password",
    "name",
    "next",
    "token_id",
    "session_id",
    "callbackUrl",
    "csrfToken",
  ],
  ...["success_url", "cancel_url", "notice", "product", "role", "customer", "__proto__", "constructor"],
];
/** What forms and programs send; one of them is replaced. */
export const GOOD = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "correct horse battery",
  product_id: "00000000-0000-4000-8000-000000000000",
  session_id: "cs_test_1",
};

/** What can stand in a header. */
export const latin = (text: string) => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, "?");
export const wellFormed = (text: string) => Buffer.from(text).toString();
