import { once } from "node:events";
import { type AddressInfo, createServer, connect as open, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** The tests' Postgres by other ways than the one it has: each passes on whatever it is sent. */

const target = () => new URL(process.env.DATABASE_URL ?? "");

function passOn(from: Socket) {
  const to = open(Number(target().port), target().hostname);
  from.pipe(to).pipe(from);
  for (const socket of [from, to])
    socket
      .on("error", () => {})
      .on("close", () => {
        from.destroy();
        to.destroy();
      });
}

async function door(server: Server, ...where: [port: number, host: string] | [path: string]) {
  await once(server.listen(...(where as [string])), "listening");
  const address = server.address() as AddressInfo | string;
  return { port: typeof address === "string" ? 0 : address.port, close: () => server.close() };
}

export const openAt = (host: string) => door(createServer(passOn), 0, host);
export const openSocketAt = (path: string) => door(createServer(passOn), path);

/** Takes TLS only, as a hosted database does: whoever does not ask for it is sent away. */
export function openWithTls(identity: { cert: string; key: string }) {
  const asked = { names: [] as unknown[] };
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (first: Buffer) => {
      if (first.length !== 8) return socket.destroy();
      socket.write("S");
      const secure = new TLSSocket(socket, { isServer: true, ...identity });
      secure
        .on("error", () => {})
        .once("secure", () => {
          asked.names.push((secure as { servername?: unknown }).servername);
          passOn(secure);
        });
    });
  });
  return door(server, 0, "127.0.0.1").then((one) => ({ ...one, asked }));
}
