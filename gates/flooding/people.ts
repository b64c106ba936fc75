import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { hashPassword } from "../../lib/auth/passwords";
import { someUser } from "../../test/support/rows";
import { ask } from "../shop/ask";
import type { Fields } from "./page-form";

const COUNT = 10;
const PASSWORD = "a password of their own";
/** Of one kind; a person comes so often. */
const EVERY_MS = 2_000;
/** As the shop's answer says: to a program in Retry-After, to a person as "a few seconds". */
const RETRY_AFTER_MS = 5_000;
const MAX_TRIES = 6;

/** A browser that has signed in before, and a program that asks for a token. */
export type PersonKind = "browser" | "program";

export interface Visit {
  isIn: boolean;
  tries: number;
  /** From the first try until they were in. */
  ms: number;
}

interface Person {
  email: string;
  address: string;
  /** By which the shop knows the browser. */
  cookie: string;
}

/** People with an account, who know their password. */
export class People {
  readonly #people: Person[] = [];
  #next = 0;

  private constructor(
    private readonly origin: string,
    private readonly form: Fields,
  ) {}

  /** Each of them has signed in once. */
  static async begin(origin: string, form: Fields): Promise<People> {
    const people = new People(origin, form);
    const passwordHash = await hashPassword(PASSWORD);
    for (let index = 0; index < COUNT; index++) {
      const { email } = await someUser({ email: `${randomUUID()}@example.com`, passwordHash });
      const person = { email, address: `192.0.2.${index + 1}`, cookie: "" };
      const { status, headers } = await people.#askByForm(person);
      if (status !== 303) throw new Error(`A person could not sign in: ${status}.`);
      const device = headers["set-cookie"]?.find((cookie) => cookie.startsWith("device-"));
      people.#people.push({ ...person, cookie: device?.split(";", 1)[0] ?? "" });
    }
    return people;
  }

  /** Somebody comes every now and then, for so long; and each tries until they are in. */
  async come(kind: PersonKind, seconds: number): Promise<Visit[]> {
    const count = Math.max(1, Math.floor((seconds * 1000) / EVERY_MS));
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        await sleep(index * EVERY_MS);
        return this.#visit(kind);
      }),
    );
  }

  async #visit(kind: PersonKind): Promise<Visit> {
    const person = this.#people[this.#next++ % this.#people.length];
    if (!person) throw new Error("There is nobody.");
    const startedAt = performance.now();
    const visit = (isIn: boolean, tries: number) => ({ isIn, tries, ms: performance.now() - startedAt });
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const isIn =
        kind === "browser"
          ? (await this.#askByForm(person)).status === 303
          : (await this.#askForToken(person)).status === 200;
      if (isIn) return visit(true, tries);
      if (tries < MAX_TRIES) await sleep(RETRY_AFTER_MS);
    }
    return visit(false, MAX_TRIES);
  }

  #askByForm({ email, address, cookie }: Person) {
    const body = new FormData();
    for (const [name, value] of this.form) body.append(name, value);
    body.append("email", email);
    body.append("password", PASSWORD);
    const headers = { "X-Forwarded-For": address, Origin: this.origin, Cookie: cookie };
    return ask(this.origin, { method: "POST", path: "/login", headers, body });
  }

  #askForToken({ email, address }: Person) {
    const headers = { "X-Forwarded-For": address, "Content-Type": "application/json" };
    const body = JSON.stringify({ email, password: PASSWORD });
    return ask(this.origin, { method: "POST", path: "/api/v1/access-token", headers, body });
  }
}
