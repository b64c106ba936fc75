import { once } from "node:events";
import { createServer, connect as open, type Socket } from "node:net";

/**
 * Stands between the app and Postgres, understands where a statement ends, and counts. It holds the answers back
 * until everything that was sent has been answered: what the app sends meanwhile belongs to the same round trip.
 */

/** The app's messages: a statement ends with Query or Sync; Parse, Bind, Describe and Execute are parts of one. */
const STATEMENT_ENDS = ["Q", "S"];
const PARTS = ["P", "B", "D", "E"];
const READY = "Z";
const TLS_REQUEST = "TLS";
const TLS_REQUEST_CODE = 80_877_103;

export async function startPostgresProxy(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const counts = { roundTrips: 0, statements: 0 };
  /** How many statements still pass before the connection is cut, and on which side of Postgres the last one is lost. */
  let cut: { after: number; lost: "question" | "answer" } | null = null;

  const sockets = new Set<Socket>();
  const hangUpAll = () => {
    for (const socket of sockets) socket.destroy();
  };

  const server = createServer({ noDelay: true }, (app) => {
    sockets.add(app.once("close", () => sockets.delete(app)));
    const postgres = open({ port: Number(target.port), host: target.hostname, noDelay: true });
    const hangUp = () => {
      if (isLast) cut = null;
      app.destroy();
      postgres.destroy();
    };
    for (const socket of [app, postgres]) socket.on("error", hangUp).on("close", hangUp);
    let unanswered = 0;
    let question: Buffer[] = [];
    let answers: Buffer[] = [];
    let isLast = false;

    onMessages(app, { startup: true }, (type, message) => {
      // Asked for TLS, it says that it has none.
      if (type === TLS_REQUEST) return app.write("N");
      question.push(message);
      if (PARTS.includes(type) || isLast) return;
      if (STATEMENT_ENDS.includes(type)) {
        isLast = cut?.after === 0;
        if (isLast && cut?.lost === "question") return hangUp();
        if (cut) cut.after--;
        if (unanswered === 0) counts.roundTrips++;
        unanswered++;
        counts.statements++;
      }
      postgres.write(Buffer.concat(question));
      question = [];
    });
    onMessages(postgres, { startup: false }, (type, message) => {
      answers.push(message);
      if (type === READY && unanswered > 0) unanswered--;
      if (unanswered > 0) return;
      if (isLast) return hangUp();
      app.write(Buffer.concat(answers));
      answers = [];
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const url = new URL(databaseUrl);
  url.port = String(port);
  return {
    url: url.href,
    counts,
    /** Lets so many statements pass, loses the next one on its way there or its answer on the way back. */
    cutAfter: (after: number, lost: "question" | "answer") => {
      cut = { after, lost };
    },
    /** True while the cut is still to come. */
    isWhole: () => cut !== null,
    /** Every connection is lost; others may be made. */
    hangUp: hangUpAll,
    /** Every connection is lost, and none is taken until it is `back`. */
    async away() {
      const closed = once(server, "close");
      server.close();
      hangUpAll();
      await closed;
    },
    async back() {
      await once(server.listen(port, "127.0.0.1"), "listening");
    },
    close: () => server.close(),
  };
}

/** Cuts the stream into Postgres' messages: a type, a length, a body. Only the first ones, which ask for TLS and begin, have no type. */
function onMessages(
  socket: Socket,
  { startup }: { startup: boolean },
  take: (type: string, message: Buffer) => unknown,
) {
  let rest = Buffer.alloc(0);
  let isStartup = startup;
  socket.on("data", (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const head = isStartup ? 0 : 1;
      if (rest.length < head + 4) return;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return;
      const isTlsRequest = isStartup && rest.readInt32BE(4) === TLS_REQUEST_CODE;
      const type = isStartup ? "" : String.fromCharCode(rest[0] ?? 0);
      take(isTlsRequest ? TLS_REQUEST : type, rest.subarray(0, length));
      rest = rest.subarray(length);
      // The real first message comes after the answer.
      isStartup = isTlsRequest;
    }
  });
}
