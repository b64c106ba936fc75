import type { MiddlewareHandler } from "hono";

/**
 * Any website that the developer visits can send a browser here, by a form, or by a name of its own that it makes
 * lead to 127.0.0.1. So a request has to name this machine as its host, and one that a page sends has to come from
 * a page of this server. Programs send no `Origin`.
 */
export const ownVisitorsOnly: MiddlewareHandler = async (c, next) => {
  const host = c.req.header("host") ?? "";
  const origin = c.req.header("origin");
  if (!isLoopback(host)) return c.text("Local Stripe answers to 127.0.0.1 and localhost only.", 403);
  const isForeign = origin !== undefined && origin !== `http://${host}`;
  if (isForeign && c.req.method !== "GET") return c.text("This form was sent from another site.", 403);
  return next();
};

const isLoopback = (host: string) => /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);
