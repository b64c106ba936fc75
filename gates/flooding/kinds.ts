import type { Choose } from "../../test/support/random";
import type { Fields } from "./page-form";

/** The floods, each as the connections that it consists of. */

export interface Kind {
  /** So many connections begin in a second, and so many at most are open. */
  aSecond: number;
  atOnce: number;
  /** The statuses it may be answered with; 0 stands for a connection that is ended without an answer. */
  answers: number[];
  /** The slow ones may stay for as long as Node lets them; all others are answered or ended while the flood lasts. */
  isSlow?: true;
  /** Everything that a connection sends by itself. */
  begin(words: Words): string;
  /** Sent once a second after that. */
  drip?: string;
}

/** The parts that requests are made of. */
export interface Words {
  choose: Choose;
  host: string;
  /** Another one each time. */
  person(): { email: string; address: string };
  /** As a page shows them. */
  forms: { login: Fields; register: Fields; checkout: Fields };
}

const KB = 1024;
/** As much as a form and a webhook may announce. */
const LARGEST_FORM = 1024 * KB;
const LARGEST_WEBHOOK = 2048 * KB;
/** The largest form whose fields are looked at. */
const LARGEST_READ = 64 * KB;
const WEBHOOK = "/api/v1/stripe-webhook";
const TOKEN = "/api/v1/access-token";

export const KINDS: Record<string, Kind> = {
  "slow headers": {
    aSecond: 300,
    atOnce: 1_000,
    answers: [0, 408],
    isSlow: true,
    begin: (words) => headOf(words, "GET", "/pricing", {}),
    drip: "X-Slow: 1\r\n",
  },
  "slow bodies": {
    aSecond: 200,
    atOnce: 500,
    answers: [0, 408, 503],
    isSlow: true,
    begin: (words) => {
      const path = words.choose("/login", TOKEN, WEBHOOK);
      return request(words, path, { "Content-Length": String(50 * KB) }, "x");
    },
    drip: "x",
  },
  "held bodies": {
    aSecond: 40,
    atOnce: 400,
    answers: [0, 503],
    begin: (words) => {
      const [path, size] = words.choose(["/register", LARGEST_FORM], [WEBHOOK, LARGEST_WEBHOOK]);
      // Nothing of it, or all but its end.
      const body = words.choose("", "", "", "x".repeat(size - 1));
      return request(words, path, { "Content-Length": String(size) }, body);
    },
  },
  "held upgrades": {
    aSecond: 100,
    atOnce: 500,
    answers: [200, 400, 404, 405, 503],
    begin: (words) => {
      const path = words.choose("/", "/nobody", TOKEN);
      const upgrade = { Connection: "Upgrade", Upgrade: words.choose("websocket", "h2c", "TLS/1.3") };
      return `${headOf(words, "GET", path, upgrade)}\r\n`;
    },
  },
  "sign-ins": {
    aSecond: 100,
    atOnce: 100,
    answers: [200, 401, 503],
    begin: (words) => {
      const { email, address } = words.person();
      const credentials = { email, password: "a password that is not theirs" };
      if (words.choose(true, false)) return post(words, TOKEN, address, JSON.stringify(credentials));
      return form(words, "/login", address, [...words.forms.login, ...Object.entries(credentials)]);
    },
  },
  forms: {
    aSecond: 100,
    atOnce: 100,
    answers: [200, 303, 503],
    begin: (words) => {
      const { email, address } = words.person();
      if (words.choose(true, false)) return form(words, "/pricing", address, words.forms.checkout);
      const person = { name: "Ada Lovelace", email, password: "correct horse battery" };
      return form(words, "/register", address, [...words.forms.register, ...Object.entries(person)]);
    },
  },
  "large forms": {
    aSecond: 10,
    atOnce: 50,
    // Calls that mean nothing are the framework's to refuse; docs/decisions/017.
    answers: [200, 413, 500, 503],
    begin: (words) => {
      const { address } = words.person();
      const login = Object.fromEntries(words.forms.login);
      const fields = Array.from({ length: 90 }, (_, index) => [`field-${index}`, "x".repeat(500)] as const);
      const call = { "Next-Action": JSON.parse(login["$ACTION_1:0"] ?? "{}").id };
      return words.choose(
        () => form(words, "/login", address, [...words.forms.login, ...fields]),
        () => post(words, "/login", address, references(LARGEST_READ), call),
        () => form(words, "/login", address, tinyFields(LARGEST_FORM)),
      )();
    },
  },
};

/** React's encoding, of calls that mean each other: nothing of the kind takes its decoder longer. */
const references = (size: number) => `[${Array(Math.floor(size / 6) - 1).fill('"$Q0"')}]`;

const tinyFields = (size: number): Fields =>
  Array.from({ length: Math.floor(size / 90) - 10 }, () => ["_1_", ""] as const);

const headOf = ({ host }: Words, method: string, path: string, headers: Record<string, string>) =>
  [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
  ].join("\r\n");

function request(words: Words, path: string, headers: Record<string, string>, body: string) {
  const origin = { Origin: `http://${words.host}` };
  return `${headOf(words, "POST", path, { ...origin, ...headers })}\r\n${body}`;
}

/** As long as a browser's: a short one is refused before anything is read. */
const BOUNDARY = "----WebKitFormBoundary0123456789abcdef";

/** A whole one, and the last of its connection. */
const post = (words: Words, path: string, address: string, body: string, more: Record<string, string> = {}) =>
  request(
    words,
    path,
    {
      "X-Forwarded-For": address,
      Connection: "close",
      "Content-Type": "text/plain;charset=UTF-8",
      "Content-Length": String(body.length),
      ...more,
    },
    body,
  );

function form(words: Words, path: string, address: string, fields: Fields) {
  const parts = fields.map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return post(words, path, address, `${parts.join("")}--${BOUNDARY}--\r\n`, {
    "Content-Type": `multipart/form-data; boundary=${BOUNDARY}`,
  });
}
