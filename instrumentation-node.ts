/** Throwing while the server starts would leave one that answers 500 to everything; so it says why, and ends. */
export async function checkEnvironment() {
  try {
    await import("@/env");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Starts what a long-lived server does without being asked. Imported late: without an environment it could not be. */
export async function startTimers() {
  const { startJobs } = await import("@/lib/background/jobs");
  startJobs();
}

/** Before the first request, for it is about what Next itself cannot read. */
export async function guardServer() {
  const { refuseUnreadableRequests } = await import("@/lib/http/unreadable");
  refuseUnreadableRequests();
}
