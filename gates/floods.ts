import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Flooded } from "./flooding/flood";
import { KINDS } from "./flooding/kinds";
import { formOn } from "./flooding/page-form";
import { People } from "./flooding/people";
import { PROBES, probe } from "./flooding/probes";
import type { Order } from "./flooding/sender";
import { HEADING, quantile, type Round, rowOf } from "./flooding/table";
import { type ShopGate, scaled } from "./gate";

/** Of each flood, and of the calm before them. */
const SECONDS = 20;
const MAX_MS = 250;
const CALM = "none";

/** One instance, flooded in each way that strangers have, answers everybody else as if nothing was. */
export const floods: ShopGate = async (shop, options) => {
  await shop.reset();
  const origin = shop.instances[0]?.origin ?? "";
  const forms = {
    login: await formOn(origin, "/login"),
    register: await formOn(origin, "/register"),
    checkout: await formOn(origin, "/pricing"),
  };
  const people = await People.begin(origin, forms.login);
  const seconds = scaled(SECONDS, options);
  const play = async (name: string, index: number): Promise<Round> => {
    const order = { kind: name, seed: options.seed + index, port: Number(new URL(origin).port), forms };
    const end = name === CALM ? null : await beginFlood(order);
    const [probed, browsers, programs] = await Promise.all([
      probe(shop, origin, seconds),
      people.come("browser", seconds),
      people.come("program", seconds),
    ]);
    return { name, probed, browsers, programs, flooded: end ? await end() : null };
  };
  console.log(HEADING);
  const rounds: Round[] = [];
  for (const [index, name] of [CALM, ...Object.keys(KINDS)].entries()) {
    const round = await play(name, index);
    rounds.push(round);
    console.log(rowOf(round));
  }
  const worst = PROBES.map((name) => ({
    name,
    p99: Math.max(...rounds.map(({ probed }) => quantile(probed.took[name], 0.99))),
  }));
  const wrong = rounds.flatMap(({ probed }) => probed.wrong);
  const lost = rounds.reduce((sum, { probed }) => sum + probed.lost, 0);
  const odd = rounds.flatMap(oddAnswers);
  const browsers = rounds.flatMap((round) => round.browsers);
  const browsersIn = browsers.filter(({ isIn }) => isIn).length;
  console.log([...wrong, ...odd].slice(0, 20).join("\n"));
  return {
    passed:
      worst.every(({ p99 }) => p99 <= MAX_MS) &&
      [wrong, odd].every(({ length }) => length === 0) &&
      lost === 0 &&
      browsersIn === browsers.length,
    result: `${rounds.length - 1} floods of ${seconds} s: p99 at most ${worst.map(({ name, p99 }) => `${p99} ms (${name})`).join(", ")}; ${wrong.length} wrong answers to the probes, ${odd.length} odd ones to the floods, ${lost} webhooks lost, ${browsersIn} of ${browsers.length} customers signed in.`,
  };
};

/** A flood whose forms are none teaches nothing, and one that nobody ends is held. */
function oddAnswers({ name, flooded }: Round): string[] {
  const kind = KINDS[name];
  if (!kind || !flooded) return [];
  const answered = Object.entries(flooded.answers);
  // A refusal for want of time says nothing of what would have been held.
  if (!kind.isSlow && answered.every(([status]) => status === "503"))
    return [`${name}: ${flooded.open} are open, and none was answered but by 503`];
  return answered
    .filter(([status]) => !kind.answers.includes(Number(status)))
    .map(([status, count]) => `${name}: ${count} × ${status}`);
}

/** In a process of its own, so that it delays the probes as little as it can. */
async function beginFlood(order: Order): Promise<() => Promise<Flooded>> {
  const sender = fileURLToPath(new URL("flooding/sender.ts", import.meta.url));
  const child = fork(sender, [JSON.stringify(order)], { execArgv: ["--import", "tsx"] });
  await once(child, "spawn");
  return async () => {
    child.send("end");
    const [flooded] = await once(child, "message");
    return flooded as Flooded;
  };
}
