import type * as argon2 from "@node-rs/argon2";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hashPassword, passwordSchema, verifyPassword } from "@/lib/auth/passwords";

/** The real argon2, watched: how many run at the same moment, and against which hash. */
const watch = vi.hoisted(() => ({ running: 0, most: 0, verified: [] as string[] }));
vi.mock("@node-rs/argon2", async (importOriginal) => {
  const real = await importOriginal<typeof argon2>();
  const watched = async <T>(work: Promise<T>) => {
    watch.most = Math.max(watch.most, ++watch.running);
    return work.finally(() => watch.running--);
  };
  return {
    ...real,
    hash: (...args: Parameters<typeof real.hash>) => watched(real.hash(...args)),
    verify: (...args: Parameters<typeof real.verify>) => {
      watch.verified.push(String(args[0]));
      return watched(real.verify(...args));
    },
  };
});

afterEach(() => {
  Object.assign(watch, { most: 0, verified: [] });
});

const PASSWORD = "correct horse battery";
/** OWASP asks for 19 MiB and two passes at least; ours are 64 MiB (65536 KiB), three, and one thread. */
const OUR_PARAMETERS = /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/;

describe("what may be a password", () => {
  it.each([
    [
      "eleven characters",
      "x".repeat(11),
      "Use at least 12 characters; a few words in a row are easy to remember.",
    ],
    ["129 characters", "x".repeat(129), "Use at most 128 characters."],
    ["none", undefined, "Choose a password."],
  ])("not %s", (_, password, message) => {
    expect(passwordSchema.safeParse(password).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it.each([
    ["twelve characters", "x".repeat(12)],
    ["128 characters", "x".repeat(128)],
    ["spaces, as they are", "  a b c  d e  "],
    ["any script", "пароль из слов"],
  ])("%s", (_, password) => {
    expect(passwordSchema.parse(password)).toBe(password);
  });
});

describe("a hash", () => {
  it("takes the work we say it does, and is salted", async () => {
    const [one, other] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    expect(one).toMatch(OUR_PARAMETERS);
    expect(one).not.toBe(other);
  });

  it("fits its password alone", async () => {
    const passwordHash = await hashPassword(PASSWORD);
    expect(await verifyPassword(passwordHash, PASSWORD)).toBe(true);
    expect(await verifyPassword(passwordHash, `${PASSWORD} `)).toBe(false);
    expect(await verifyPassword(passwordHash, PASSWORD.toUpperCase())).toBe(false);
    expect(await verifyPassword(passwordHash, "")).toBe(false);
  });

  it.each([
    ["composed and decomposed", "cafe\u0301 au lait, bien", "caf\u00e9 au lait, bien"],
    ["full width and half", "ｐａｓｓｗｏｒｄ of mine", "password of mine"],
    ["a ligature and its letters", "\ufb01ne words in a row", "fine words in a row"],
  ])("fits the same text typed differently, either way round: %s", async (_, one, other) => {
    expect(one).not.toBe(other);
    expect(await verifyPassword(await hashPassword(one), other)).toBe(true);
    expect(await verifyPassword(await hashPassword(other), one)).toBe(true);
  });
});

describe("an unknown address", () => {
  it("is the same work and a no, even for the password that the work is done on", async () => {
    for (const password of [PASSWORD, "nobody has this password"])
      expect(await verifyPassword(null, password)).toBe(false);
    expect(watch.verified).toEqual([expect.stringMatching(OUR_PARAMETERS), watch.verified[0]]);
  });
});

describe("a burst", () => {
  it("of hashes waits in line, four at a time", async () => {
    const hashes = await Promise.all(Array.from({ length: 12 }, () => hashPassword(PASSWORD)));
    expect(new Set(hashes).size).toBe(12);
    expect(watch.most).toBe(4);
  });

  it("of checks waits in the same line", async () => {
    const passwordHash = await hashPassword(PASSWORD);
    const work = Array.from({ length: 6 }, () => [
      hashPassword(PASSWORD).then(() => true),
      verifyPassword(passwordHash, PASSWORD),
    ]);
    expect(await Promise.all(work.flat())).toEqual(Array(12).fill(true));
    expect(watch.most).toBe(4);
  });

  it("of failures leaves every place free", async () => {
    const broken = Array.from({ length: 9 }, () => verifyPassword("no hash", PASSWORD));
    const failures = await Promise.allSettled(broken);
    expect(failures.map(({ status }) => status)).toEqual(Array(9).fill("rejected"));
    await Promise.all(Array.from({ length: 8 }, () => hashPassword(PASSWORD)));
    expect(watch.most).toBe(4);
    expect(watch.running).toBe(0);
  });
});
