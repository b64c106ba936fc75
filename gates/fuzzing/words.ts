import type { Question } from "../shop/ask";

/** The parts that inputs are made of. */

/** The good credentials that an input may carry. */
export interface Known {
  origin: string;
  cookie: string;
  token: string;
  /** Ids that exist: products, sessions, users. */
  ids: string[];
  /** Stands in inputs that only the framework can refuse, and may stand in none of its answers. */
  canary: string;
  sign(payload: string): string;
}

export interface FuzzInput extends Question {
  /**
   * Whether a browser on our pages, or a program that speaks HTTP, can have sent it. Else it is in an encoding between
   * React and Next that no page of ours would write, and the framework may answer it with a 5xx of its own.
   */
  byBrowser: boolean;
}

/** The parts of one input have these in common. */
export interface Given {
  headers: Record<string, string>;
  value(): string;
  params(): string;
  query: string;
  canary: string;
  byBrowser: boolean;
}

/** Texts at which something may break; Local Stripe has its own, because it stands alone. */
export const HOSTILE = [
  ...[
    "",
    " ",
    "\0",
    "a\0b",
    "é",
    "💥",
    "\u202e",
    "\r\nX-Injected: 1",
    "%",
    "null",
    "undefined",
    "NaN",
    "Infinity",
  ],
  ...["-0", "-1", "0", "1", "0.1", "1e999", "0x10", "99999999", "9007199254740991", "9007199254740993"],
  ...["8640000000001", "-62135596800", "253402300800", "123456789012345678901234567890", "true", "false"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "[object Object]",
    "../../etc/passwd",
    "<script>",
    "'; drop table",
  ],
  "a".repeat(6000),
];

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
/** Forms and programs send these; one of them is replaced. */
export const GOOD = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "correct horse battery",
  product_id: "00000000-0000-4000-8000-000000000000",
  session_id: "cs_test_1",
};

/** Headers that tell Next, or a proxy before it, more than the request itself. */
export const NEXT_HEADERS = [
  ...[
    "Host",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "Next-Router-State-Tree",
    "Next-Url",
  ],
  ...[
    "Next-Router-Prefetch",
    "Next-Router-Segment-Prefetch",
    "Next-Action",
    "X-Action-Forwarded",
    "X-Nextjs-Data",
  ],
  ...[
    "X-Middleware-Subrequest",
    "X-Matched-Path",
    "X-Prerender-Revalidate",
    "X-Invoke-Status",
    "Traceparent",
  ],
  ...["Content-Type", "Accept", "Accept-Encoding", "Range", "If-None-Match"],
];
/** Nearly what stands in them. */
export const NEXT_WORDS = [
  ...[
    "[",
    "[]",
    '[""]',
    '["",{}]',
    '["",{"children":["x",{}]},null,null,"refetch"]',
    "%",
    "evil.example",
    "[::1",
  ],
  ...[
    "localhost:99999",
    "/_tree",
    "1",
    "x, y",
    "https",
    "multipart/form-data",
    "multipart/form-data; boundary=",
  ],
];

/** Texts that can stand in a header. */
export const latin = (text: string) => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, "?");
export const wellFormed = (text: string) => Buffer.from(text).toString();
