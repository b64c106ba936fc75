import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { switchValues } from "./billing/behavior/switches";
import { actions } from "./control/actions";
import { control } from "./control/routes";
import { DECLINES } from "./objects/declines";
import { sharedCard } from "./objects/test-cards";
import { absentParts } from "./resources/absent";
import { startLocalStripe } from "./test/harness";

const local = startLocalStripe();
const readme = readFileSync("local-stripe/README.md", "utf8");

/** The rows of the table under a heading, each with its cells. */
function table(heading: string): string[][] {
  const [, section = ""] = readme.split(`## ${heading}\n`);
  const rows = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

const codes = (cell = "") => Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);

test("its lines run as printed", async () => {
  const lines = Array.from(
    readme.matchAll(/```sh\n(STRIPE=[\s\S]+?|curl[\s\S]+?)```/g),
    ([, block]) => block,
  );
  expect(lines).toHaveLength(2);
  const script = lines.join("\n").replace("http://127.0.0.1:12111", local.origin);
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script]);
  const [list, ...rest] = stdout.split(/(?<=^\}\n?)(?=\{)|(?<=\})(?=\{)/);
  expect(JSON.parse(list as string)).toMatchObject({
    data: [{ customer: { email: "ada@example.com" }, status: "active" }],
  });
  expect(rest).toHaveLength(2);
});

/** Helpers that read parameters for several controls. */
const HELPERS: Readonly<Record<string, readonly string[]>> = {
  eventOf: ["event"],
  matchOf: ["type", "event"],
  faultOf: ["status"],
};

/** The names that an action asks its input for, by its source. */
function parametersOf(action: (input: never) => unknown): string[] {
  const source = String(action);
  const own = Array.from(source.matchAll(/\binput(?:\(|, )"(\w+)"/g), ([, name = ""]) => name);
  const shared = Object.entries(HELPERS).flatMap(([helper, names]) => (source.includes(helper) ? names : []));
  return [...new Set([...own, ...shared])];
}

/** `a`: `one`, `two`; `b`, `c` are the parameters a, b and c. */
const listed = (cell = "") =>
  cell.split(";").flatMap((part) => codes(part.includes(":") ? part.split(":")[0] : part));

test("it lists every control with its parameters", () => {
  const all = actions(() => {});
  const rows = table("Controls");
  expect(rows.map(([name]) => codes(name)[0]).sort()).toEqual(Object.keys(all).sort());
  for (const [name, parameters] of rows) {
    const control = codes(name)[0] as string;
    expect(listed(parameters).sort(), control).toEqual(parametersOf(all[control] as never).sort());
  }
});

test("it lists every reason for which a payment can be made to fail", () => {
  const [, parameters] = table("Controls").find(([name]) => name === "`fail_next_payment`") ?? [];
  expect(codes(parameters).slice(1)).toEqual(Object.keys(DECLINES));
});

test("it lists everything else that can be asked under /__local", () => {
  const known = new Set(Object.keys(actions(() => {})).map((name) => `POST /${name}`));
  const others = control(() => {})
    .routes.map(({ method, path }) => `${method} ${path}`)
    .filter((route) => /^(GET|PUT|POST) /.test(route) && !known.has(route));
  const told = Array.from(
    readme.matchAll(/`(GET|PUT) \/__local(\/\w+)`/g),
    ([, method, path]) => `${method} ${path}`,
  );
  expect([...new Set(told)].sort()).toEqual(others.sort());
});

test("it lists every switch with its values, the default first", () => {
  const told = Object.fromEntries(table("Switches").map(([name, values]) => [codes(name)[0], codes(values)]));
  expect(told).toEqual(switchValues);
});

test("it lists every variable of the environment", () => {
  const source = readFileSync("local-stripe/environment.ts", "utf8");
  const read = new Set(Array.from(source.matchAll(/env\.([A-Z_]+)/g), ([, name]) => name));
  const told = Array.from(readme.matchAll(/^\| `([A-Z_]+)` \|/gm), ([, name]) => name);
  expect(told.sort()).toEqual([...read].sort());
});

test("it names every part of the API that is not served, and calls none of these served", () => {
  const rows = table("What is there, and what is not");
  expect(new Set(rows.map(([, state]) => state))).toEqual(new Set(["served", "partly", "not"]));
  const missing = rows
    .filter(([, state]) => state !== "served")
    .map((cells) => cells.join(" ").toLowerCase());
  const untold = absentParts.filter(({ name }) => !missing.some((row) => row.includes(name.toLowerCase())));
  expect(untold).toEqual([]);
  // A part that is not there at all has calls in the table, or it would be refused in the wrong words.
  const names = absentParts.map(({ name }) => name.toLowerCase());
  const absent = rows.filter(([, state]) => state === "not").map(([part = ""]) => part.toLowerCase());
  expect(absent.filter((part) => !names.includes(part))).toEqual([]);
});

test("its cards are the cards that there are", () => {
  for (const [number = "", id] of table("Test cards")) {
    expect(sharedCard(codes(id)[0] as string)?.number, id).toBe(number.replaceAll(" ", ""));
  }
});
