import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { FullError, limitTo } from "./limit";

/** Work that ends when it is told to, and a record of what has begun. */
function newWork() {
  const begun: string[] = [];
  const ends = new Map<string, { resolve(result: string): void; reject(reason: Error): void }>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }));
  };
  const end = async (name: string) => {
    ends.get(name)?.resolve(`${name} is done`);
    await turn();
  };
  const fail = async (name: string) => {
    ends.get(name)?.reject(new Error(name));
    await turn();
  };
  return { begun, work, end, fail };
}

it("begins as many as may run at once, and the next when one has ended, in order", async () => {
  const { begun, work, end } = newWork();
  const limit = limitTo(2);
  const results = ["a", "b", "c", "d"].map((name) => limit(work(name)));
  await turn();
  expect(begun).toEqual(["a", "b"]);
  await end("b");
  expect(begun).toEqual(["a", "b", "c"]);
  for (const name of ["a", "c", "d"]) await end(name);
  expect(await Promise.all(results)).toEqual(["a is done", "b is done", "c is done", "d is done"]);
});

it("a failure is the caller's, and frees its place", async () => {
  const { begun, work, end, fail } = newWork();
  const limit = limitTo(1);
  const [first, second] = [limit(work("first")), limit(work("second"))];
  const refused = expect(first).rejects.toThrow("first");
  await turn();
  await fail("first");
  await refused;
  expect(begun).toEqual(["first", "second"]);
  await end("second");
  expect(await second).toBe("second is done");
});

it("refuses whom there is no place for in line, and takes the next when there is", async () => {
  const { begun, work, end } = newWork();
  const limit = limitTo(1, 1);
  const [first, second] = [limit(work("first")), limit(work("second"))];
  expect(limit.isFull()).toBe(true);
  await expect(limit(work("third"))).rejects.toThrow(FullError);
  await end("first");
  await first;
  expect(limit.isFull()).toBe(false);
  const fourth = limit(work("fourth"));
  await end("second");
  await end("fourth");
  expect([await second, await fourth]).toEqual(["second is done", "fourth is done"]);
  expect(begun).toEqual(["first", "second", "fourth"]);
});
