import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { announceRunning, loadEnvironment, withdrawRunning } from "./load-environment";

const NAMES = ["TEST_BY_PERSON", "TEST_BY_FILE", "TEST_BY_STACK"] as const;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "titanforge-environment-"));
  mkdirSync(join(folder, ".data"));
  for (const name of NAMES) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const found = () => NAMES.map((name) => process.env[name]);

it("nothing is loaded where there is nothing", () => {
  loadEnvironment(folder);
  expect(found()).toEqual([undefined, undefined, undefined]);
});

it("the person comes before .env, and .env before the running stack", () => {
  vi.stubEnv("TEST_BY_PERSON", "person");
  writeFileSync(join(folder, ".env"), "TEST_BY_PERSON=file\nTEST_BY_FILE=file\n");
  announceRunning({ TEST_BY_PERSON: "stack", TEST_BY_FILE: "stack", TEST_BY_STACK: "stack" }, folder);
  loadEnvironment(folder);
  expect(found()).toEqual(["person", "file", "stack"]);
});

it("the running stack is announced to its user only, whole, and withdrawn", () => {
  announceRunning({ TEST_BY_STACK: "http://127.0.0.1:1", TEST_BY_FILE: "whsec_1" }, folder);
  expect(readFileSync(join(folder, ".data/running.env"), "utf8")).toBe(
    "TEST_BY_STACK=http://127.0.0.1:1\nTEST_BY_FILE=whsec_1\n",
  );
  expect(statSync(join(folder, ".data/running.env")).mode & 0o777).toBe(0o600);
  withdrawRunning(folder);
  // Twice is no error: it may never have been announced.
  withdrawRunning(folder);
  loadEnvironment(folder);
  expect(found()).toEqual([undefined, undefined, undefined]);
});
