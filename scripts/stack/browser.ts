import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

const isExecutable = (path: string) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const installed = () => INSTALLED.find(isExecutable);

/** A browser to test in: an installed one, else Debian's package where it may be installed, else Playwright's own. */
export function findBrowser(): { path: string; origin: string } {
  const found = installed();
  if (found) return { path: found, origin: "installed" };
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    try {
      for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
        execFileSync("apt-get", ["-qq", ...args], {
          stdio: ["ignore", "ignore", "inherit"],
          env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        });
      }
    } catch {
      console.error("Debian's chromium could not be installed; trying Playwright's own download.");
    }
    const path = installed();
    if (path) return { path, origin: "Debian's package" };
  }
  const path = chromium.executablePath();
  if (!existsSync(path)) {
    execFileSync(process.execPath, ["node_modules/@playwright/test/cli.js", "install", "chromium"], {
      stdio: "inherit",
    });
  }
  return { path, origin: "Playwright's download" };
}

/** Root cannot use Chromium's sandbox; the rest keeps the browser from talking to anybody but the page. */
export const BROWSER_ARGS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
