import { expect, it } from "vitest";
import { createLog } from "@/lib/log";
import { isUnhandled, originOf, SENTENCE_OF_NEXT } from "@/test/support/log-line";

const OURS = "    at register (/srv/shop/.next/server/chunks/ssr/_0_48rino-hpmi._.js:3:1204)";
const LIBRARY = "    at cachedError (/srv/shop/node_modules/postgres/cjs/src/query.js:170:23)";
const NEXT =
  "    at t (/srv/shop/node_modules/next/dist/compiled/next-server/app-page-turbo.runtime.prod.js:2:381)";
const PARSER = "    at JSON.parse (<anonymous>)";
const NODE = "    at node:internal/deps/undici/undici:6320:27";
const TICKS = "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)";
const WAITING = "    at async u (/srv/shop/.next/server/chunks/ssr/[root-of-the-server]__02s4_5._.js:9:77)";
const ALL = "    at async Promise.all (index 1)";

/** As a server writes it. */
function lineOf(error: Error, sentence = "A request failed.") {
  const written: string[] = [];
  createLog({ write: (text: string) => void written.push(text) }).error(sentence, error);
  return written.join("").trim();
}

function raised(frames: string[], cause?: Error) {
  const error = new Error("It cannot be read.", { cause });
  error.stack = [`Error: ${error.message}`, ...frames].join("\n");
  return error;
}

it.each([
  ["framework", [NEXT]],
  ["framework", [PARSER, NEXT, TICKS, ALL, WAITING]],
  ["framework", [NEXT, NODE]],
  ["ours", [OURS]],
  ["ours", [OURS, NEXT, TICKS]],
  ["ours", [NEXT, OURS, NEXT]],
  ["ours", [PARSER, LIBRARY, NEXT]],
  ["unknown", [NODE, TICKS, ALL, WAITING]],
  ["unknown", [WAITING]],
  ["unknown", []],
])("is the code of the error with these frames: %s", (origin, frames) => {
  expect(originOf(lineOf(raised(frames)))).toBe(origin);
});

it("a cause of ours makes an error ours", () => {
  expect(originOf(lineOf(raised([NEXT], raised([OURS]))))).toBe("ours");
  expect(originOf(lineOf(raised([NEXT], raised([NEXT]))))).toBe("framework");
});

it.each(["", "null", "5", "Ready in 300ms", "[Error: x]", '{"msg":"A request failed."}', '{"error":"x"}'])(
  "a line that holds no error is nobody's: %s",
  (line) => expect(originOf(line)).toBe("unknown"),
);

it("an error that nobody took is told as Node and Next tell it", () => {
  expect(isUnhandled(lineOf(raised([NEXT]), "unhandledRejection:"))).toBe(true);
  expect(isUnhandled(lineOf(raised([NEXT]), "uncaughtException:"))).toBe(true);
  expect(isUnhandled("Uncaught Error: x")).toBe(true);
  expect(isUnhandled(lineOf(raised([NEXT])))).toBe(false);
});

it("is the framework's where its own sentence says so, though a build put it beside our code", () => {
  const error = new Error("The router state header was sent but could not be parsed.");
  error.stack = [`Error: ${error.message}`, OURS].join("\n");
  expect(originOf(lineOf(error))).toBe("framework");
  expect(SENTENCE_OF_NEXT).toBe(error.message);
});
