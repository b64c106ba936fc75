import { readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";

/** Everything that can be asked of the shop, found where Next finds it, so that nothing is forgotten. */

export interface Endpoint {
  kind: "page" | "route" | "action";
  path: string;
  /** Of an action: the id by which a form calls it. */
  action?: string;
}

/** `(public)/pricing/[[...interval]]` → `/pricing`, as a visitor writes it; the rest of the path is the fuzzer's. */
const pathOf = (folder: string[]) =>
  `/${folder.filter((part) => !/^\(.*\)$/.test(part) && !part.startsWith("[")).join("/")}`;

export function listEndpoints(): Endpoint[] {
  const files = readdirSync("app", { recursive: true }).map((file) => String(file).split(sep));
  const found = files.flatMap((parts): Endpoint[] => {
    const file = parts.at(-1);
    if (file === "page.tsx") return [{ kind: "page", path: pathOf(parts.slice(0, -1)) }];
    if (file === "route.ts") return [{ kind: "route", path: pathOf(parts.slice(0, -1)) }];
    return [];
  });
  return [...found, ...listActions()];
}

/** By the manifest of the build, at every page that an action can be called from. */
function listActions(): Endpoint[] {
  const manifest = JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8"));
  return Object.entries(manifest.node as Record<string, { workers: object }>).flatMap(
    ([action, { workers }]) =>
      Object.keys(workers).map((page) => ({
        kind: "action" as const,
        path: pathOf(page.split("/").slice(1, -1)),
        action,
      })),
  );
}
