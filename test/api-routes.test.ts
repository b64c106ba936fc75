import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

/** Authentication, size and schema are checked once, in lib/api/route.ts; a route goes without only for a reason. */

const WITHOUT_WRAPPER: Record<string, string> = {
  "[...path]": "answers that there is nothing, to whatever method and body",
  "cron/reconcile": "lets a scheduler in by its secret, and answers in a shape of its own",
  health: "is asked every few seconds by a load balancer, and reads nothing of the request",
  refused: "is where requests end that stop before Next",
  "canonical-host": "is where pages lead whoever came by another name of the shop",
  "v1/stripe-webhook": "needs the raw body for Stripe's signature, and answers it with an empty one",
  viewer: "is asked by our own pages, with the session's cookie",
};

const METHOD =
  /\b(?:export (?:const|(?:async )?function) |as )(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b(?: = (\w+)\()?/g;

/** True when each method is made by a function of lib/api/route.ts. */
function usesWrapper(source: string): boolean {
  const [, imported = ""] = source.match(/import \{([^}]*)\} from "@\/lib\/api\/route";/) ?? [];
  const wrappers = imported.split(",").map((name) => name.trim());
  const methods = [...source.matchAll(METHOD)];
  return methods.length > 0 && methods.every(([, , maker]) => maker && wrappers.includes(maker));
}

it("tells a route that uses the wrapper from one that does not", () => {
  const imports = 'import { apiRoute } from "@/lib/api/route";\n';
  expect(usesWrapper(`${imports}export const GET = apiRoute(definition, read);`)).toBe(true);
  const both = `${imports}export const GET = apiRoute(one, read);\nexport const POST = apiRoute(other, write);`;
  expect(usesWrapper(both)).toBe(true);
  for (const POST of [
    "export async function POST() {}",
    "export function POST() {}",
    "export const POST = handle(write);",
    "export const POST = async () => new Response(null);",
    "export { handle as POST };",
  ]) {
    expect(usesWrapper(`${imports}export const GET = apiRoute(definition, read);\n${POST}`), POST).toBe(
      false,
    );
  }
  expect(usesWrapper("export const GET = apiRoute(definition, read);")).toBe(false);
  expect(usesWrapper(imports)).toBe(false);
});

it("every route uses the wrapper, or is named above with its reason", () => {
  const routes = readdirSync("app/api", { recursive: true, encoding: "utf8" }).filter((file) =>
    /(^|[\\/])route\.ts$/.test(file),
  );
  const without = routes
    .filter((file) => !usesWrapper(readFileSync(join("app/api", file), "utf8")))
    .map((file) => dirname(file).replaceAll("\\", "/"));
  expect(without.sort()).toEqual(Object.keys(WITHOUT_WRAPPER).sort());
});
