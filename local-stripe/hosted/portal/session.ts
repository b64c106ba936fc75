import { wallTime } from "../../kit/clock";
import { randomText } from "../../kit/ids";
import {
  type PortalConfiguration,
  type PortalSession,
  portalConfigurations,
  portalSessions,
  portalUrl,
  portalVisits,
} from "../../objects/billing-portal";
import { type Customer, customers } from "../../objects/customer";

/** The portal as one customer has it open. */
export interface Portal {
  readonly session: PortalSession;
  readonly features: PortalConfiguration["features"];
  /** The words of its configuration about the shop. */
  readonly business: PortalConfiguration["business_profile"];
  readonly customer: Customer;
  /** The address of its pages: `/p/session/<token>`. */
  readonly base: string;
  /** Proves that this browser opened the link. */
  readonly secret: string;
}

const LINK_SECONDS = 5 * 60;
const IDLE_SECONDS = 60 * 60;

/**
 * A link opens once and soon; from then on it belongs to that browser until it has been idle for an hour
 * (https://docs.stripe.com/customer-management; the times: inferred).
 */
export function openPortal(token: string, secret: string | undefined): Portal | undefined {
  const url = portalUrl(token);
  const session = portalSessions.where({ url })[0];
  const customer = session && customers.get(session.customer);
  if (!session || !customer) return undefined;
  const visit = portalVisits.get(session.id);
  const fresh = visit
    ? visit.secret === secret && wallTime() - visit.seenAt < IDLE_SECONDS
    : wallTime() - session.created < LINK_SECONDS;
  if (!fresh) return undefined;
  const kept = visit?.secret ?? randomText(40);
  portalVisits.put({ id: session.id, secret: kept, seenAt: wallTime() });
  const { features, business_profile } = portalConfigurations.must(session.configuration);
  const base = new URL(url).pathname;
  return { session, features, business: business_profile, customer, base, secret: kept };
}
