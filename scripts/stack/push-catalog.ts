/** Applies catalog.json. Imports lib only when called, because env.ts reads an environment completed by then. */
export async function pushCatalog(): Promise<string[]> {
  const { applyCatalog } = await import("../../lib/billing/catalog/apply");
  const { client } = await import("../../db");
  try {
    return await applyCatalog();
  } finally {
    await client.end();
  }
}
