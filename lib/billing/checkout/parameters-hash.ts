import { createHash } from "node:crypto";

/** Stripe takes a key for a day with the parameters that it came with first; others need another key. */
export const hashOf = (parameters: object) =>
  createHash("sha256").update(JSON.stringify(parameters)).digest("hex").slice(0, 16);
