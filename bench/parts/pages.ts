import type { Target } from "../cell";
import type { Visit } from "../load/requests";
import type { Part } from "../part";
import { compare } from "../rounds";
import type { Server } from "../server";
import { toTable } from "../table";

/** A cached page beside a bare one of the same size that Next revalidates. */
export const pricing: Part = besideBare("/pricing", "revalidated");

/** A page with a session, its rows and a policy of its own beside a bare one of the same size, rendered each time. */
export const account: Part = besideBare("/account", "dynamic");

function besideBare(path: string, kind: "revalidated" | "dynamic"): Part {
  return async ({ shop, ceiling, plan }) => {
    const bare = await ceiling();
    const headers = { Accept: "text/html", Cookie: shop.cookie };
    const size = await sizeOf(shop.server, path, headers);
    const barePath = await pathOfSize(bare, kind, size);
    const visit = (name: string, server: Server, page: string): Target => ({
      name,
      server,
      requests: (): Visit => ({ kind: "visit", path: page, headers }),
    });
    const name = `bare ${kind} page`;
    const results = await compare(
      [visit(`ours, ${path}`, shop.server, path), visit(name, bare, barePath)],
      plan,
    );
    return `${toTable(results, name)}\n\n${size} bytes each; memory after it: ours ${shop.server.memory.toFixed(0)} MB, bare ${bare.memory.toFixed(0)} MB.`;
  };
}

async function sizeOf(server: Server, path: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(server.origin + path, { headers, redirect: "manual" });
  if (response.status !== 200) throw new Error(`${path} was answered ${response.status}.`);
  return (await response.arrayBuffer()).byteLength;
}

const FEW = 10;
const MANY = 110;

/** A row makes so many bytes; two pages tell how many. */
async function pathOfSize(server: Server, kind: string, size: number): Promise<string> {
  const [few, many] = await Promise.all([FEW, MANY].map((rows) => sizeOf(server, `/dynamic/${rows}`, {})));
  const eachRow = ((many ?? 0) - (few ?? 0)) / (MANY - FEW);
  const rows = Math.max(1, Math.round(FEW + (size - (few ?? 0)) / eachRow));
  return `/${kind}/${rows}`;
}
