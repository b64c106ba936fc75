import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { expect, test } from "vitest";

const FOLDER = "local-stripe";

/** From the lowest, as the README tells them. */
const ROOMS = Array.from(
  readFileSync(`${FOLDER}/README.md`, "utf8")
    .split("| Room | |\n")[1]
    ?.split("\n\n")[0]
    ?.matchAll(/^\| `([\w/]+)` \|/gm) ?? [],
  ([, room = ""]) => room,
);

const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /(?<!\.test)\.ts$/.test(file) && !/^test\//.test(file));

const roomOf = (file: string) => ROOMS.find((room) => file.startsWith(`${room}/`));

/** A file outside of every room stands above all of them. */
const heightOf = (file: string) => {
  const room = roomOf(file);
  return room === undefined ? ROOMS.length : ROOMS.indexOf(room);
};

function importsOf(file: string): string[] {
  const source = readFileSync(`${FOLDER}/${file}`, "utf8");
  return Array.from(source.matchAll(/(?:from|import) "(\.[^"]+)"/g), ([, path = ""]) =>
    posix.join(dirname(file), path),
  );
}

test("every folder is a room of the README, and every room has files", () => {
  const outside = files.filter((file) => file.includes("/") && !roomOf(file));
  expect(outside).toEqual([]);
  expect(ROOMS.filter((room) => !files.some((file) => file.startsWith(`${room}/`)))).toEqual([]);
  expect(ROOMS.length).toBeGreaterThan(10);
});

test("no import runs uphill", () => {
  const imports = files.flatMap((file) => importsOf(file).map((imported) => ({ file, imported })));
  // The files are there and are read: without any import everything would be in order.
  expect(imports.length).toBeGreaterThan(files.length);
  expect(imports.filter(({ file, imported }) => heightOf(imported) > heightOf(file))).toEqual([]);
});
