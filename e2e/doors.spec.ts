import { connect } from "node:net";
import { expect, test } from "@playwright/test";

/**
 * What the server does before Next, as bytes on a socket. It stands on what Node and Next do with each other; where
 * one of these fails after an upgrade of either, lib/http and decision 013 say what it has to do again.
 */

const origin = () => new URL(process.env.BASE_URL ?? "");

/** @returns a connection on which so much has been sent, and all that came back by the time that it ended */
function send(...lines: string[]) {
  const socket = connect(Number(origin().port), "127.0.0.1");
  let got = "";
  socket.on("data", (chunk) => {
    got += chunk;
  });
  // The other end may be gone while this one still sends.
  socket.on("error", () => {});
  const ended = new Promise<string>((resolve) => socket.on("close", () => resolve(got)));
  socket.write(lines.join("\r\n"));
  return { socket, ended };
}
const head = (line: string, ...headers: string[]) => [
  `${line} HTTP/1.1`,
  `Host: ${origin().host}`,
  `Origin: ${origin().origin}`,
  ...headers,
  "",
  "",
];
const FORM = "Content-Type: multipart/form-data; boundary=x";

test("a form that announces too much is refused before it comes", async () => {
  const { ended } = send(...head("POST /login", FORM, "Content-Length: 9961472"));
  expect(await ended).toMatch(/^HTTP\/1\.1 413 .*A form may have at most 64 KB\./s);
});

test("a form in pieces is ended where there are too many of them", async () => {
  const { socket, ended } = send(...head("POST /login", FORM, "Transfer-Encoding: chunked"));
  const piece = "x".repeat(65_536);
  for (let n = 0; n < 17; n++) socket.write(`10000\r\n${piece}\r\n`);
  expect(await ended).toBe("");
});

test("forms without their end give way to others", async ({ request }) => {
  const held = Array.from({ length: 40 }, () =>
    send(...head("POST /login", FORM, "Content-Length: 1048576"), "x"),
  );
  await Promise.all(held.slice(0, 8).map(({ ended }) => ended));
  expect((await request.get("/api/health")).status()).toBe(200);
  for (const { socket } of held) socket.destroy();
});

test("a WebSocket is refused and ended at once, and HTTP/2 is answered by HTTP/1.1", async () => {
  const upgrade = (to: string) => send(...head("GET /login", "Connection: Upgrade", `Upgrade: ${to}`)).ended;
  expect(await upgrade("websocket")).toMatch(/^HTTP\/1\.1 400 .*Nothing here speaks WebSocket\./s);
  expect(await upgrade("h2c")).toMatch(/^HTTP\/1\.1 200 /);
});

for (const [path, status] of [
  ["/pricing/weekly", 307],
  ["/login/", 308],
  ["//login", 308],
  ["/account", 307],
  ["/api/nowhere", 404],
  ["/api/%zz", 400],
  ["/api/v1/create-checkout-session", 405],
] as const)
  test(`${path} answers ${status} with every header, and is not to be kept`, async () => {
    const answer = await send(...head(`GET ${path}`, "Connection: close")).ended;
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/\r\nCache-Control: [^\r]*no-store/i);
    for (const name of ["X-Content-Type-Options", "X-Frame-Options", "Strict-Transport-Security"])
      expect(answer).toContain(`\r\n${name}: `);
  });

for (const [name, value] of [
  ["Range", "bytes=9999999-"],
  ["If-Match", '"x"'],
  ["If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"],
] as const)
  test(`a file is sent whole to ${name}, and nothing fails`, async ({ request }) => {
    expect((await request.get("/icon.svg", { headers: { [name]: value } })).status()).toBe(200);
  });
