import type { HttpBindings } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { followSubscription } from "./billing/entitlements/grants";
import { control } from "./control/routes";
import { notFound } from "./dashboard/parts/frame";
import { dashboard } from "./dashboard/routes";
import { dueWork } from "./due-work";
import { checkoutPage } from "./hosted/checkout/routes";
import { embeddedPage } from "./hosted/embedded/routes";
import { invoicePage } from "./hosted/invoice/routes";
import { notice, stylesheet } from "./hosted/layout";
import { portal } from "./hosted/portal/routes";
import { threeDSecure } from "./hosted/three-d-secure";
import { declareAbsent } from "./kit/absent";
import { api, unserved } from "./kit/api";
import { LARGEST_BODY_BYTES } from "./kit/body";
import { onEmitted, onPublish } from "./kit/events";
import { onDue } from "./kit/jobs";
import { speak } from "./kit/versions";
import { ownVisitorsOnly } from "./kit/visitors";
import { absentParts } from "./resources/absent";
import { resources } from "./resources/index";
import { dialect } from "./versions/index";
import { deliver } from "./webhooks/delivery";

const FORM = "application/x-www-form-urlencoded";

/** The API, the hosted pages, the dashboard and the controls. `restart` puts back what a reset must not take away. */
export function localStripe(restart: () => void): Hono {
  onDue((kind, subject) => dueWork[kind](subject));
  onEmitted(followSubscription);
  onPublish(deliver);
  speak(dialect);
  declareAbsent(absentParts);
  const app = new Hono();
  app.use(ownVisitorsOnly);
  app.route("/", api(resources));
  app.route("/__local", control(restart));
  app.use(onlyForms);
  app.route("/", checkoutPage);
  app.route("/", embeddedPage);
  app.route("/", portal);
  app.route("/", invoicePage);
  app.route("/", threeDSecure);
  app.route("/", dashboard);
  app.get("/assets/pages.css", (c) => c.body(stylesheet, 200, { "Content-Type": "text/css; charset=utf-8" }));
  // A program, which sends a key, reads no pages.
  app.notFound((c) => (c.req.header("Authorization") ? unserved(c) : notFound(c.req.path)));
  return app;
}

/** Our own pages send forms, and browsers say how long these are; nothing else has to be understood. */
const onlyForms: MiddlewareHandler<{ Bindings: HttpBindings }> = async (c, next) => {
  if (c.req.method !== "POST") return next();
  const { "content-type": type = FORM, "content-length": length = 0, ...rest } = c.env.incoming.headers;
  if (!type.startsWith(FORM)) return notice("That cannot be read", `A form is sent as ${FORM}.`, 415);
  const large = Number(length) > LARGEST_BODY_BYTES || rest["transfer-encoding"] !== undefined;
  return large ? notice("Too large", "Too much was sent.", 413) : next();
};
