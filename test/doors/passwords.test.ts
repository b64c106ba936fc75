import type * as argon2 from "@node-rs/argon2";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isEasyToGuess } from "@/lib/auth/easy-passwords";
import { hashPassword, isBusy, passwordSchema, verifyPassword } from "@/lib/auth/passwords";
import { FullError } from "@/lib/limit";

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
    [
      "twelve that are six in the form that is hashed",
      "e\u0301".repeat(6),
      "Use at least 12 characters; a few words in a row are easy to remember.",
    ],
    [
      "six that take two code units each",
      "\u{1f528}".repeat(6),
      "Use at least 12 characters; a few words in a row are easy to remember.",
    ],
    ["eight of which one is eighteen, 129 times", "\ufdfa".repeat(8), "Use at most 128 characters."],
    ["513 code units, whatever they compose to", `${"e\u0301".repeat(256)}x`, "Use at most 128 characters."],
    ["none", undefined, "Choose a password."],
  ])("not %s", (_, password, message) => {
    expect(passwordSchema.safeParse(password).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it.each([
    ["twelve characters", "x".repeat(12)],
    ["128 characters", "x".repeat(128)],
    ["128 that take two code units each", "\u{1f528}".repeat(128)],
    ["twelve that were typed in twenty-four", "e\u0301".repeat(12)],
    ["128 that were typed in 512", "\u03b1\u0313\u0300\u0345".repeat(128)],
    ["spaces, as they are", "  a b c  d e  "],
    ["any script", "пароль из слов"],
  ])("%s", (_, password) => {
    expect(passwordSchema.parse(password)).toBe(password);
  });
});

describe("what is easy to guess", () => {
  const OWN = ["Grace Hopper", "grace.of.the.navy@example.com"];

  it.each([
    ...["passwordpassword", "123456789012", "qwertyuiopas", "password1234", "Password123!", "aaaaaaaaaaaa"],
    ...["            ", "x".repeat(128), "abcdefghijkl", "iloveyouforever", "q1w2e3r4t5y6"],
    ...["grace.of.the.navy@example.com", "Grace Hopper!", "ｐａｓｓｗｏｒｄ１２３４"],
  ])("is %j", (password) => {
    expect(isEasyToGuess(password, OWN)).toBe(true);
  });

  it.each([
    ...["correct horse battery", "another long password", "пароль из слов", "  a b c  d e  "],
    ...["blue table green", "k9#fLw2vQz!m", "鉄を打つなら熱いうちに限るね"],
  ])("is not %j", (password) => {
    expect(isEasyToGuess(password, OWN)).toBe(false);
  });

  it("is told in a moment, whatever it is", () => {
    const odd = Array.from({ length: 128 }, (_, n) => "4@1$0pP"[(n * n) % 7]).join("");
    const from = performance.now();
    isEasyToGuess(odd, ["x".repeat(100), `${"y".repeat(240)}@example.com`]);
    expect(performance.now() - from).toBeLessThan(1_000);
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
  it("of hashes waits in line, one at a time", async () => {
    const hashes = await Promise.all(Array.from({ length: 6 }, () => hashPassword(PASSWORD)));
    expect(new Set(hashes).size).toBe(6);
    expect(watch.most).toBe(1);
  });

  it("of checks waits in the same line", async () => {
    const passwordHash = await hashPassword(PASSWORD);
    const work = Array.from({ length: 3 }, () => [
      hashPassword(PASSWORD).then(() => true),
      verifyPassword(passwordHash, PASSWORD),
    ]);
    expect(await Promise.all(work.flat())).toEqual(Array(6).fill(true));
    expect(watch.most).toBe(1);
  });

  it("of more than sixty-one is refused from there on, at once, and the line is free afterwards", async () => {
    const all = Array.from({ length: 64 }, () => hashPassword(PASSWORD));
    const [first] = await Promise.allSettled(all.slice(61));
    expect(first).toMatchObject({ status: "rejected", reason: expect.any(FullError) });
    const ends = (await Promise.allSettled(all)).map(({ status }) => status);
    expect(ends.filter((status) => status === "rejected")).toHaveLength(3);
    expect(await verifyPassword(await hashPassword(PASSWORD), PASSWORD)).toBe(true);
  }, 60_000);

  it("of strangers does not stand before those whose browser is known, who have a line of the same length", async () => {
    const passwordHash = await hashPassword(PASSWORD);
    const ends: string[] = [];
    const strangers = Array.from({ length: 61 }, () =>
      hashPassword(PASSWORD).then(() => ends.push("stranger")),
    );
    expect([isBusy("strangers"), isBusy("known")]).toEqual([true, false]);
    expect(await verifyPassword(passwordHash, PASSWORD, "known")).toBe(true);
    expect(ends.length).toBeLessThan(10);
    expect(watch.most).toBe(2);
    const known = Array.from({ length: 61 }, () => hashPassword(PASSWORD, "known"));
    expect(isBusy("known")).toBe(true);
    await expect(hashPassword(PASSWORD, "known")).rejects.toThrow(FullError);
    await Promise.all([...strangers, ...known]);
    expect([isBusy("strangers"), isBusy("known")]).toEqual([false, false]);
  }, 60_000);

  it("of failures leaves every place free", async () => {
    const broken = Array.from({ length: 9 }, () => verifyPassword("no hash", PASSWORD));
    const failures = await Promise.allSettled(broken);
    expect(failures.map(({ status }) => status)).toEqual(Array(9).fill("rejected"));
    await Promise.all(Array.from({ length: 4 }, () => hashPassword(PASSWORD)));
    expect(watch.most).toBe(1);
    expect(watch.running).toBe(0);
  });
});
