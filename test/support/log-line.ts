/** Tells from a line of a server's log, as lib/log.ts writes it, whose code raised the error that it is about. */

interface LoggedError {
  message?: string;
  stack?: string;
  cause?: LoggedError;
}

export type Origin = "ours" | "framework" | "unknown";

/**
 * By what was on the stack: the framework's are errors that Next or React raised with no code of ours between. Of the
 * frames that only waited (`at async …`) nothing is held against it: a build puts a piece of Next into the same
 * files as our code. Libraries count as ours, because we call them.
 *
 * @returns "unknown" for what is no error with a stack, too
 */
export function originOf(line: string): Origin {
  const error = errorIn(line);
  return error ? originOfError(error) : "unknown";
}

/** A build puts the function that raises it beside our code, so only its sentence tells; test/next-inside.test.ts. */
export const SENTENCE_OF_NEXT = "The router state header was sent but could not be parsed.";

function originOfError({ message, stack = "", cause }: LoggedError): Origin {
  if (message === SENTENCE_OF_NEXT) return "framework";
  if (cause && originOfError(cause) === "ours") return "ours";
  const frames = stack.split("\n").filter((frame) => /^\s*at (?!async )/.test(frame));
  if (frames.some((frame) => !isOfNext(frame) && !isOfNode(frame))) return "ours";
  return frames.some(isOfNext) ? "framework" : "unknown";
}

const isOfNext = (frame: string) => frame.includes("/node_modules/next/dist/");
const isOfNode = (frame: string) => /(?:\(|at )(?:node:|<anonymous>|native)/.test(frame);

function errorIn(line: string): LoggedError | null {
  try {
    return JSON.parse(line).error ?? null;
  } catch {
    return null;
  }
}

export const isUnhandled = (line: string) => /unhandled|uncaught/i.test(line);
