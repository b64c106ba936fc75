/** Throwing while the server starts would leave one that answers 500 to everything; so it says why, and ends. */
export async function checkEnvironment() {
  try {
    await import("@/lib/env");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
