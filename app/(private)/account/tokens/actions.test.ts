import { createHash, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { revalidatePath } from "next/cache";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import { accessTokens } from "@/db/schema";
import { authenticateToken } from "@/lib/auth/tokens";
import { emptyForm, type FormState } from "@/lib/form";
import { formOf, newVisitor, outcomeOf } from "@/test/support/next-request";
import { attemptsMade, signedIn, signInAs } from "@/test/support/visitor";
import { createToken, revokeToken } from "./actions";

vi.mock("next/headers", () => import("@/test/support/next-request"));
vi.mock("next/cache", () => ({ revalidatePath: vi.fn() }));

/** As a browser sends the form that nobody changed but for the name. */
const AS_IT_IS = { scope_checkout: "on", lifetime: "90" };
const create = async (name: string, over: object = {}): Promise<FormState & { token?: string }> =>
  createToken(emptyForm, formOf({ name, ...AS_IT_IS, ...over }));
const revoke = (token_id: string) => outcomeOf(revokeToken(formOf({ token_id })));
const tokensOf = (userId: string) =>
  db.select().from(accessTokens).where(eq(accessTokens.userId, userId)).orderBy(accessTokens.createdAt);

beforeEach(() => {
  newVisitor();
  vi.mocked(revalidatePath).mockClear();
});

describe("createToken", () => {
  it("gives a token that works for ninety days, and keeps only its hash", async () => {
    const user = await signedIn();
    const { token = "", ...state } = await create("  Nightly build ");
    expect(state).toEqual({ values: {}, errors: {} });
    expect(token).toMatch(/^tf_[\w-]{43}$/);
    expect(await tokensOf(user.id)).toMatchObject([
      {
        name: "Nightly build",
        tokenHash: createHash("sha256").update(token).digest("hex"),
        prefix: token.slice(0, 10),
        scope: "checkout",
        expiresAt: expect.any(Date),
        lastUsedAt: null,
        revokedAt: null,
      },
    ]);
    expect(await daysOf(user.id)).toBe(90);
    expect((await authenticateToken(token))?.user.id).toBe(user.id);
    expect(vi.mocked(revalidatePath).mock.calls).toEqual([["/account/tokens"]]);
  });

  it.each([
    ["30", 30],
    ["365", 365],
    ["", null],
  ])("gives one for %j days, as was chosen", async (lifetime, days) => {
    const user = await signedIn();
    expect(await create("Chosen", { lifetime })).toHaveProperty("token");
    expect(await daysOf(user.id)).toBe(days);
  });

  it("gives one that may do what was ticked, and refuses one that may do nothing", async () => {
    const user = await signedIn();
    const form = formOf({ name: "Portal", scope_portal: "on", lifetime: "30" });
    expect(await createToken(emptyForm, form)).toHaveProperty("token");
    expect(await create("Both", { scope_portal: "on" })).toHaveProperty("token");
    expect((await tokensOf(user.id)).map(({ scope }) => scope)).toEqual(["portal", "checkout portal"]);
    for (const over of [{}, { scope_admin: "on" }] as Record<string, string>[]) {
      const nothing = formOf({ name: "Nothing", lifetime: "30", ...over });
      expect(await createToken(emptyForm, nothing)).toEqual({
        values: { name: "Nothing", lifetime: "30", ...over },
        errors: { scope: "Choose what the program may do." },
      });
    }
    expect(await tokensOf(user.id)).toHaveLength(2);
  });

  it.each(["0", "91", "-1", "never", "1e9"])("refuses %j days, which no page offers", async (lifetime) => {
    const user = await signedIn();
    expect(await create("Odd", { lifetime })).toMatchObject({
      errors: { lifetime: "Choose from the list." },
    });
    expect(await tokensOf(user.id)).toEqual([]);
  });

  it("makes thirty in a quarter of an hour, and says when to go on", async () => {
    const user = await signedIn();
    await attemptsMade(`token:account:${user.id}`, 29, 90);
    expect(await create("The thirtieth")).toHaveProperty("token");
    expect(await create("One more")).toEqual({
      values: { name: "One more", ...AS_IT_IS },
      errors: {},
      message: "Too many attempts. Try again in 2 minutes.",
    });
    expect(await tokensOf(user.id)).toHaveLength(1);
  });

  it("says so when there are as many as there can be", async () => {
    const user = await signedIn();
    const row = (n: number) => ({
      userId: user.id,
      name: `${n}`,
      tokenHash: randomUUID(),
      prefix: "tf_1234567",
    });
    await db.insert(accessTokens).values(Array.from({ length: 50 }, (_, n) => row(n)));
    expect(await create("The fifty-first")).toEqual({
      values: { name: "The fifty-first", ...AS_IT_IS },
      errors: {},
      message:
        "This account has 50 tokens that work, which is the most there can be. Revoke one, or wait until one expires.",
    });
    expect(await tokensOf(user.id)).toHaveLength(50);
  });

  /** From the row's making to its end. */
  async function daysOf(userId: string) {
    const [row] = await tokensOf(userId);
    if (!row?.expiresAt) return null;
    return Math.round((row.expiresAt.getTime() - row.createdAt.getTime()) / 86_400_000);
  }

  it.each(["", " \t "])("refuses %j as a name", async (name) => {
    const user = await signedIn();
    expect(await create(name)).toEqual({
      values: { name, ...AS_IT_IS },
      errors: { name: "Give the token a name, such as the program that will use it." },
    });
    expect(await tokensOf(user.id)).toEqual([]);
    expect(revalidatePath).not.toHaveBeenCalled();
  });

  it("takes a name of 60 and refuses one of 61", async () => {
    const user = await signedIn();
    expect(await create("x".repeat(61))).toMatchObject({ errors: { name: expect.stringContaining("60") } });
    expect(await create("x".repeat(60))).toHaveProperty("token");
    expect(await tokensOf(user.id)).toHaveLength(1);
  });

  it("asks somebody who is signed out to sign in, and to come back", async () => {
    expect(await outcomeOf(create("Nightly build"))).toEqual({ to: "/login?next=%2Faccount%2Ftokens" });
  });
});

describe("revokeToken", () => {
  it("locks out the program that uses it, and no other", async () => {
    const user = await signedIn();
    const [first, second] = [(await create("First")).token ?? "", (await create("Second")).token ?? ""];
    vi.mocked(revalidatePath).mockClear();
    const [row] = await tokensOf(user.id);
    expect(await revoke(row?.id ?? "")).toEqual({ answer: undefined });
    expect(await authenticateToken(first)).toBeNull();
    expect((await authenticateToken(second))?.user.id).toBe(user.id);
    expect(vi.mocked(revalidatePath).mock.calls).toEqual([["/account/tokens"]]);
  });

  it("does not reach somebody else's token", async () => {
    const owner = await signedIn();
    const { token = "" } = await create("Mine");
    const [row] = await tokensOf(owner.id);
    await signedIn();
    expect(await revoke(row?.id ?? "")).toEqual({ answer: undefined });
    expect((await authenticateToken(token))?.user.id).toBe(owner.id);
  });

  it("keeps the time of the first call", async () => {
    const user = await signedIn();
    await create("Once");
    const [row] = await tokensOf(user.id);
    await revoke(row?.id ?? "");
    const [revoked] = await tokensOf(user.id);
    await revoke(row?.id ?? "");
    expect(await tokensOf(user.id)).toEqual([revoked]);
    expect(revoked?.revokedAt).not.toBeNull();
  });

  it("does nothing to what is no token's id", async () => {
    const user = await signedIn();
    await create("Mine");
    for (const odd of ["", "x", "11111111-1111-4111-8111-111111111111"])
      expect(await revoke(odd)).toEqual({ answer: undefined });
    expect(await tokensOf(user.id)).toMatchObject([{ revokedAt: null }]);
  });

  it("asks somebody who is signed out to sign in, and revokes nothing", async () => {
    const user = await signedIn();
    const { token = "" } = await create("Mine");
    const [row] = await tokensOf(user.id);
    newVisitor();
    expect(await revoke(row?.id ?? "")).toEqual({ to: "/login?next=%2Faccount%2Ftokens" });
    await signInAs(user);
    expect((await authenticateToken(token))?.user.id).toBe(user.id);
  });
});
