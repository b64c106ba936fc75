import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import { accessTokens } from "@/db/schema";
import { newVisitor, outcomeOf } from "@/test/support/next-request";
import { elements, fieldsOf, render, tableOf, textOf } from "@/test/support/render";
import { signedIn } from "@/test/support/visitor";
import TokensPage, { metadata } from "./page";

vi.mock("next/headers", () => import("@/test/support/next-request"));
vi.mock("./actions", async (original) => {
  const { namedActions } = await import("@/test/support/server-action");
  return namedActions(await original());
});

const read = async () => render(await TokensPage());
const HOUR_MS = 3_600_000;

async function token(userId: string, over: Partial<typeof accessTokens.$inferInsert>) {
  const values = { userId, name: "A token", tokenHash: randomUUID(), prefix: "tf_0000000", ...over };
  const [row] = await db.insert(accessTokens).values(values).returning();
  return row?.id ?? "";
}

beforeEach(() => {
  newVisitor();
});

describe("/account/tokens", () => {
  it("is called so", () => {
    expect(metadata.title).toBe("Access tokens");
  });

  it("asks somebody who is signed out to sign in, and to come back", async () => {
    expect(await outcomeOf(TokensPage())).toEqual({ to: "/login?next=%2Faccount%2Ftokens" });
  });

  it("says what a token is for, and that there are none", async () => {
    await signedIn();
    const html = await read();
    expect(textOf(html).split("\n")).toEqual([
      "Access tokens",
      "BillingAccess tokens",
      "New token",
      "A program that holds a token can do in your name what you allow here. It cannot see your password.",
      "Name",
      "Which program is it for?",
      "The program may",
      "start a checkout",
      "open your billing page",
      "It works for",
      "30 days",
      "90 days",
      "365 days",
      "as long as you do not revoke it",
      "Make a token",
      "Your tokens",
      "Revoke one, and the program that uses it is locked out at once.",
      "No tokens yet.",
    ]);
    expect(elements(html, "form").map(({ attributes }) => attributes.action)).toEqual(["createToken"]);
    expect(html).toMatch(/href="\/account\/tokens" aria-current="page"/);
  });

  it("lists even a single one", async () => {
    const user = await signedIn();
    await token(user.id, { name: "Only" });
    const html = await read();
    expect(tableOf(html).map(([name]) => name)).toEqual(["Token", "Only\ntf_0000000…\nMay start a checkout"]);
    expect(html).not.toContain("No tokens yet.");
  });

  it("lists the person's own, the newest first, each as it stands", async () => {
    const stranger = await signedIn();
    await token(stranger.id, { name: "Somebody else's" });
    const user = await signedIn();
    const made = (day: number) => ({ createdAt: new Date(`2026-03-0${day}T12:00:00Z`) });
    const endless = await token(user.id, { name: "Endless", prefix: "tf_aaaaaaa", ...made(1) });
    const running = await token(user.id, {
      name: "Running",
      scope: "portal",
      prefix: "tf_bbbbbbb",
      lastUsedAt: new Date("2026-04-09T12:00:00Z"),
      expiresAt: new Date("2099-05-06T12:00:00Z"),
      ...made(2),
    });
    await token(user.id, {
      name: "Over",
      scope: "checkout portal",
      prefix: "tf_ccccccc",
      expiresAt: new Date(Date.now() - HOUR_MS),
      ...made(3),
    });
    await token(user.id, {
      name: "Gone",
      scope: "of a later version",
      prefix: "tf_ddddddd",
      revokedAt: new Date("2026-03-08T12:00:00Z"),
      expiresAt: new Date("2099-05-06T12:00:00Z"),
      ...made(4),
    });

    const html = await read();
    expect(tableOf(html)).toEqual([
      ["Token", "Made", "State"],
      ["Gone\ntf_ddddddd…\nMay do nothing", "Mar 4, 2026\nNever used", "Revoked"],
      [
        "Over\ntf_ccccccc…\nMay start a checkout and open your billing page",
        "Mar 3, 2026\nNever used",
        "Expired",
      ],
      [
        "Running\ntf_bbbbbbb…\nMay open your billing page",
        "Mar 2, 2026\nUsed Apr 9, 2026",
        "Revoke Running\nuntil May 6, 2099",
      ],
      ["Endless\ntf_aaaaaaa…\nMay start a checkout", "Mar 1, 2026\nNever used", "Revoke Endless"],
    ]);
    expect(elements(html, "form").map(({ attributes }) => attributes.action)).toEqual([
      "createToken",
      "revokeToken",
      "revokeToken",
    ]);
    const ids = fieldsOf(html).filter(({ name }) => name === "token_id");
    expect(ids).toEqual([running, endless].map((value) => ({ type: "hidden", name: "token_id", value })));
  });
});
