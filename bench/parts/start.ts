import { freePort } from "../../scripts/stack/ports";
import type { Part } from "../part";
import { median } from "../rounds";
import { Server } from "../server";

const STARTS = 5;

/** From the command to the first page, and what a server takes before anybody has come. */
export const start: Part = async ({ shop, ceiling }) => {
  await ceiling();
  const folders = { ours: ".", bare: "test-results/ceiling" };
  const lines: string[] = [];
  for (const [name, folder] of Object.entries(folders)) {
    const times: number[] = [];
    const memory: number[] = [];
    for (let count = 0; count < STARTS; count++) {
      const port = await freePort();
      const env = { APP_URL: `http://127.0.0.1:${port}` };
      const server = await Server.start(shop.children, { name: `start-${name}`, folder, env, port });
      times.push(server.startedIn);
      memory.push(server.memory);
      await server.stop();
    }
    lines.push(`| ${name} | ${(median(times) / 1000).toFixed(2)} s | ${median(memory).toFixed(0)} MB |`);
  }
  return ["| | start → first 200 | memory then |", "|---|---|---|", ...lines].join("\n");
};
