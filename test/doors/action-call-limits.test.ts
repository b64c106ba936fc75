import { describe, expect, it } from "vitest";
import { refuseActionCall } from "@/lib/http/action-call";

/** The edges of what may reach React's decoder; lib/http/action-call.test.ts has the middle. */

const MB = 1024 * 1024;
const CALL = { "Next-Action": "60ba873a53cd46e0ea67ad50b4bd2bf1d41069ea2b" };
/** As browsers make them: nothing that a person types holds it. */
const BOUNDARY = "----ShopFormBoundary7MA4YWxkTrZu0gW";
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;
const TOO_LARGE = { status: 413, message: "A form may have at most 1 MB." };
const UNREADABLE = { status: 400, message: "This is not how a page of this shop calls an action." };

const refusal = (body: BodyInit | null, headers: Record<string, string>) =>
  refuseActionCall(
    new Request("http://shop.test/login", { method: "POST", body, headers, duplex: "half" } as RequestInit),
  );

const part = (name: string, value: string, more = "") =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const form = (...parts: string[]) => `${parts.join("")}--${BOUNDARY}--\r\n`;
const call = (body: string) => refusal(body, { ...CALL, "Content-Type": FORM });
const inPieces = (text: string) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < text.length; at += 65_537)
        controller.enqueue(new TextEncoder().encode(text.slice(at, at + 65_537)));
      controller.close();
    },
  });

describe("the size", () => {
  const args = (bytes: number) => JSON.stringify(["x".repeat(bytes - 4)]);
  const calledForm = (bytes: number) => {
    const rest = form(part("_1_text", ""), part("0", '["$K1"]')).length;
    return form(part("_1_text", "x".repeat(bytes - rest)), part("0", '["$K1"]'));
  };
  const plainForm = (bytes: number) => {
    const rest = form(part("$ACTION_ID_1f", ""), part("text", "")).length;
    return form(part("$ACTION_ID_1f", ""), part("text", "x".repeat(bytes - rest)));
  };

  it.each([
    ["a call with text", args, { ...CALL, "Content-Type": "text/plain;charset=UTF-8" }],
    ["a call with JSON", args, { ...CALL, "Content-Type": "application/json" }],
    [
      "a call with what is called a list of fields",
      args,
      {
        ...CALL,
        "Content-Type": "application/x-www-form-urlencoded",
      },
    ],
    ["a call with bytes", args, { ...CALL, "Content-Type": "application/octet-stream" }],
    ["a call without a type", args, { ...CALL, "Content-Type": "" }],
    ["a call with a form", calledForm, { ...CALL, "Content-Type": FORM }],
    ["a form without JavaScript", plainForm, { "Content-Type": FORM }],
  ])("of %s may be 1 MB and not a byte more, in one piece or many", async (_, sized, headers) => {
    expect(sized(MB)).toHaveLength(1_048_576);
    for (const toBody of [(text: string) => text, inPieces]) {
      expect(await refusal(toBody(sized(MB)), headers)).toBeNull();
      expect(await refusal(toBody(sized(MB + 1)), headers)).toEqual(TOO_LARGE);
    }
  });

  it("is told before anything else that may be wrong", async () => {
    expect(await refusal("[".repeat(MB + 1), CALL)).toEqual(TOO_LARGE);
    expect(await refusal("[".repeat(MB), CALL)).toEqual(UNREADABLE);
    expect(await refusal("x".repeat(MB + 1), { "Content-Type": FORM })).toEqual(TOO_LARGE);
  });

  it("counts bytes, not characters", async () => {
    expect(await refusal(JSON.stringify(["é".repeat(MB / 2)]), CALL)).toEqual(TOO_LARGE);
  });

  it.each([
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/json",
    "",
    "multipart/mixed; boundary=x",
  ])("of what calls no action is not looked at, nor is its body read: %s", async (type) => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("It was read.")) });
    expect(await refusal(body, { "Content-Type": type })).toBeNull();
  });
});

