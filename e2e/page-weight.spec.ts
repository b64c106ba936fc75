import { listPages } from "../test/support/pages";
import { expect, test } from "./shop";

/** Of everything that a first visit loads, as it travels: the framework's part alone is 132 KB. */
const MAX_KB = 175;

const PUBLIC = listPages().filter(({ isPublic }) => isPublic);

for (const { path } of PUBLIC)
  test(`a first visit of ${path} loads at most ${MAX_KB} KB`, async ({ page }) => {
    const loaded: [url: string, bytes: number][] = [];
    page.on("requestfinished", async (request) => {
      loaded.push([request.url(), (await request.sizes()).responseBodySize]);
    });
    await page.goto(path, { waitUntil: "networkidle" });
    const bytes = loaded.reduce((sum, [, size]) => sum + size, 0);
    const largest = loaded.toSorted(([, a], [, b]) => b - a).map(([url, size]) => `${size} ${url}`);
    expect(bytes / 1024, largest.join("\n")).toBeLessThan(MAX_KB);
    expect(
      loaded.filter(([url]) => url.includes(".woff2")),
      "the pages' own font is there",
    ).toHaveLength(1);
  });
