import { channel } from "node:diagnostics_channel";
import { afterEach, describe, expect, it, vi } from "vitest";
import { register } from "@/instrumentation";

/** The server does this once, before the first request. */

const shared = globalThis as { titanforgeTimers?: Map<string, NodeJS.Timeout> };
const isGuarded = () => channel("http.server.request.start").hasSubscribers;
const ignoresUpgrades = () => channel("net.server.socket").hasSubscribers;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.resetModules();
});

describe("register", () => {
  it.each(["edge", undefined, ""])("does nothing in the runtime %j", async (runtime) => {
    vi.stubEnv("NEXT_RUNTIME", runtime);
    await register();
    expect(isGuarded()).toBe(false);
    expect(shared.titanforgeTimers?.size ?? 0).toBe(0);
  });

  it.each([
    [
      "what the environment lacks",
      { AUTH_SECRET: "short" },
      /^The environment is not complete:\n {2}AUTH_SECRET must have at least 32 characters;.*\n\.env\.example describes/,
    ],
    [
      "which parameter of DATABASE_URL it cannot honour",
      { DATABASE_URL: "postgres://localhost/shop?colour=red" },
      /^DATABASE_URL has the parameter colour, which cannot be honoured here\./,
    ],
  ])("says %s, and ends", async (_, variables, sentence) => {
    vi.stubEnv("NEXT_RUNTIME", "nodejs");
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const exit = vi.spyOn(process, "exit").mockImplementation(() => {
      throw new Error("It ended.");
    });
    (globalThis as { titanforgeClient?: unknown }).titanforgeClient = undefined;
    await expect(register()).rejects.toThrow("It ended.");
    expect(exit).toHaveBeenCalledWith(1);
    // A sentence and not a stack.
    expect(said.mock.calls).toEqual([[expect.stringMatching(sentence)]]);
    expect(isGuarded()).toBe(false);
    expect(shared.titanforgeTimers?.size ?? 0).toBe(0);
  });

  it("leaves `next dev` the upgrade by which it reloads its pages", async () => {
    vi.stubEnv("NEXT_RUNTIME", "nodejs");
    vi.stubEnv("NODE_ENV", "development");
    vi.stubEnv("RECONCILE_EVERY_MINUTES", "0");
    await register();
    expect(isGuarded()).toBe(true);
    expect(ignoresUpgrades()).toBe(false);
  });

  it("guards the server and starts the timer, once the environment is complete", async () => {
    vi.stubEnv("NEXT_RUNTIME", "nodejs");
    vi.stubEnv("RECONCILE_EVERY_MINUTES", "60");
    vi.stubEnv("VERCEL", undefined);
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", undefined);
    const exit = vi.spyOn(process, "exit");
    await register();
    expect(exit).not.toHaveBeenCalled();
    expect(isGuarded()).toBe(true);
    expect(ignoresUpgrades()).toBe(true);
    const timer = shared.titanforgeTimers?.get("reconcile");
    expect(timer?.hasRef()).toBe(false);
    clearInterval(timer);
  });
});
