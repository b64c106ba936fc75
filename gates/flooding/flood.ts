import { connect, type Socket } from "node:net";
import type { Kind, Words } from "./kinds";

const TICK_MS = 10;

/** Of one flood, as its sender saw it. */
export interface Flooded {
  begun: number;
  /** Connections that had to wait for others to end, and were given up instead. */
  skipped: number;
  /** The answers by status; 0 stands for connections that the shop ended without one. */
  answers: Record<number, number>;
  /** Connections that are still open. */
  open: number;
  seconds: number;
  /** Of one core, so much the sender itself used. */
  cpu: number;
}

/** Connections at the time that is theirs, on bare sockets, so that the sender costs next to nothing. */
export class Flood {
  readonly #startedAt = performance.now();
  readonly #open = new Set<Socket>();
  readonly #answers: Record<number, number> = {};
  #due = 0;
  #begun = 0;
  #skipped = 0;

  constructor(
    private readonly kind: Kind,
    private readonly words: Words,
    private readonly port: number,
  ) {
    setInterval(() => this.#tick(), TICK_MS);
    if (kind.drip) setInterval(() => this.#drip(), 1_000);
  }

  report(): Flooded {
    const { user, system } = process.cpuUsage();
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return {
      begun: this.#begun,
      skipped: this.#skipped,
      answers: this.#answers,
      open: this.#open.size,
      seconds,
      cpu: (user + system) / 1e6 / seconds,
    };
  }

  #tick() {
    const due = ((performance.now() - this.#startedAt) / 1000) * this.kind.aSecond;
    for (; this.#due < due; this.#due++) {
      if (this.#open.size < this.kind.atOnce) this.#begin();
      else this.#skipped++;
    }
  }

  #begin() {
    this.#begun++;
    const socket = connect(this.port, "127.0.0.1");
    this.#open.add(socket);
    let status = 0;
    socket.on("data", (piece) => {
      status ||= Number(piece.toString("latin1", 9, 12));
    });
    // The shop may end it at any moment.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#open.delete(socket);
      this.#answers[status] = (this.#answers[status] ?? 0) + 1;
    });
    socket.write(this.kind.begin(this.words), "latin1");
  }

  #drip() {
    for (const socket of this.#open) if (socket.writable) socket.write(this.kind.drip ?? "");
  }
}
