import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

// The time zone is read when the module is loaded, so each one loads it anew.
it.each([
  ["America/Los_Angeles", 480],
  ["Pacific/Kiritimati", -840],
  ["UTC", 0],
])("dates are in UTC wherever the server stands: %s", async (name, minutesBehind) => {
  vi.stubEnv("TZ", name);
  vi.resetModules();
  const format = await import("./format");
  const [firstMinute, lastMinute] = [new Date("2026-12-01T00:00:00Z"), new Date("2026-12-31T23:59:00Z")];
  expect(firstMinute.getTimezoneOffset()).toBe(minutesBehind);
  expect(format.formatDate(firstMinute)).toBe("December 1, 2026");
  expect(format.formatDate(lastMinute)).toBe("December 31, 2026");
  expect(format.formatShortDate(firstMinute)).toBe("Dec 1, 2026");
  expect(format.formatShortDate(lastMinute)).toBe("Dec 31, 2026");
});
