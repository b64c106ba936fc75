import { mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { readJson, writeState } from "./state-file";
import { dump, isState, load, onChange, type State } from "./store";

const SHORTEST_PAUSE_MS = 300;
/** A large state takes long to write; then it is written less often. */
const PAUSE_PER_WRITE = 20;

/** Keeps the state in a file. The returned function writes what is not yet written. */
export function persistIn(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const state = read(file);
  if (state) load(state);
  let pause = SHORTEST_PAUSE_MS;
  let waiting: NodeJS.Timeout | undefined;
  const flush = () => {
    if (!waiting) return;
    clearTimeout(waiting);
    waiting = undefined;
    const began = Date.now();
    // Written beside it and renamed: whoever stops us in between leaves the old state whole.
    writeState(`${file}.new`, dump());
    renameSync(`${file}.new`, file);
    pause = Math.max(SHORTEST_PAUSE_MS, (Date.now() - began) * PAUSE_PER_WRITE);
  };
  onChange(() => {
    waiting ??= setTimeout(flush, pause);
  });
  return flush;
}

function read(file: string): State | undefined {
  let state: unknown;
  try {
    state = readJson(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`The state in ${file} cannot be read; delete it to begin anew. (${error})`);
  }
  if (!isState(state))
    throw new Error(`${file} holds no state of Local Stripe; set DATA_FILE to another one.`);
  return state;
}
