import { verified } from "../verified";

/** The least that a webhook can do. */
export async function POST(request: Request) {
  await verified(request);
  return new Response(null);
}
