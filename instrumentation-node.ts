import { stripVTControlCharacters } from "node:util";
import { describeError, log } from "@/lib/log";

/** Throwing while the server starts would leave one that answers 500 to everything; so it says why, and ends. */
export async function checkEnvironment() {
  try {
    await import("@/env");
    // It connects to nothing yet, but it reads DATABASE_URL.
    await import("@/db");
  } catch (error) {
    // For the person who starts it: several lines, as they are.
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

/**
 * Next prints whatever a page or an action throws, and would print a query that failed with its parameters. What it
 * only warns of may have been sent by anybody. In development it stays as it is, with the source beside it.
 */
export async function logWhatNextPrints() {
  const { isDevelopment } = await import("@/env");
  if (isDevelopment) return;
  console.error = (...parts) => {
    log.error(sentenceOf(parts) || "A request failed.", errorIn(parts));
  };
  console.warn = (...parts) => {
    const error = errorIn(parts);
    log.warn(sentenceOf(parts) || (error ? describeError(error) : "Next warned of something."));
  };
}

const sentenceOf = (parts: unknown[]) =>
  stripVTControlCharacters(parts.filter((part) => typeof part === "string").join(" "))
    .replace(/[⨯⚠]/g, "")
    .trim();
const errorIn = (parts: unknown[]) => parts.find((part) => part instanceof Error);

/** Starts what a long-lived server does without being asked. Imported late: without an environment it could not be. */
export async function startTimers() {
  const { startJobs } = await import("@/lib/background/jobs");
  startJobs();
}

/** Before the first request, for it is about what Next cannot read, keeps for as long as anybody likes, or leaves out. */
export async function guardServer() {
  const { isDevelopment } = await import("@/env");
  const { setDefaultHeaders } = await import("@/lib/http/default-headers");
  const { limitBodies } = await import("@/lib/http/bodies");
  const { ignoreUpgrades } = await import("@/lib/http/upgrades");
  const { paceOverload } = await import("@/lib/http/overload");
  const { refuseUnreadableRequests } = await import("@/lib/http/unreadable");
  const { leadVisitorsOfPublicPages } = await import("@/lib/http/lead-visitors");
  setDefaultHeaders();
  limitBodies();
  // `next dev` reloads its pages by an upgrade, and compiles them in the thread that answers.
  if (!isDevelopment) {
    ignoreUpgrades();
    paceOverload();
  }
  refuseUnreadableRequests();
  leadVisitorsOfPublicPages();
}
