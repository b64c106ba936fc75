import { cpus } from "node:os";
import { readCommandLine, refuseCommandLine } from "../scripts/stack/command-line";
import { startCeiling } from "./ceiling";
import { growth } from "./parts/growth";
import { account, pricing } from "./parts/pages";
import { start } from "./parts/start";
import { webhook } from "./parts/webhook";
import type { Server } from "./server";
import { startShop } from "./shop";

/**
 * `npm run bench [-- parts…] [--rounds 4] [--seconds 8]`: how fast the production build is, beside bare apps of the same
 * Next in the same run. Only the ratios mean something elsewhere.
 */

const PARTS = { webhook, pricing, account, start, growth };

const USAGE = `Usage: npm run bench [-- parts…] [--rounds 4] [--seconds 8]
  parts      ${Object.keys(PARTS).join(", ")}; all of them unless told otherwise
  --rounds   each thing is measured so often, and its median shown
  --seconds  that each of these takes`;

const { positionals, values } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "4" },
    seconds: { type: "string", default: "8" },
  },
});
const names = positionals.length ? positionals : Object.keys(PARTS);
const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length) refuseCommandLine(USAGE, `There is no part ${unknown.join(", ")}.`);
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
if (!(rounds >= 1 && seconds >= 1)) refuseCommandLine(USAGE, "--rounds and --seconds are numbers from 1 on.");

const shop = await startShop();
let bare: Promise<Server> | undefined;
const ceiling = () => {
  bare ??= startCeiling(shop.children, shop.secret, shop.databaseUrl);
  return bare;
};
const reports: string[] = [];
try {
  for (const name of names as (keyof typeof PARTS)[]) {
    console.log(`\n── ${name}`);
    reports.push(
      `### ${name}\n\n${await PARTS[name]({ shop, ceiling, plan: { rounds, seconds, postgres: shop.postgres } })}`,
    );
  }
} finally {
  await shop.stop();
}
const [{ model = "unknown" } = {}] = cpus();
const day = new Date().toISOString().slice(0, 10);
console.log(
  `\n${day}, ${cpus().length} cores (${model}), Node ${process.version}, 16 at once, ${rounds} rounds of ${seconds} s, medians\n`,
);
console.log(reports.join("\n\n"));
