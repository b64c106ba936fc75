import { expect, it } from "vitest";

const target = new URL(process.env.DATABASE_URL ?? "");
const { username, password, port, pathname } = target;
process.env.DATABASE_URL = `postgres://${username}:${password}@127.0.0.1:1,127.0.0.1:${port}${pathname}`;
// From here on the app's modules may read the environment.
const { client } = await import("./index");

it("where one of several hosts refuses, the next is asked", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => client`select 1 as one`));
  expect(answers.flat()).toEqual(Array(20).fill({ one: 1 }));
});
