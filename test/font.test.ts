import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { FONT, subsetGeist } from "@/scripts/subset-font";

it("the font of the pages is what `npm run font` makes of Geist", async () => {
  expect((await readFile(FONT)).equals(await subsetGeist())).toBe(true);
});
