import { type Context, Hono } from "hono";
import { redirect } from "../hosted/layout";
import { events } from "../kit/events";
import { loggedRequest } from "../kit/request-log";
import { dereference, type Table, tombstones } from "../kit/store";
import { customers } from "../objects/customer";
import { invoices } from "../objects/invoice";
import { meters } from "../objects/meter";
import { paymentIntents } from "../objects/payment-intent";
import { hiddenProducts, products } from "../objects/product";
import { subscriptions } from "../objects/subscription";
import { subscriptionSchedules } from "../objects/subscription-schedule";
import { testClocks } from "../objects/test-clock";
import { webhookEndpoints } from "../objects/webhook-endpoint";
import { couponsPage } from "./pages/coupons";
import { customerPage } from "./pages/customer";
import { customersPage } from "./pages/customers";
import { eventPage } from "./pages/event";
import { eventsPage } from "./pages/events";
import { faultsPage } from "./pages/faults";
import { homePage } from "./pages/home";
import { invoicePage } from "./pages/invoice";
import { invoicesPage } from "./pages/invoices";
import { meterPage } from "./pages/meter";
import { metersPage } from "./pages/meters";
import { objectPage } from "./pages/object";
import { paymentPage } from "./pages/payment";
import { paymentsPage } from "./pages/payments";
import { productPage } from "./pages/product";
import { productsPage } from "./pages/products";
import { requestGone, requestPage } from "./pages/request";
import { requestsPage } from "./pages/requests";
import { subscriptionPage } from "./pages/subscription";
import { subscriptionSchedulePage } from "./pages/subscription-schedule";
import { subscriptionsPage } from "./pages/subscriptions";
import { taxesPage } from "./pages/taxes";
import { testClockPage } from "./pages/test-clock";
import { testClocksPage } from "./pages/test-clocks";
import { webhookPage } from "./pages/webhook";
import { webhooksPage } from "./pages/webhooks";
import { notFound, styles } from "./parts/frame";
import { pathOf } from "./parts/links";
import type { Query } from "./parts/listing";

/** Shows what Stripe's own Dashboard does, and every webhook besides. It changes nothing: buttons do. */
export const dashboard = new Hono();

/** The page's own address, to which its buttons lead back. */
const addressOf = (c: Context): string => {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
};

const listPage = (path: string, view: (query: Query, here: string) => Promise<Response>) =>
  dashboard.get(path, (c) => view(c.req.query(), addressOf(c)));

function objectPages<T extends { readonly id: string }>(
  path: string,
  table: Pick<Table<T>, "get">,
  view: (row: T, here: string, query: Query) => Promise<Response>,
): void {
  dashboard.get(`${path}/:id`, (c) => {
    const id = c.req.param("id") ?? "";
    const row = table.get(id);
    if (row) return view(row, addressOf(c), c.req.query());
    const deleted = tombstones.get(id);
    return deleted ? objectPage(deleted, addressOf(c)) : notFound(addressOf(c), id);
  });
}

listPage("/", (_, here) => homePage(here));
listPage("/events", eventsPage);
listPage("/logs", requestsPage);
listPage("/faults", (_, here) => faultsPage(here));
listPage("/customers", customersPage);
listPage("/subscriptions", subscriptionsPage);
listPage("/payments", paymentsPage);
listPage("/invoices", invoicesPage);
listPage("/products", productsPage);
listPage("/coupons", couponsPage);
listPage("/taxes", taxesPage);
listPage("/meters", metersPage);
listPage("/webhooks", webhooksPage);
listPage("/test-clocks", testClocksPage);

objectPages("/events", events, eventPage);
objectPages("/customers", customers, customerPage);
objectPages("/subscriptions", subscriptions, subscriptionPage);
objectPages("/schedules", subscriptionSchedules, subscriptionSchedulePage);
objectPages("/payments", paymentIntents, paymentPage);
objectPages("/invoices", invoices, invoicePage);
objectPages("/products", { get: (id) => products.get(id) ?? hiddenProducts.get(id) }, productPage);
objectPages("/meters", meters, meterPage);
objectPages("/webhooks", webhookEndpoints, (endpoint, here, query) => webhookPage(endpoint, query, here));
objectPages("/test-clocks", testClocks, testClockPage);
// Coupons have ids that somebody chose, and no page of their own.
objectPages("/objects", { get: (id) => dereference(id, "coupon") }, objectPage);

// Here errors lead with their `request_log_url`.
dashboard.get("/logs/:id", (c) => {
  const request = loggedRequest(c.req.param("id"));
  return request ? requestPage(request, addressOf(c)) : requestGone(c.req.param("id"), addressOf(c));
});

dashboard.get("/find", (c) => {
  const wanted = (c.req.query("id") ?? "").trim();
  if (loggedRequest(wanted)) return redirect(pathOf(wanted));
  const found = dereference(wanted, "coupon")?.id ?? customers.where({ email: wanted })[0]?.id;
  return found ? redirect(pathOf(found)) : notFound(addressOf(c), wanted);
});

dashboard.get("/assets/dashboard.css", (c) =>
  c.body(styles, 200, { "Content-Type": "text/css; charset=utf-8" }),
);
