import type { Choose } from "../../test/support/random";
import type { Endpoint } from "./endpoints";
import { type FuzzInput, type Given, GOOD, latin, NAMES } from "./words";

/** Arguments as nobody's page sends them: other values of React's encoding, and none of it. */
const brokenArguments = (canary: string) => [
  ...['["$1"]', '["$F1"]', '["$Q1"]', '["$@1"]', '["$B1"]', '["$1:__proto__:then"]', '["$K"]', '["$n1"]'],
  ...["[", "{}", "", "null", '"$K1"', '{"then":"$1"}'],
  ...[`["$n${canary}"]`, `["$1:${canary}"]`, `{"${canary}`, canary],
];
const ARGUMENTS = ["[]", "[null]", '["$undefined"]', '["$$"]', '[1,"x"]', "[{},{}]", "[[],[1]]"];
const WITH_A_FORM = [
  '["$K1"]',
  '[{},"$K1"]',
  '[{"values":{},"errors":{}},"$K1"]',
  '["$K1","$K1"]',
  '["$K2"]',
];
const TYPES = [
  "text/plain;charset=UTF-8",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
];

/** An action called by a form, by React, or by somebody who knows its id. */
export function actionInput(random: Choose, { path, action = "" }: Endpoint, given: Given): FuzzInput {
  const { headers, value, params, query, canary } = given;
  const broken = brokenArguments(canary);
  let { byBrowser } = given;
  /** Adds parts that no page of ours would send. */
  const odd = <T>(...choices: T[]) => {
    byBrowser = false;
    return random(...choices);
  };
  const isRare = () => random(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) === 1;
  const form = new FormData();
  const fields = (prefix: string) => {
    const good = Object.entries(random(true, false) ? GOOD : {});
    for (const [name, text] of good) form.append(prefix + name, random(text, text, text, value()));
    for (const name of NAMES) if (random(1, 2, 3) === 1) form.append(prefix + name, value());
  };
  /** Anything else that somebody may put into a multipart body. A file is ours to refuse. */
  const disturb = () => {
    if (isRare())
      form.append(odd("", "0", "1", "0x0", "_1_", "__1_", "$ACTION_KEY", "x".repeat(300)), value());
    if (isRare()) form.append(random("0", "_1_email", "x"), new Blob([value()]), "file");
  };
  const input = { method: "POST", path: `${path}${query}` };
  // Without JavaScript the form itself says which action it calls, and with which state.
  if (random(true, false)) {
    fields("");
    if (random(true, false)) form.append(`$ACTION_ID_${action}`, "");
    else {
      const [good, bad] = [`{"id":"${action}","bound":"$@1"}`, `{"id":"${action}","bound":"$@7"}`];
      form.append("$ACTION_REF_1", "");
      const isOdd = random(1, 2, 3, 4) === 1;
      form.append("$ACTION_1:0", isOdd ? odd(bad, "{", value(), canary) : good);
      const state = isRare() ? odd(null, ...broken) : random(...ARGUMENTS);
      if (state !== null) form.append("$ACTION_1:1", state);
      if (!isRare()) form.append("$ACTION_KEY", random("k1", value()));
    }
    form.append("note", canary);
    disturb();
    return { ...input, headers, body: form, byBrowser };
  }
  const called = {
    ...headers,
    "Next-Action": isRare() ? random("x", "0".repeat(42), latin(value())) : action,
  };
  if (random(1, 2, 3, 4) === 1) {
    const body = odd(...broken, params(), value());
    return { ...input, headers: { ...called, "Content-Type": random(...TYPES) }, body, byBrowser };
  }
  if (random(1, 2, 3, 4) === 1) {
    const typed = { ...called, "Content-Type": TYPES[0] ?? "" };
    return { ...input, headers: typed, body: random(...ARGUMENTS), byBrowser };
  }
  fields(isRare() ? odd("_2_", "1_", "") : "_1_");
  form.append("_1_note", canary);
  form.append("0", isRare() ? odd(...broken) : random(...WITH_A_FORM));
  disturb();
  return { ...input, headers: called, body: form, byBrowser };
}
