import { readdirSync } from "node:fs";
import { sep } from "node:path";

export interface Page {
  file: string;
  /** An address of it, with a value for every dynamic segment. */
  path: string;
  /** As Next hands them to the page at that address. */
  params: Record<string, string | string[]>;
  /** Below app/(public): cached, the same for everybody. */
  isPublic: boolean;
  /** Below app/(private), and not one of the pages at which somebody signs in. */
  needsSession: boolean;
}

/** Every page in the file tree, so that no list kept by hand can forget one. */
export const listPages = (): Page[] =>
  readdirSync("app", { recursive: true, encoding: "utf8" })
    .map((file) => file.split(sep))
    .filter((parts) => parts.at(-1) === "page.tsx")
    .flatMap((parts) => pagesIn(parts.slice(0, -1)))
    .sort((a, b) => a.path.localeCompare(b.path));

/** A catch-all segment that is optional makes two pages: `[[...interval]]` is /pricing and /pricing/yearly. */
export function pagesIn(folders: string[]): Page[] {
  const isPublic = folders[0] === "(public)";
  const needsSession = !isPublic && !folders.includes("(auth)");
  const segments = folders.filter((folder) => !/^\(.*\)$/.test(folder));
  const isOptional = segments.at(-1)?.startsWith("[[") ?? false;
  const addresses = isOptional ? [segments.slice(0, -1), segments] : [segments];
  return addresses.map((address) => ({
    file: ["app", ...folders, "page.tsx"].join("/"),
    path: `/${address.map(valueFor).join("/")}`,
    params: Object.fromEntries(address.filter((segment) => segment.startsWith("[")).map(paramFor)),
    isPublic,
    needsSession,
  }));
}

/** Public pages are cached by their address, so theirs are few and real; whoever adds one gives its value. */
const VALUES: Record<string, string> = { "[[...interval]]": "yearly" };

const valueFor = (segment: string) =>
  VALUES[segment] ?? (segment.startsWith("[") ? "00000000-0000-4000-8000-000000000000" : segment);

const paramFor = (segment: string): [string, string | string[]] => {
  const name = segment.replace(/[[\].]/g, "");
  return [name, segment.includes("...") ? [valueFor(segment)] : valueFor(segment)];
};
