import { describe, expect, it } from "vitest";
import { refuseActionCall } from "@/lib/http/action-call";

/** The edges of what may be posted to a page, as bytes; lib/http/action-call.test.ts has a browser's forms. */

const MOST = 65_536;
const CALL = { "Next-Action": "60ba873a53cd46e0ea67ad50b4bd2bf1d41069ea2b" };
/** As browsers make them: nothing that a person types holds it. */
const BOUNDARY = "----ShopFormBoundary7MA4YWxkTrZu0gW";
const FORM = { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` };
const TOO_LARGE = { status: 413, message: "A form may have at most 64 KB." };
const TOO_MANY = { status: 413, message: "A form may have at most 100 fields." };
const NO_FILES = { status: 400, message: "This shop takes no files: send every field as plain text." };

const refusal = (body: BodyInit | null, headers: Record<string, string> = FORM) =>
  refuseActionCall(
    new Request("http://shop.test/login", { method: "POST", body, headers, duplex: "half" } as RequestInit),
  );

const NAME = 'Content-Disposition: form-data; name="a"';
const part = (value: string, head = NAME) => `--${BOUNDARY}\r\n${head}\r\n\r\n${value}\r\n`;
const form = (...parts: string[]) => `${parts.join("")}--${BOUNDARY}--\r\n`;
const inPieces = (text: string) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < text.length; at += 4_099)
        controller.enqueue(new TextEncoder().encode(text.slice(at, at + 4_099)));
      controller.close();
    },
  });

describe("the size", () => {
  const text = (bytes: number) => "x".repeat(bytes);
  const oneField = (bytes: number) => form(part("x".repeat(bytes - form(part("")).length)));

  it.each([
    ["a call with text", text, { ...CALL, "Content-Type": "text/plain;charset=UTF-8" }],
    ["a call without a type", text, { ...CALL, "Content-Type": "" }],
    ["a call with a form", oneField, { ...CALL, ...FORM }],
    ["a form without JavaScript", oneField, FORM],
    ["a list of fields", text, { "Content-Type": "application/x-www-form-urlencoded" }],
    ["bytes", text, { "Content-Type": "application/octet-stream" }],
  ])("of %s may be 64 KB and not a byte more, in one piece or many", async (_, sized, headers) => {
    expect(sized(MOST)).toHaveLength(65_536);
    for (const toBody of [(body: string) => body, inPieces]) {
      expect(await refusal(toBody(sized(MOST)), headers)).toBeNull();
      expect(await refusal(toBody(sized(MOST + 1)), headers)).toEqual(TOO_LARGE);
    }
  });

  it("counts bytes, not characters", async () => {
    expect(await refusal("é".repeat(MOST / 2))).toBeNull();
    expect(await refusal("é".repeat(MOST / 2 + 1))).toEqual(TOO_LARGE);
  });

  it("is told before anything else that may be wrong", async () => {
    expect(await refusal(part("").repeat(20_000))).toEqual(TOO_LARGE);
    expect(await refusal(form(...Array(101).fill(part("")), part("", `${NAME}; filename=""`)))).toEqual(
      TOO_MANY,
    );
  });
});

describe("the number of fields", () => {
  it.each(["multipart/form-data", "Multipart/Form-Data", "multipart/form-data;charset=utf-8"])(
    "may be a hundred and not one more, in a body of the type %s",
    async (type) => {
      const headers = { "Content-Type": `${type}; boundary=${BOUNDARY}` };
      for (const head of [NAME, NAME.toLowerCase(), NAME.toUpperCase()]) {
        expect(await refusal(form(...Array(100).fill(part("x", head))), headers)).toBeNull();
        expect(await refusal(form(...Array(101).fill(part("x", head))), headers)).toEqual(TOO_MANY);
      }
    },
  );

  it("is counted by no boundary, about which two parsers may differ", async () => {
    const body = form(...Array(101).fill(part("x")));
    for (const type of ["", "; boundary=", "; boundary=y", `; boundary="${BOUNDARY}"; boundary=y`])
      expect(await refusal(body, { "Content-Type": `multipart/form-data${type}` })).toEqual(TOO_MANY);
  });
});

describe("a part", () => {
  const sent = (head: string) => refusal(form(part("before"), part("x", head), part("after")));

  it.each([
    ...["; filename=x", '; filename=""', ';filename="x"', "; FileName=x", "; filename*=utf-8''x"],
    ...["; filename =x", "; filename*0=x", "; filename*0*=utf-8''x", '; x="\\""; filename=x'],
    ...["\r\n ; filename=x", ";\r\n\tfilename=x"],
  ])("is no file, however that is told: %j", async (more) => {
    expect(await sent(NAME)).toBeNull();
    expect(await sent(NAME + more)).toEqual(NO_FILES);
    expect(
      await sent(more.startsWith(";") ? `Content-Disposition: form-data${more}; name="a"` : NAME + more),
    ).toEqual(NO_FILES);
  });

  it.each([
    ...["Content-Type: text/plain", "content-type:text/plain", "CONTENT-TYPE: application/octet-stream"],
    ...["Content-Transfer-Encoding: base64", "X-Anything: y", "!: y"],
  ])("has no header of its own: %s", async (header) => {
    expect(await sent(`${NAME}\r\n${header}`)).toEqual(NO_FILES);
    expect(await sent(`${header}\r\n${NAME}`)).toEqual(NO_FILES);
  });

  it("is found behind a delimiter with blanks after it, and behind a preamble", async () => {
    const file = part("x", `${NAME}; filename=x`);
    expect(await refusal(form(file.replace("\r\n", " \t\r\n")))).toEqual(NO_FILES);
    expect(await refusal(`preamble\r\n${form(file)}`)).toEqual(NO_FILES);
  });

  it("may hold the words of a header in its text", async () => {
    for (const text of [
      `${NAME}; filename=x`,
      "Content-Type: text/plain\r\nX: y",
      "a\r\n\r\nContent-Type: b",
    ])
      expect(await refusal(form(part(text)))).toBeNull();
  });
});

describe("the framework's to refuse", () => {
  it("is a form that is cut short, wherever", async () => {
    const whole = form(part("x"));
    for (let length = 0; length <= whole.length; length++)
      expect(await refusal(whole.slice(0, length)), `${length}`).toBeNull();
    expect(await refusal(null)).toBeNull();
  });

  it("is a body that is no multipart", async () => {
    for (const text of ["x", "--", "\r\n", `--${BOUNDARY}`, "--\r\n\r\n--"])
      expect(await refusal(text)).toBeNull();
    for (const type of ["", "; boundary=", "; boundary=y"])
      expect(await refusal(form(part("x")), { "Content-Type": `multipart/form-data${type}` })).toBeNull();
  });
});

/** Each of these is 64 KB of what an expression may go over again and again; a quadratic one takes minutes. */
it.each([
  ["delimiters", "--\r\n"],
  ["dashes", "-"],
  ["lines that begin anew", "--x\r\ncontent-disposition"],
  ["file names without an end", "filename"],
  ["file names and blanks", "filename \t*0"],
  ["headers without a name", "--\r\n:"],
  ["new lines", "\r\n"],
])("is read in a time that grows with its length alone: %s", async (_, piece) => {
  const head = `--x\r\nContent-Disposition: form-data; `;
  const bodies = [
    piece.repeat(MOST / piece.length),
    head + piece.repeat((MOST - head.length) / piece.length),
  ];
  const startedAt = performance.now();
  for (const body of bodies) await refusal(body);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
