import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { State } from "./store";

/**
 * JSON with a row in each line: a text of more than half a billion characters, which is the history of some thousand
 * customers, cannot be made or read as one.
 */

const CHUNK_BYTES = 1 << 20;

/** Writes it as a file that only its owner reads: it holds secrets. */
export function writeState(file: string, state: State): void {
  const descriptor = openSync(file, "w", 0o600);
  try {
    let waiting = "";
    for (const line of linesOf(state)) {
      waiting += line;
      if (waiting.length < CHUNK_BYTES) continue;
      writeSync(descriptor, waiting);
      waiting = "";
    }
    writeSync(descriptor, waiting);
  } finally {
    closeSync(descriptor);
  }
}

function* linesOf(state: State): Generator<string> {
  let separator = "{\n";
  for (const [name, rows] of Object.entries(state)) {
    yield `${separator}${JSON.stringify(name)}:[`;
    separator = ",\n";
    let before = "\n";
    for (const row of rows) {
      yield before + JSON.stringify(row);
      before = ",\n";
    }
    yield "\n]";
  }
  yield "\n}\n";
}

/** Whatever JSON the file holds; one that was written in another way is read as a whole. */
export function readJson(file: string): unknown {
  const lines = readLines(file);
  const [first, second] = [lines.next().value, lines.next().value];
  if (first !== "{" || !second?.endsWith(":[")) return JSON.parse(readFileSync(file, "utf8"));
  const state: Record<string, unknown[]> = {};
  let rows: unknown[] = [];
  for (let line: string | undefined = second; line !== "}"; line = lines.next().value) {
    if (line === undefined) throw new Error("It ends in the middle.");
    if (line.endsWith(":[")) {
      rows = [];
      state[JSON.parse(line.slice(0, -2)) as string] = rows;
    } else if (line !== "]" && line !== "],") {
      rows.push(JSON.parse(line.endsWith(",") ? line.slice(0, -1) : line));
    }
  }
  return state;
}

function* readLines(file: string): Generator<string, undefined> {
  const descriptor = openSync(file, "r");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    // A letter of several bytes may stand across two chunks.
    const decoder = new StringDecoder();
    let begun = "";
    for (let size = readSync(descriptor, chunk); size > 0; size = readSync(descriptor, chunk)) {
      const lines = (begun + decoder.write(chunk.subarray(0, size))).split("\n");
      begun = lines.pop() ?? "";
      yield* lines;
    }
    if (begun !== "") yield begun;
  } finally {
    closeSync(descriptor);
  }
}
