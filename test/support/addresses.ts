import { randomInt } from "node:crypto";

/** An address of a client that no other test has. */
export const someAddress = () => ["10", ...[0, 0, 0].map(() => String(randomInt(1, 255)))].join(".");
