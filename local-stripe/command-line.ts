import { parseArgs } from "node:util";
import type { Variables } from "./environment";

/** By option: the variable of the environment that it stands for, what it is given, and what for. */
const OPTIONS = {
  port: ["PORT", "NUMBER", "where it listens: 12111 unless given, 0 for a free port"],
  webhook: ["WEBHOOK_URL", "URL", "gets every event"],
  "webhook-secret": [
    "WEBHOOK_SECRET",
    "SECRET",
    "signs what is sent there; made up and printed unless given",
  ],
  state: ["DATA_FILE", "FILE", "keeps everything between runs"],
  scenario: ["SCENARIO", "FILE", "plays a described history first: a file, or growing-shop"],
  name: ["ACCOUNT_NAME", "NAME", "the shop's name, as its customers read it"],
} as const;

const rows = Object.entries(OPTIONS).map(
  ([name, [variable, value, meaning]]) => [`--${name} ${value}`, variable, meaning] as const,
);

export const HELP = `Local Stripe: Stripe on this machine, without an account, a key or a network.

${rows.map(([option, variable, meaning]) => `  ${option.padEnd(24)} ${variable.padEnd(16)} ${meaning}`).join("\n")}
  --help

Each option may be given as the variable of the environment beside it instead; an option wins.
Its pages are at the address that it prints: what is there, what happened, and buttons for everything.`;

/** The environment with what the command line says in its place; undefined if somebody only asks for help. */
export function withArguments(args: readonly string[], env: Variables): Variables | undefined {
  const values = valuesOf(args);
  if (values.help) return undefined;
  const given = Object.entries(OPTIONS).flatMap(([name, [variable]]) => {
    const value = values[name];
    return typeof value === "string" ? [[variable, value]] : [];
  });
  return { ...env, ...Object.fromEntries(given) };
}

function valuesOf(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const texts = Object.keys(OPTIONS).map((name) => [name, { type: "string" }] as const);
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(texts), help: { type: "boolean" } },
    }).values as Record<string, string | boolean | undefined>;
  } catch (error) {
    // Node goes on to explain how it reads options; its first sentence says what is wrong.
    const [first] = (error as Error).message.split(/[.\n]/);
    throw new Error(`${first}. --help lists the options.`);
  }
}
