import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { json, text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";

/** Each rule of .dependency-cruiser.mjs fails where it is broken; the real tree is cruised by `npm test` itself. */

/** By rule: a file, and the one import in it that the rule forbids. */
const BROKEN: Record<string, [from: string, to: string]> = {
  env: ["env.ts", "lib/form/target.ts"],
  "project-file": ["project-file.ts", "env.ts"],
  "lib leaves": ["lib/log/breaks.ts", "db/target.ts"],
  db: ["db/breaks.ts", "lib/log/target.ts"],
  "lib/http": ["lib/http/breaks.ts", "db/target.ts"],
  "lib/mail/outbox": ["lib/mail/outbox.ts", "lib/mail/target.ts"],
  "lib/mail": ["lib/mail/breaks.ts", "lib/billing/status.ts"],
  "lib/auth": ["lib/auth/breaks.ts", "lib/access.ts"],
  "lib/api": ["lib/api/breaks.ts", "lib/billing/checkout/target.ts"],
  "lib/background/{lease,patience}": ["lib/background/lease.ts", "lib/billing/status.ts"],
  "lib/billing": ["lib/billing/ledger.ts", "lib/billing/objects/target.ts"],
  "lib/billing/objects": ["lib/billing/objects/breaks.ts", "lib/billing/sync/target.ts"],
  "lib/billing/sync": ["lib/billing/sync/breaks.ts", "lib/billing/events/target.ts"],
  "lib/billing/events": ["lib/billing/events/breaks.ts", "lib/billing/checkout/target.ts"],
  "lib/billing/catalog": ["lib/billing/catalog/breaks.ts", "lib/billing/checkout/target.ts"],
  "lib/billing/checkout": ["lib/billing/checkout/breaks.ts", "lib/auth/target.ts"],
  "lib/billing/subscription": ["lib/billing/subscription/breaks.ts", "lib/billing/checkout/target.ts"],
  "lib/billing/usage": ["lib/billing/usage/breaks.ts", "lib/access.ts"],
  "lib/billing/reconcile": ["lib/billing/reconcile/breaks.ts", "lib/background/target.ts"],
  "lib/access": ["lib/access/breaks.ts", "components/target.tsx"],
  "lib/background": ["lib/background/breaks.ts", "lib/auth/target.ts"],
  "components/format": ["components/format.ts", "db/target.ts"],
  "components/ui": ["components/ui/breaks.tsx", "db/target.ts"],
  components: ["components/breaks.tsx", "app/target.ts"],
  app: ["app/breaks.tsx", "scripts/target.ts"],
  entries: ["proxy.ts", "lib/auth/target.ts"],
  "scripts/stack": ["scripts/stack/breaks.ts", "test/support/target.ts"],
  scripts: ["scripts/breaks.ts", "test/support/target.ts"],
  configs: ["next.config.ts", "lib/form/target.ts"],
  "test/support": ["test/support/breaks.ts", "gates/target.ts"],
  test: ["test/breaks.test.ts", "e2e/target.ts"],
  gates: ["gates/breaks.ts", "local-stripe/target.ts"],
  bench: ["bench/breaks.ts", "gates/target.ts"],
  e2e: ["e2e/breaks.ts", "bench/target.ts"],
  "local-stripe": ["local-stripe/breaks.ts", "env.ts"],
  "no-room": ["lib/elsewhere/breaks.ts", "db/target.ts"],
  "no-import-of-tests": ["db/imports-a-test.ts", "db/target.test.ts"],
  "no-circle": ["lib/form/breaks.ts", "lib/form/completes.ts"],
  resolvable: ["db/imports-nothing.ts", "db/nowhere.ts"],
  "stripe-only-in-billing": ["lib/auth/imports-stripe.ts", "node_modules/stripe/index.js"],
};

interface Cruise {
  violations: { from: string; to: string; rule: { name: string } }[];
  ruleSetUsed: { forbidden: { name: string }[] };
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-directions-"));
  await cp("tsconfig.json", join(folder, "tsconfig.json"));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, content = "export {};") {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** The command of `npm test`, over the temporary tree. */
function depcruise(...options: string[]) {
  const command = resolve("node_modules/.bin/depcruise");
  const config = resolve(".dependency-cruiser.mjs");
  return spawn(command, ["--config", config, ...options, "."], { cwd: folder });
}

async function cruise(): Promise<Cruise> {
  const { stdout } = depcruise("--output-type", "json");
  return ((await json(stdout)) as { summary: Cruise }).summary;
}

const alias = (path: string) => `@/${path.replace(/\.tsx?$/, "")}`;

it("names every rule, and no other, where it is broken", async () => {
  for (const [, to] of Object.values(BROKEN)) if (to !== "db/nowhere.ts") await write(to);
  await write("node_modules/stripe/package.json", '{ "name": "stripe", "main": "index.js" }');
  for (const [from, to] of Object.values(BROKEN)) {
    const specifier = to.startsWith("node_modules/") ? "stripe" : alias(to);
    await write(from, `import type { Anything } from "${specifier}";`);
  }
  await write("lib/form/completes.ts", 'export type { Anything } from "./breaks";');

  const { violations, ruleSetUsed } = await cruise();
  const brokenIn = (file: string) =>
    violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);
  for (const [rule, [from]] of Object.entries(BROKEN)) expect(brokenIn(from), from).toEqual([rule]);
  expect(ruleSetUsed.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(BROKEN).sort());
});

it("sees every way to import, also between tags", async () => {
  const targets = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => `db/${name}.ts`);
  for (const target of targets) await write(target);
  await write(
    "components/ui/imports.tsx",
    `import type { A } from "@/db/a";
     import { type B } from "../../db/b";
     import "@/db/c";
     export type { D } from "@/db/d";
     export * from "@/db/e";
     const { f } = await import("@/db/f");
     export const Part = () => <p title={f} onClick={async () => { await import("@/db/g"); }}>
       {import("@/db/h").then((h) => <b>{h}</b>)}
     </p>;`,
  );
  const { violations } = await cruise();
  expect(violations.map(({ to }) => to).sort()).toEqual(targets);
});

it("refuses the one way that it does not see", async () => {
  await write("db/rows.ts", "export type Row = 1;");
  await write("components/ui/imports.ts", 'export type Rows = import("@/db/rows").Row[];');
  const child = depcruise();
  const exited = new Promise((done) => child.once("exit", done));
  const said = await text(child.stderr);
  expect(await exited).not.toBe(0);
  expect(said).toContain("components/ui/imports.ts");
  expect(said).toContain("import type");
});
