import { once } from "node:events";
import { createConnection, type Socket } from "node:net";

const END_OF_HEAD = "\r\n\r\n";
const LAST_CHUNK = "0\r\n\r\n";

/**
 * One kept connection that asks one thing after another. Node's own client costs about as much as the server that it
 * asks; on a machine that both share, this leaves the server what a client in C would.
 */
export class Connection {
  readonly #socket: Socket;
  #pieces: Buffer[] = [];
  #size = 0;
  /** Bytes of the whole answer; null while its head is not there, or when it comes in chunks. */
  #expected: number | null = null;
  #status = 0;
  #answered: (status: number) => void = () => {};
  #failed: (error: Error) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on("data", (piece) => this.#take(piece));
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#failed(new Error("The server closed the connection.")));
  }

  static async open(port: number): Promise<Connection> {
    const socket = createConnection({ port, host: "127.0.0.1" });
    await once(socket, "connect");
    return new Connection(socket);
  }

  /** @returns the status, once all of the answer is there */
  ask(request: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close() {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #take(piece: Buffer) {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (!this.#status) this.#readHead();
    if (this.#status && this.#isWhole(piece)) this.#finish();
  }

  #readHead() {
    const text = Buffer.concat(this.#pieces).toString("latin1");
    const end = text.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = text.slice(0, end);
    this.#status = Number(head.slice(9, 12));
    const length = head.match(/\r\ncontent-length: (\d+)/i)?.[1];
    if (length) this.#expected = end + END_OF_HEAD.length + Number(length);
  }

  #isWhole(last: Buffer): boolean {
    if (this.#expected !== null) return this.#size >= this.#expected;
    const end = last.length >= LAST_CHUNK.length ? last : Buffer.concat(this.#pieces.slice(-2));
    return end.subarray(-LAST_CHUNK.length).toString("latin1") === LAST_CHUNK;
  }

  #finish() {
    const status = this.#status;
    this.#pieces = [];
    this.#size = 0;
    this.#expected = null;
    this.#status = 0;
    this.#answered(status);
  }
}
