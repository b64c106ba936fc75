import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { getUserByEmail, getUserById, insertUser } from "@/db/queries/users";
import { someUser } from "../support/rows";

it("a user is found by the id, and nobody by another", async () => {
  const [ada, bob] = [await someUser({ name: "Ada" }), await someUser({ name: "Bob" })];
  expect(await getUserById(ada.id)).toMatchObject({ id: ada.id, name: "Ada" });
  expect(await getUserById(bob.id)).toMatchObject({ id: bob.id, name: "Bob" });
  expect(await getUserById(randomUUID())).toBeNull();
});

it("an address is the same in any case, as it was typed and as it is asked for", async () => {
  const key = randomUUID();
  const { id } = await someUser({ email: `Ada.${key}@Example.COM` });
  await someUser({ email: `bob.${key}@example.com` });
  for (const email of [
    `ada.${key}@example.com`,
    `ADA.${key.toUpperCase()}@EXAMPLE.COM`,
    `Ada.${key}@Example.COM`,
  ])
    expect(await getUserByEmail(email)).toMatchObject({ id });
  expect(await getUserByEmail(`ada.${key}@example.co`)).toBeNull();
  expect(await getUserByEmail("")).toBeNull();
});

it("an address has one account: the second is not made, and the first stays as it is", async () => {
  const email = `${randomUUID()}@example.com`;
  const first = await insertUser({ email, name: "Ada", passwordHash: "hash of Ada" });
  expect(first).toMatchObject({ email, name: "Ada", passwordHash: "hash of Ada", role: "customer" });
  const again = { email: email.toUpperCase(), name: "Bob", passwordHash: "hash of Bob" };
  expect(await insertUser(again)).toBeNull();
  expect(await getUserByEmail(email)).toEqual(first);
});