describe("a call", () => {
  it("is told by its header, even an empty one", async () => {
    expect(await refusal("[", { "Next-Action": "" })).toEqual(UNREADABLE);
    expect(await refusal("[", {})).toBeNull();
  });

  it("without a body is refused", async () => {
    expect(await refusal(null, CALL)).toEqual(UNREADABLE);
    expect(await refusal(null, { ...CALL, "Content-Type": FORM })).toEqual(UNREADABLE);
  });

  it.each([
    ["0", null],
    ["_1_email", null],
    ["_9f_email", null],
    ["_abcdef0123456789_email", null],
    ["_1_", null],
    ["_1_$ACTION_KEY", null],
    ["_1", UNREADABLE],
    ["__email", UNREADABLE],
    ["_g_email", UNREADABLE],
    ["_A_email", UNREADABLE],
    ["x_1_email", UNREADABLE],
    ["00", UNREADABLE],
    ["email", UNREADABLE],
    ["$ACTION_ID_1", UNREADABLE],
  ])("with a field %j", async (name, expected) => {
    const state = name === "0" ? [] : [part("0", '["$K1"]')];
    expect(await call(form(part(name, '["x"]'), ...state))).toEqual(expected);
  });

  /** React can write these into a call (react-server-dom-webpack, `decodeReply`), by the letter after the `$`. */
  it.each([
    ...[
      "@1",
      "F1",
      "T1",
      "Q1",
      "W1",
      "B1",
      "G1",
      "k",
      "Z",
      "R1",
      "r1",
      "X1",
      "x1",
      "i1",
      "D2026-01-01T00:00:00Z",
    ],
    ...[
      "N",
      "I",
      "Infinity",
      "-Infinity",
      "-0",
      "NaN",
      "n12",
      "S1",
      "s",
      "A1",
      "a",
      "O1",
      "o1",
      "U1",
      "u1",
      "L1",
    ],
    ...[
      "l1",
      "M1",
      "m1",
      "V1",
      "E1",
      "P1",
      "Y",
      "h1",
      "1",
      "0",
      "1:a",
      "a",
      ":",
      "undefined ",
      " undefined",
      "K1:x",
    ],
    ...["Kg", "KA", " K1", "K1 ", "Undefined", " "],
  ])("holds no $%s", async (rest) => {
    for (const value of [[`$${rest}`], [{ a: `$${rest}` }], ["x", [[`$${rest}`]]]]) {
      expect(await refusal(JSON.stringify(value), CALL)).toEqual(UNREADABLE);
      expect(await call(form(part("0", JSON.stringify(value))))).toEqual(UNREADABLE);
    }
  });

  it.each(["$$", "$$@1", "$$$", "$undefined", "$K0", "$K1", "$Kff", "", "a$@1", " $1", "\n$1"])(
    "may hold %j",
    async (text) => {
      expect(await refusal(JSON.stringify([{ a: [text] }, text]), CALL)).toBeNull();
      expect(await call(form(part("0", JSON.stringify([text]))))).toBeNull();
    },
  );

  it("takes names of values as they are", async () => {
    expect(await refusal('[{"$1":"x","__proto__":"y"}]', CALL)).toBeNull();
    expect(await refusal('[{"__proto__":"$1"}]', CALL)).toEqual(UNREADABLE);
  });
});

