import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import postgres from "postgres";
import Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Children } from "./children";
import { startStack } from "./environment";
import { isFree } from "./ports";

let folder: string;
let children: Children;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-environment-"));
  children = new Children();
});

afterEach(async () => {
  await children.stop();
  await rm(folder, { recursive: true });
});

type Options = Partial<Omit<Parameters<typeof startStack>[1], "given">>;
const start = (given: Record<string, string>, options: Options = {}) =>
  startStack(children, {
    given: given as unknown as NodeJS.ProcessEnv,
    port: 3210,
    folder,
    durable: false,
    ...options,
  });

/** No process was begun, so there is nothing to stop. */
const nothingWasStarted = async () => {
  const untouched = new Children();
  expect(children).toEqual(untouched);
};

async function dataDirectoryOf(url = ""): Promise<string> {
  const sql = postgres(url, { max: 1 });
  const [row] = await sql`show data_directory`;
  await sql.end();
  return row?.data_directory;
}

const database = { DATABASE_URL: "postgres://somebody@db.example/shop" };
const ownStripe = { STRIPE_API_KEY: "sk_test_own", STRIPE_WEBHOOK_SECRET: "whsec_own" };

describe("startStack", () => {
  it.each(["STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"] as const)(
    "refuses %s alone, before anything is begun",
    async (name) => {
      const inner = join(folder, "data");
      await expect(start({ ...database, [name]: ownStripe[name] }, { folder: inner })).rejects.toThrow(
        "STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET belong together: set both to use your Stripe account, or neither to use the local Stripe.",
      );
      expect(existsSync(inner)).toBe(false);
      await nothingWasStarted();
    },
  );

  it("starts nothing that the person has, and changes nothing that they set", async () => {
    const given = { ...database, ...ownStripe, AUTH_SECRET: "theirs", APP_URL: "https://shop.example" };
    expect(await start(given)).toEqual({
      dataDir: null,
      localStripeUrl: null,
      variables: { ...database, AUTH_SECRET: "theirs", APP_URL: "https://shop.example" },
    });
    await nothingWasStarted();
  });

  it("makes a secret for the cookies once, and shows it to nobody", async () => {
    const given = { ...database, ...ownStripe };
    const inner = join(folder, "deep", "data");
    const first = await start(given, { folder: inner });
    expect(first.variables.APP_URL).toBe("http://localhost:3210");
    expect(first.variables.AUTH_SECRET).toMatch(/^[0-9a-f]{64}$/);
    expect(await readFile(join(inner, "auth-secret"), "utf8")).toBe(first.variables.AUTH_SECRET);
    expect((await stat(join(inner, "auth-secret"))).mode & 0o777).toBe(0o600);
    expect((await start(given, { folder: inner })).variables).toEqual(first.variables);
    const elsewhere = await start(given);
    expect(elsewhere.variables.AUTH_SECRET).not.toBe(first.variables.AUTH_SECRET);
  });

  it("starts a Stripe whose webhooks reach the shop under the secret that the shop knows", async () => {
    const events: Stripe.Event[] = [];
    let secret = "";
    const shop = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const signature = request.headers["stripe-signature"] ?? "";
      if (request.url === "/api/v1/stripe-webhook")
        events.push(Stripe.webhooks.constructEvent(body, signature, secret));
      response.end();
    }).listen(0, "127.0.0.1");
    await once(shop, "listening");
    const { port } = shop.address() as AddressInfo;
    const { variables, localStripeUrl } = await start(database, { port });
    secret = variables.STRIPE_WEBHOOK_SECRET ?? "";
    expect(variables).toMatchObject({ STRIPE_API_KEY: "sk_test_local", STRIPE_API_URL: localStripeUrl });
    expect(secret).toMatch(/^whsec_[0-9a-f]{64}$/);

    const { hostname, port: stripePort } = new URL(localStripeUrl ?? "");
    const stripe = new Stripe("sk_test_local", { host: hostname, port: stripePort, protocol: "http" });
    await stripe.customers.create({ email: "ada@example.com" });
    await expect
      .poll(() => events.map(({ type }) => type), { timeout: 15_000 })
      .toEqual(["customer.created"]);
    shop.close();
    // A second start knows the secret still, so that what was not delivered yet can be.
    await children.stop();
    children = new Children();
    expect((await start(database, { port })).variables.STRIPE_WEBHOOK_SECRET).toBe(secret);
    expect(await readFile(join(folder, "webhook-secret"), "utf8")).toBe(secret.replace("whsec_", ""));
  });

  it("keeps its database in the folder, where the user that Postgres runs as can get there", async () => {
    await chmod(folder, 0o711);
    const { dataDir, variables } = await start(ownStripe);
    expect(dataDir).toBe(join(folder, "postgres"));
    expect(await dataDirectoryOf(variables.DATABASE_URL)).toBe(dataDir);
  });

  describe.runIf(process.getuid?.() === 0)(
    "keeps it elsewhere, by a name that the folder knows, where they cannot",
    () => {
      const name = `${randomUUID().slice(0, 8)}-kept`;
      const elsewhere = `/var/tmp/titanforge-${name}`;
      /** Names were told from the path before they were kept. */
      const byPath = () =>
        `/var/tmp/titanforge-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;
      beforeEach(() => writeFile(join(folder, "postgres-name"), name));
      afterEach(async () => {
        await children.stop();
        await rm(elsewhere, { recursive: true, force: true });
        await rm(byPath(), { recursive: true, force: true });
      });

      it("which is made up for a new folder, whatever an earlier one at its path has left", async () => {
        await rm(join(folder, "postgres-name"));
        await mkdir(byPath(), { mode: 0o711 });
        const { dataDir } = await start(ownStripe);
        const made = await readFile(join(folder, "postgres-name"), "utf8");
        expect(made).toMatch(/^[0-9a-f]{12}$/);
        expect(dataDir).toBe(`/var/tmp/titanforge-${made}/postgres`);
        expect(dataDir).not.toBe(`${byPath()}/postgres`);
        await children.stop();
        await rm(dirname(dataDir ?? ""), { recursive: true });
      });

      it("or by that of the path, for data from a time when it was not kept", async () => {
        await rm(join(folder, "postgres-name"));
        await mkdir(byPath(), { mode: 0o711 });
        await writeFile(join(folder, "auth-secret"), "kept from then");
        expect((await start(ownStripe)).dataDir).toBe(`${byPath()}/postgres`);
      });

      it("with what was in the folder before that was closed", async () => {
        await chmod(folder, 0o711);
        const before = await start(ownStripe);
        expect(before.dataDir).toBe(join(folder, "postgres"));
        await children.stop();
        children = new Children();
        // The kept data is closed to others.
        const { dataDir, variables } = await start(ownStripe, { durable: true });
        expect((await stat(folder)).mode & 0o777).toBe(0o700);
        expect(dataDir).toBe(`${elsewhere}/postgres`);
        expect(existsSync(join(folder, "postgres"))).toBe(false);
        expect(await dataDirectoryOf(variables.DATABASE_URL)).toBe(dataDir);
        const passwords = [before.variables, variables].map(
          (one) => new URL(one.DATABASE_URL ?? "").password,
        );
        expect(passwords[1]).toBe(passwords[0]);
      });

      it("but not in a folder that another user has made there, or may change", async () => {
        const refusal = `${elsewhere} belongs to somebody else, or others may write to it; remove it and start again.`;
        await mkdir(elsewhere, { mode: 0o711 });
        await chown(elsewhere, 65_534, 65_534);
        await expect(start(ownStripe)).rejects.toThrow(refusal);
        await chown(elsewhere, 0, 0);
        await chmod(elsewhere, 0o731);
        await expect(start(ownStripe)).rejects.toThrow(refusal);
      });
    },
  );

  it("closes the folder of what is kept to others, and leaves the mode of what is thrown away", async () => {
    await chmod(folder, 0o755);
    const given = { ...database, ...ownStripe };
    await start(given);
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
    await start(given, { durable: true });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it("leaves the port that is known to people to the development stack, while nobody has it", async () => {
    const KNOWN = 12_111;
    const portOf = async (durable: boolean) => {
      const { localStripeUrl } = await start(database, { durable });
      await children.stop();
      children = new Children();
      return Number(new URL(localStripeUrl ?? "").port);
    };
    expect(await portOf(false)).not.toBe(KNOWN);
    if (await isFree(KNOWN, "127.0.0.1")) expect(await portOf(true)).toBe(KNOWN);
    const somebody = createSocket().listen(KNOWN, "127.0.0.1");
    // Somebody else on this machine may have it already, which serves as well.
    await once(somebody, "listening").catch(() => {});
    expect(await portOf(true)).not.toBe(KNOWN);
    somebody.close();
  });
});
