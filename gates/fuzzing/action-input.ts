import type { Random } from "../../local-stripe/test/fuzz";
import type { Endpoint } from "./endpoints";
import { type FuzzInput, type Given, GOOD, NAMES } from "./words";

/** No encoding of React's for the arguments of an action; Next answers 500 before any code of ours. */
const BROKEN = ['["$1"]', '["$F1"]', '["$Q1"]', '["$@1"]', "[", "{}", ""];
const TYPES = [
  "text/plain;charset=UTF-8",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
];
/** An action called by a form, by React, or by somebody who knows its id. */
export function actionInput(random: Random, { path, action = "" }: Endpoint, given: Given): FuzzInput {
  const { headers, value, params, query } = given;
  const form = new FormData();
  const fields = (prefix: string) => {
    const good = Object.entries(random(true, false) ? GOOD : {});
    for (const [name, text] of good) form.append(prefix + name, random(text, text, text, value()));
    for (const name of NAMES) if (random(1, 2, 3) === 1) form.append(prefix + name, value());
  };
  const input = { method: "POST", path: `${path}${query}` };
  // Without JavaScript the form itself says which action it calls.
  if (random(true, false)) {
    fields("");
    form.append(`$ACTION_ID_${action}`, "");
    return { ...input, headers, body: form };
  }
  const called = { ...headers, "Next-Action": action };
  if (random(1, 2, 3, 4) === 1) {
    const broken = random<string | FormData>(random(...BROKEN), params(), value());
    return {
      ...input,
      headers: { ...called, "Content-Type": random(...TYPES) },
      body: broken,
      isBroken: true,
    };
  }
  const text = random<string | null>(
    null,
    null,
    "[]",
    "[null]",
    '["$undefined"]',
    '[1,"x"]',
    "[{},{}]",
    "[[],[1]]",
  );
  if (text)
    return { ...input, headers: { ...called, "Content-Type": "text/plain;charset=UTF-8" }, body: text };
  fields("1_");
  form.append("0", random('["$K1"]', '[{},"$K1"]', '[{"values":{},"errors":{}},"$K1"]', '["$K1","$K1"]'));
  return { ...input, headers: called, body: form };
}
