import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashInlineScripts } from "./inline-scripts.mjs";

/** A page as Next writes one into its cache: cut from a build of 16.4.5, with the data shortened. */

const FILES = `(globalThis["TURBOPACK"] || (globalThis["TURBOPACK"] = [])).push({"otherChunks":["static/chunks/1t.js"],"runtimeModuleIds":[94553]});`;
const LIST = "(self.__next_f=self.__next_f||[]).push([0])";
const DATA = '1:"$Sreact.fragment"\n2:["$","p",null,{"children":"Prices"}]\n';
const FIRST = String.raw`self.__next_f.push([1,"1:\"$Sreact.fragment\"\n"])`;
const SECOND = String.raw`self.__next_f.push([1,"2:[\"$\",\"p\",null,{\"children\":\"Prices\"}]\n"])`;

const tag = (script: string) => `<script>${script}</script>`;
const pageWith = (injected: string, scripts = [LIST, FIRST, SECOND]) =>
  `<!DOCTYPE html><html><head><script src="/_next/static/chunks/0q.js" async=""></script></head><body>${injected}<p>Prices</p><script id="_R_">${FILES}</script><script src="/_next/static/chunks/1t.js" async=""></script>${scripts.map(tag).join("")}</body></html>`;
/** As the specification has it: https://www.w3.org/TR/CSP3/#grammardef-hash-source */
const sourceOf = (script: string) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
const hash = (html: string, data = DATA) => hashInlineScripts(html, Buffer.from(data));

const OWN = [FILES, LIST, FIRST, SECOND].map(sourceOf);

describe("the scripts of a page", () => {
  it("that are Next's own are named by their hashes, each once and in their order", () => {
    expect(hash(pageWith(""))).toEqual(OWN);
    // By `openssl dgst -sha256 -binary | base64`.
    expect(OWN[1]).toBe("'sha256-OBTN3RiyCV4Bq7dFqZ5a2pAXjnCcCYeTJMO2I/LYKeo='");
  });

  it.each([
    ["any other", "alert(1)"],
    ["one that begins as the data does", `${FIRST};alert(1)`],
    ["one that ends as the data does", `alert(1);${FIRST}`],
    ["one whose end looks like the data's", 'self.__next_f.push([1,"x"]);f("y")'],
    ["code where the data's JSON would be", "self.__next_f.push([1,alert(1)])"],
    ["code where the text would be", 'self.__next_f.push([1,"".concat(alert(1))])'],
    ["a getter in the place of JSON", 'self.__next_f.push([1,"x"],{get a(){}})'],
    ["data that the page does not have", String.raw`self.__next_f.push([1,"9:\"Free\"\n"])`],
    ["data of the page that is not its turn", SECOND.replace("Prices", "Pricex")],
    ["data of another kind", "self.__next_f.push([2,null])"],
    ["the list with more in it", "(self.__next_f=self.__next_f||[]).push([0,alert(1)])"],
    ["code where the files would be", FILES.replace("[94553]", "[alert(1)]")],
    ["code behind the files", `${FILES}alert(1);`],
    ["the list of another loader", FILES.replaceAll("TURBOPACK", "location")],
    ["space around Next's own", ` ${LIST}`],
    ["a line below Next's own", `${LIST}\nalert(1)`],
    ["nothing", ""],
  ])("that got into it are not: %s", (_, script) => {
    expect(hash(pageWith(tag(script)))).toEqual(OWN);
  });

  it("are found whatever else is in the page", () => {
    for (const injected of ["<!--<script>", "<SCRIPT>alert(1)</SCRIPT>", '<img onerror="alert(1)" src="x:">'])
      expect(hash(pageWith(`${injected}<script>alert(1)</script>`))).toEqual(OWN);
  });

  it("run for nothing where Next has kept no data with the page", () => {
    expect(hashInlineScripts(pageWith(""), undefined)).toEqual([sourceOf(FILES), sourceOf(LIST)]);
  });

  it("carry bytes that are no text in an encoding", () => {
    const data = Buffer.from([0xff, 0x00, 0xfe]);
    const script = 'self.__next_f.push([3,"/wD+"])';
    expect(hashInlineScripts(tag(script), data)).toEqual([sourceOf(script)]);
    expect(hashInlineScripts(tag('self.__next_f.push([3,"/wD/"])'), data)).toEqual([]);
  });
});

it("no script that is put into a page is allowed, wherever it stands, unless it is data of the page", () => {
  const script = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json().map((json) => `self.__next_f.push(${json})`),
    fc.json().map((json) => `self.__next_f.push([1,${json}])`),
    fc.string().map((text) => `self.__next_f.push([1,"${text}"])`),
  );
  // An empty piece adds nothing to the list.
  const isHarmless = (text: string) => /^self\.__next_f\.push\(\[[13],\s*""\s*\]\)$/.test(text);
  fc.assert(
    fc.property(
      script.filter((text) => !/<\/script/i.test(text) && !isHarmless(text)),
      (text) => {
        expect(hash(pageWith(tag(text)))).toEqual(OWN);
      },
    ),
    { numRuns: 200 },
  );
});
