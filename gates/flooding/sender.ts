import { chooserFrom, randomFrom } from "../../test/support/random";
import { Flood } from "./flood";
import { KINDS, type Words } from "./kinds";

/** Started by floods.ts: floods one instance until it is told to stop, and tells what became of it. */

export interface Order {
  kind: string;
  seed: number;
  port: number;
  forms: Words["forms"];
}

const { kind, seed, port, forms }: Order = JSON.parse(process.argv[2] ?? "{}");
const random = randomFrom(seed);
let people = 0;
const words: Words = {
  choose: chooserFrom(seed),
  host: `127.0.0.1:${port}`,
  forms,
  person: () => ({
    email: `stranger-${seed}-${people++}@example.com`,
    address: ["10", ...[0, 0, 0].map(() => Math.floor(random() * 256))].join("."),
  }),
};
const chosen = KINDS[kind];
if (!chosen) throw new Error(`There is no flood ${kind}.`);
const flood = new Flood(chosen, words, port);
process.once("message", () => process.send?.(flood.report(), () => process.exit(0)));
process.once("disconnect", () => process.exit(1));
