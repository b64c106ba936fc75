import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const sheets = ["hosted/base.css", "dashboard/dashboard.css"].map((name) =>
  readFileSync(`local-stripe/${name}`, "utf8"),
);

type Colours = Readonly<Record<string, string>>;

/** The colours of a scheme: those of the dark one replace some of the light one's. */
function coloursOf(scheme: "light" | "dark"): Colours {
  const found: Record<string, string> = {};
  for (const sheet of sheets) {
    const [, dark = ""] = /prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/.exec(sheet) ?? [];
    const [, light = ""] = /^:root \{([^}]*)\}/m.exec(sheet) ?? [];
    for (const rules of scheme === "dark" ? [light, dark] : [light]) {
      for (const [, name = "", value = ""] of rules.matchAll(/--([\w-]+): (#\w{6});/g)) found[name] = value;
    }
  }
  return found;
}

/** Relative luminance, and contrast by it (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance). */
function luminance(colour = ""): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string | undefined, other: string | undefined): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const TEXTS = [
  ...["ink", "soft", "accent"].flatMap((text) =>
    ["ground", "shade", "field"].map((ground) => [text, ground]),
  ),
  ["wrong", "ground"],
  ["wrong", "wrong-ground"],
  ["ground", "wrong"],
  ["on-accent", "accent"],
  ["on-mode", "mode"],
  ["good", "good-ground"],
  ["bad", "bad-ground"],
  ["open", "open-ground"],
] as const;

test.each(["light", "dark"] as const)("every text can be read in the %s scheme", (scheme) => {
  const colours = coloursOf(scheme);
  for (const [text, ground] of TEXTS) {
    const name = `${text} on ${ground}`;
    expect([text, ground].filter((one) => !colours[one as string])).toEqual([]);
    // AA for text, and for the edge of a field (https://www.w3.org/TR/WCAG22/#contrast-minimum).
    expect(contrast(colours[text as string], colours[ground as string]), name).toBeGreaterThanOrEqual(4.5);
  }
  expect(contrast(colours.edge, colours.field), "edge of a field").toBeGreaterThanOrEqual(3);
});

test("the dark scheme is one of its own", () => {
  const [light, dark] = [coloursOf("light"), coloursOf("dark")];
  expect(Object.keys(dark)).toEqual(Object.keys(light));
  expect(Object.keys(light).filter((name) => light[name] === dark[name])).toEqual([]);
});
