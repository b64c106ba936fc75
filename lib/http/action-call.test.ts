import { describe, expect, it } from "vitest";
import { refuseActionCall } from "./action-call";

/** Forms as a browser makes them; test/doors/action-call-limits.test.ts has them written by hand, and the edges. */

const ACTION = { "Next-Action": "60ba873a53cd46e0ea67ad50b4bd2bf1d41069ea2b" };

const refusal = (body: BodyInit, headers: Record<string, string> = {}) =>
  refuseActionCall(new Request("http://shop.test/login", { method: "POST", body, headers }));

const formOf = (...fields: [string, string | Blob][]) => {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
};

describe.each([
  ["by React", ACTION],
  ["without JavaScript", {}],
])("a form sent %s", (_, headers) => {
  it.each([
    ["nothing", formOf()],
    ["one field twice", formOf(["email", "ada@shop.test"], ["email", "bea@shop.test"])],
    [
      "names and texts of any encoding",
      formOf(["$ACTION_REF_9", "$@1"], ["_1_x", '{"$~":1}'], ["", "é💥\0"]),
    ],
    ["words like a file's", formOf(["filename", "filename=x"], ['a"; b', 'x"; filename="y'], ["c", "d: e"])],
    ["lines that begin as a part's do", formOf(["a", "--b"], ["c", "\r\n--d"], ["e", "--f: g\r\n"])],
  ])("passes with %s", async (_name, form) => {
    expect(await refusal(form, headers)).toBeNull();
  });

  it.each([
    ["a name", new File(["x"], "x.png", { type: "image/png" })],
    ["no name", new File([], "", { type: "application/octet-stream" })],
    ["a name that holds a quote", new File(["x"], 'x"; y="z')],
    ["a name of another alphabet", new File(["x"], "счёт.pdf")],
  ])("is refused with a file that has %s, wherever it stands", async (_name, file) => {
    const expected = { status: 400, message: "This shop takes no files: send every field as plain text." };
    expect(await refusal(formOf(["picture", file]), headers)).toEqual(expected);
    expect(await refusal(formOf(["a", "b"], ["picture", file], ["c", "d"]), headers)).toEqual(expected);
  });
});

it.each(["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "application/json", ""])(
  "a body of the type %j passes, whatever it says",
  async (type) => {
    for (const text of ["", "[", '["$1:__proto__:then"]', "content-disposition:".repeat(101)])
      expect(await refusal(text, { ...ACTION, "Content-Type": type })).toBeNull();
  },
);
