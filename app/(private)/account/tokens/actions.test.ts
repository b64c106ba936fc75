import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { revalidatePath } from "next/cache";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import { accessTokens } from "@/db/schema";
import { getUserByAccessToken } from "@/lib/auth/tokens";
import { emptyForm, type FormState } from "@/lib/form";
import { formOf, newVisitor, outcomeOf } from "@/test/support/next-request";
import { signedIn, signInAs } from "@/test/support/visitor";
import { createToken, revokeToken } from "./actions";

vi.mock("next/headers", () => import("@/test/support/next-request"));
vi.mock("next/cache", () => ({ revalidatePath: vi.fn() }));

const create = async (name: string): Promise<FormState & { token?: string }> =>
  createToken(emptyForm, formOf({ name }));
const revoke = (token_id: string) => outcomeOf(revokeToken(formOf({ token_id })));
const tokensOf = (userId: string) =>
  db.select().from(accessTokens).where(eq(accessTokens.userId, userId)).orderBy(accessTokens.createdAt);

beforeEach(() => {
  newVisitor();
  vi.mocked(revalidatePath).mockClear();
});

describe("createToken", () => {
  it("gives a token that works and never expires by itself, and keeps only its hash", async () => {
    const user = await signedIn();
    const { token = "", ...state } = await create("  Nightly build ");
    expect(state).toEqual({ values: {}, errors: {} });
    expect(token).toMatch(/^tf_[\w-]{43}$/);
    expect(await tokensOf(user.id)).toMatchObject([
      {
        name: "Nightly build",
        tokenHash: createHash("sha256").update(token).digest("hex"),
        prefix: token.slice(0, 10),
        expiresAt: null,
        lastUsedAt: null,
        revokedAt: null,
      },
    ]);
    expect((await getUserByAccessToken(token))?.id).toBe(user.id);
    expect(vi.mocked(revalidatePath).mock.calls).toEqual([["/account/tokens"]]);
  });

  it.each(["", " \t "])("refuses %j as a name", async (name) => {
    const user = await signedIn();
    expect(await create(name)).toEqual({
      values: { name },
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
    expect(await getUserByAccessToken(first)).toBeNull();
    expect((await getUserByAccessToken(second))?.id).toBe(user.id);
    expect(vi.mocked(revalidatePath).mock.calls).toEqual([["/account/tokens"]]);
  });

  it("does not reach somebody else's token", async () => {
    const owner = await signedIn();
    const { token = "" } = await create("Mine");
    const [row] = await tokensOf(owner.id);
    await signedIn();
    expect(await revoke(row?.id ?? "")).toEqual({ answer: undefined });
    expect((await getUserByAccessToken(token))?.id).toBe(owner.id);
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
    expect((await getUserByAccessToken(token))?.id).toBe(user.id);
  });
});
