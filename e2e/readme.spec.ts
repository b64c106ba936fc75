import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, register, somebody, test } from "./shop";

test("the README's lines for programs run as printed", async ({ page }) => {
  const readme = readFileSync("README.md", "utf8");
  const [, lines = ""] = readme.match(/```sh\n(SHOP=[\s\S]+?)```/) ?? [];
  // The shop's address and the account are the reader's own.
  const person = { ...somebody(), password: "correct horse battery" };
  await page.goto("/register");
  await register(page, person);
  await expect(page).toHaveURL(/\/account$/);
  expect(lines).toContain("SHOP=http://localhost:3000\n");
  const script = lines
    .replace("http://localhost:3000", process.env.BASE_URL ?? "")
    .replace("ada@example.com", person.email);
  const output = execFileSync("bash", ["-euo", "pipefail", "-c", script], { encoding: "utf8" });
  expect(JSON.parse(output)).toEqual({
    checkout_session: {
      id: expect.stringMatching(/^cs_test_/),
      url: expect.stringMatching(/^http/),
      expires_at: expect.any(Number),
    },
  });
});
