import { readdirSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";

/** Whatever of the app can be called over HTTP beside its pages, found where Next finds it. */

// biome-ignore lint/suspicious/noExplicitAny: the arguments are as different as what is called.
type Callable = (...args: any[]) => unknown;

export interface Entrance {
  /** As a person would name it: `POST /api/v1/products`, `signOut in app/(private)/(auth)/actions.ts`. */
  name: string;
  call: Callable & { definition?: { scope?: string } };
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export const load = (file: string): Promise<Record<string, unknown>> => import(resolve(file));

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => join(folder, file).split(sep).join("/"))
    .toSorted();

const callables = async (file: string, name: (word: string) => string): Promise<Entrance[]> =>
  Object.entries(await load(file)).flatMap(([word, call]) =>
    typeof call === "function" ? [{ name: name(word), call: call as Callable }] : [],
  );

export async function listRoutes(): Promise<Entrance[]> {
  const files = filesIn("app").filter((file) => /\/route\.tsx?$/.test(file));
  const found = files.map((file) =>
    callables(file, (method) => `${method} ${file.replace(/^app|\/route\.tsx?$/g, "")}`),
  );
  return (await Promise.all(found)).flat().filter(({ name }) => METHODS.includes(name.split(" ")[0] ?? ""));
}

/** A module whose first line says so; each function that it exports can be called by anybody. */
const isActionFile = (source: string) => /^["']use server["']/.test(source);

export const listActionFiles = () =>
  ["app", "components", "lib"].flatMap(filesIn).filter((file) => isActionFile(readFileSync(file, "utf8")));

export async function listActions(): Promise<Entrance[]> {
  const found = listActionFiles().map((file) => callables(file, (name) => `${name} in ${file}`));
  return (await Promise.all(found)).flat();
}

/** Files with an action inside another function, which no list here would have. */
export const filesWithHiddenActions = () =>
  ["app", "components", "lib", "db"].flatMap(filesIn).filter((file) => {
    const source = readFileSync(file, "utf8");
    return /^\s*["']use server["']/m.test(source) && !isActionFile(source);
  });