describe("a form", () => {
  it("has no files, however they are told", async () => {
    const file = '; filename="x"';
    const state = part("0", '["$K1"]');
    for (const more of [file, '; filename=""', "; filename*=utf-8''x"])
      expect(await call(form(part("_1_file", "x", more), state))).toEqual(UNREADABLE);
    expect(await refusal(form(part("file", "x", file)), { "Content-Type": FORM })).toEqual(UNREADABLE);
  });

  it.each([
    "Content-Type: text/plain",
    "content-type:text/plain",
    "CONTENT-TYPE: application/octet-stream",
    "Content-Transfer-Encoding: base64",
    "content-transfer-encoding:8bit",
  ])("has no part with a header of its own: %s", async (header) => {
    const parts = (where: string) => form(`--${BOUNDARY}\r\n${where}\r\n\r\nx\r\n`, part("0", "[]"));
    const name = 'Content-Disposition: form-data; name="_1_a"';
    expect(await call(parts(name))).toBeNull();
    expect(await call(parts(`${name}\r\n${header}`))).toEqual(UNREADABLE);
    expect(await call(parts(`X: y\r\n${header}\r\n${name}`))).toEqual(UNREADABLE);
  });

  it.each([
    ["multipart/form-data", UNREADABLE],
    ["multipart/form-data; boundary=", UNREADABLE],
    ["multipart/form-data; boundary=y", UNREADABLE],
    [`multipart/form-data; boundary="${BOUNDARY}"`, null],
    [`multipart/form-data;boundary=${BOUNDARY}`, null],
    [`multipart/form-data; charset=utf-8; boundary=${BOUNDARY}`, null],
  ])("is read by its type: %s", async (type, expected) => {
    expect(await refusal(form(part("0", "[]")), { ...CALL, "Content-Type": type })).toEqual(expected);
    expect(await refusal(form(part("a", "b")), { "Content-Type": type })).toEqual(expected);
  });

  it("that is cut short is refused", async () => {
    const whole = form(part("0", "[]"));
    expect(await call(whole)).toBeNull();
    expect(await call(whole.slice(0, -7))).toEqual(UNREADABLE);
    expect(await call(whole.slice(0, 30))).toEqual(UNREADABLE);
  });
});

describe("a form without JavaScript", () => {
  const ID = "60ba873a53cd46e0ea67ad50b4bd2bf1d41069ea2b";
  const plain = (...fields: [string, string][]) =>
    refusal(form(...fields.map(([name, value]) => part(name, value))), { "Content-Type": FORM });
  const reference = (
    n: string,
    over: Partial<Record<"action" | "state", string>> = {},
  ): [string, string][] => [
    [`$ACTION_REF_${n}`, ""],
    [`$ACTION_${n}:0`, over.action ?? `{"id":"${ID}","bound":"$@1"}`],
    [`$ACTION_${n}:1`, over.state ?? "[{}]"],
  ];

  it("may have more than one reference, and each is looked at", async () => {
    expect(await plain(...reference("1"), ...reference("2"))).toBeNull();
    expect(await plain(...reference("1"), ...reference("2", { state: '["$@0"]' }))).toEqual(UNREADABLE);
    expect(await plain(...reference("1", { action: "{}" }), ...reference("2"))).toEqual(UNREADABLE);
  });

  it("has at most a hundred fields", async () => {
    const fields = (count: number) =>
      plain(...Array.from({ length: count }, (_, n): [string, string] => [`f${n}`, "x"]));
    expect(await fields(100)).toBeNull();
    expect(await fields(101)).toEqual({ status: 413, message: "A form may have at most 100 fields." });
  });

  it("may not name its action or its state twice", async () => {
    for (const field of reference("1").slice(1))
      expect(await plain(...reference("1"), field)).toEqual(UNREADABLE);
  });

  it.each(["", "1%0A", "__proto__", "constructor"])(
    "may have any number but must keep its parts: %j",
    async (n) => {
      expect(await plain([`$ACTION_REF_${n}`, ""])).toEqual(UNREADABLE);
    },
  );

  it.each([
    `{"id":"${ID}","bound":null}`,
    `{"id":"${ID}","bound":"$@2"}`,
    `{"id":"${ID}#x","bound":"$@1"}`,
    `{"id":"","bound":"$@1"}`,
    `{"id":"G","bound":"$@1"}`,
    `{"id":"${ID}","bound":"$@1"} `,
    ` {"id":"${ID}","bound":"$@1"}`,
    `{"id":"${ID}","bound":"$@1","x":1}`,
    `{"bound":"$@1","id":"${ID}"}`,
    `{"id": "${ID}","bound":"$@1"}`,
    "",
    "null",
  ])("names its action by its id and its state alone, not by %s", async (action) => {
    expect(await plain(...reference("1", { action }))).toEqual(UNREADABLE);
  });
});
