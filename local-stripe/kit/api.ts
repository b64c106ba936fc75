import { type Context, Hono } from "hono";
import { z } from "zod";
import { unservedCall } from "./absent";
import { admit, versionOf } from "./admission";
import { faultError, silence, takeFault } from "./api-faults";
import { readBody } from "./body";
import { wallTime } from "./clock";
import { errorAnswer, ParameterError, StripeError } from "./errors";
import type { Origin } from "./events";
import { addExpansions, type Expansions, expand } from "./expand";
import { type Form, parseForm, parseJson } from "./form";
import { type Answer, fingerprint, remember, replay, whileInUse } from "./idempotency";
import { newId } from "./ids";
import { page, pageParams } from "./list";
import { listOf, parse, text } from "./params";
import { logRequest } from "./request-log";
import { transaction } from "./transaction";
import { spoken } from "./versions";

interface Url {
  readonly path: string;
  /** The id in the path, and a second one behind it. */
  readonly id: string;
  readonly nested: string;
}

interface Call {
  readonly schema: z.ZodObject;
  run(params: never, url: Url): unknown;
}

export type Routes = Readonly<Record<`${"GET" | "POST" | "DELETE"} /v${1 | 2}/${string}`, Call>>;

export interface Resource {
  readonly routes: Routes;
  /** By type of object: what it has only when expanded. */
  readonly expansions?: Readonly<Record<string, Expansions>>;
}

const expandParam = { expand: z.optional(listOf(text, 20)) };

/** One call of the API: the parameters it takes, all others being refused, and what it does. */
export function call<S extends z.ZodRawShape>(
  shape: S,
  run: (params: z.output<z.ZodObject<S>>, url: Url) => unknown,
): Call {
  return { schema: z.strictObject({ ...shape, ...expandParam }), run };
}

/** A call that lists: `select` gives the rows, oldest first, and the page is cut from them. */
export function list<S extends z.ZodRawShape>(
  shape: S,
  select: (params: z.output<z.ZodObject<S>>, url: Url) => readonly { readonly id: string }[],
): Call {
  return call({ ...shape, ...pageParams }, (params, url) =>
    page(url.path, select(params as z.output<z.ZodObject<S>>, url), params as object),
  );
}

/** The same call without HTTP, for the hosted pages: within the caller's transaction, and checked as any other. */
export function askApi<T>(resource: Resource, route: keyof Routes, id: string, form: Form): T {
  const one = resource.routes[route];
  if (!one) throw new Error(`${route} is not served`);
  const { expand: _, ...params } = parse(one.schema, form);
  return one.run(params as never, { path: route, id, nested: "" }) as T;
}

export function api(resources: readonly Resource[]): Hono {
  const app = new Hono();
  for (const { routes, expansions } of resources) {
    for (const [route, one] of Object.entries(routes)) {
      const [method, path] = route.split(" ") as [string, string];
      app.on(method, path, (c) => serve(c, one));
    }
    for (const [type, fields] of Object.entries(expansions ?? {})) addExpansions(type, fields);
  }
  for (const path of ["/v1/*", "/v2/*"]) app.all(path, unserved);
  return app;
}

/** Says in JSON that there is no such call. */
export const unserved = (c: Context): Promise<Response> => serve(c, undefined);

async function serve(c: Context, one: Call | undefined): Promise<Response> {
  const began = performance.now();
  const id = newId("req_", 14);
  const key = c.req.method === "POST" ? c.req.header("Idempotency-Key") : undefined;
  const asked: Asked = { id, idempotency_key: key ?? null, form: {} };
  const { status, body, original = id } = await answerOf(c, one, asked);
  logRequest({
    id,
    method: c.req.method,
    path: c.req.path,
    form: asked.form,
    status,
    answer: body,
    idempotency_key: asked.idempotency_key,
    replayed_from: original === id ? null : original,
    version: versionOf(c),
    took_ms: performance.now() - began,
  });
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    // In the time in which events are dated, so that a reader can tell which of them an answer includes.
    Date: new Date(wallTime() * 1000).toUTCString(),
    "Request-Id": id,
    "Stripe-Version": versionOf(c),
    ...(key === undefined ? {} : { "Idempotency-Key": key }),
    ...aboutRetries(c, status, original, id),
  };
  return new Response(body, { status, headers });
}

interface Asked extends Origin {
  readonly id: string;
  /** Its parameters, as soon as they have been read. */
  form: Form;
}

/** With the id of the request that did the work, if it was another one. */
type Answered = Answer & { readonly original?: string };

async function answerOf(c: Context, one: Call | undefined, asked: Asked): Promise<Answered> {
  try {
    return await whileInUse(asked.idempotency_key ?? undefined, () => answerTo(c, one, asked));
  } catch (error) {
    return failure(error, asked.id);
  }
}

/**
 * A POST tells which request did the work. It is not worth trying again (REAL_STRIPE.md, recorded) unless it failed in a
 * way that passes (https://docs.stripe.com/error-low-level).
 */
function aboutRetries(c: Context, status: number, original: string, id: string): Record<string, string> {
  if (c.req.method !== "POST") return {};
  const passes = status === 409 || status === 429 || status >= 500;
  return {
    "Original-Request": original,
    ...(original === id ? {} : { "Idempotent-Replayed": "true" }),
    ...(passes ? {} : { "Stripe-Should-Retry": "false" }),
  };
}

async function answerTo(c: Context, one: Call | undefined, asked: Asked): Promise<Answered> {
  const { method, path } = c.req;
  const { id, idempotency_key: key } = asked;
  // Everything after the body has been read happens at once: no two requests are ever in the middle.
  const body = method === "GET" ? "" : await readBody(c.env);
  // The second API takes JSON.
  const form = path.startsWith("/v2/")
    ? parseJson(body)
    : parseForm([new URL(c.req.url).search.slice(1), body].filter(Boolean).join("&"));
  asked.form = form;
  const request = fingerprint(method, path, form);
  admit(c);
  const fault = takeFault(path);
  if (fault === "429" || fault === "500") throw faultError(fault);
  const stored = key === null ? undefined : replay(key, request);
  if (stored) return stored;
  if (!one) throw unservedCall(method, path);
  const { answer, executed } = execute(one, form, c, { id, idempotency_key: key });
  if (key !== null && executed) remember(key, request, answer, id);
  if (fault === "timeout") await silence(c.req.raw.signal);
  return answer;
}

function execute(one: Call, form: Form, c: Context, origin: Origin & { readonly id: string }) {
  const version = versionOf(c);
  const render = <T>(value: T): T => spoken().render(version, value);
  try {
    const request = spoken().readRequest(version, c.req, form);
    const { expand: paths, ...params } = parse(one.schema, request);
    const { id = "", nested = "" } = c.req.param() as Partial<Url>;
    // Expanding is part of the transaction: a call with an unknown path must not leave anything behind.
    const body = transaction(origin, () =>
      expand(
        render(one.run(params as never, { path: c.req.path, id, nested })),
        (paths as string[] | undefined) ?? [],
        render,
      ),
    );
    return { answer: { status: 200, body: JSON.stringify(body) }, executed: true };
  } catch (error) {
    return { answer: failure(error, origin.id, render), executed: !(error instanceof ParameterError) };
  }
}

function failure(error: unknown, requestId: string, render = <T>(value: T): T => value): Answer {
  if (error instanceof StripeError) {
    return { status: error.status, body: JSON.stringify(render(errorAnswer(error, requestId))) };
  }
  console.error(error);
  const message = "An unknown error occurred in Local Stripe; its log says more.";
  return failure(new StripeError(500, { type: "api_error", message }), requestId);
}
