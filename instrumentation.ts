/** Runs once when the server starts. The import is apart because Next also builds this file for its edge runtime. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { checkEnvironment, guardServer, logWhatNextPrints, startTimers } = await import(
    "./instrumentation-node"
  );
  await checkEnvironment();
  await logWhatNextPrints();
  await guardServer();
  await startTimers();
}
