import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

/** No violation that axe knows of, and nothing wider than the screen. */
export async function expectAccessible(page: Page, path: string, screens = [PHONE, DESKTOP]): Promise<void> {
  for (const viewport of screens) {
    await page.setViewportSize(viewport);
    await page.goto(path);
    await expectAccessibleNow(page);
  }
}

/** The same of the page as it stands, for one that a form has led to. */
export async function expectAccessibleNow(page: Page): Promise<void> {
  await page.evaluate(axe);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  const width = page.viewportSize()?.width ?? 0;
  const where = `${page.url()} at ${width} px`;
  expect(
    results.violations.map(({ id, nodes }) => `${where}: ${id} ${nodes.map(({ html }) => html)}`),
  ).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), where).toBeLessThanOrEqual(width);
}
