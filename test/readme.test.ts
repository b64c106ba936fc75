import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

/** The pages for people tell them to type these commands. */

const pages = Object.fromEntries(
  await Promise.all(
    ["README.md", "STRIPE_SETUP.md"].map(async (name) => [name, await readFile(name, "utf8")]),
  ),
) as Record<string, string>;
const { scripts } = JSON.parse(await readFile("package.json", "utf8"));

it.each(Object.keys(pages))("%s names commands of npm that are there", (name) => {
  const named = [...(pages[name] ?? "").matchAll(/npm run ([a-z:]+)/g)].map(([, command]) => command);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((command) => !Object.hasOwn(scripts, command ?? ""))).toEqual([]);
});

it("README.md asks for no program that a machine with Node lacks", () => {
  const blocks = [...(pages["README.md"] ?? "").matchAll(/^ *```sh\n([\s\S]+?)```/gm)].map(
    ([, block = ""]) => block,
  );
  // The first word of each line and of each part of a pipe; an assignment is of the shell itself.
  const programs = blocks
    .flatMap((block) => block.split("\n"))
    .flatMap((line) => line.replace(/#.*/, "").split(/&&|\||\$\(/))
    .map((part) => part.trim().split(/\s/)[0] ?? "")
    .filter((word) => word && !/^[A-Z]+=/.test(word));
  expect(new Set(programs)).toEqual(new Set(["npm", "curl", "node"]));
});
