import { call, type Resource } from "../kit/api";
import { emit } from "../kit/events";
import { find } from "../kit/lookup";
import { optional, text, url } from "../kit/params";
import {
  buildPortalConfiguration,
  buildPortalSession,
  type PortalConfiguration,
  type PortalSession,
  portalConfigurations,
  portalSessions,
} from "../objects/billing-portal";
import { customers } from "../objects/customer";

/** As if the owner had saved the Dashboard's settings page once. */
function defaultConfiguration(): PortalConfiguration {
  const saved = portalConfigurations.where({ is_default: true })[0];
  return saved ?? portalConfigurations.put(buildPortalConfiguration({ is_default: true }));
}

export const billingPortalResource: Resource = {
  routes: {
    "POST /v1/billing_portal/sessions": call(
      { customer: text, ...optional({ configuration: text, locale: text, return_url: url }) },
      (given) => {
        const { id } = find(customers, given.customer, "customer");
        const configuration = given.configuration
          ? find(portalConfigurations, given.configuration, "configuration")
          : defaultConfiguration();
        const session = portalSessions.put(
          buildPortalSession({
            configuration: configuration.id,
            customer: id,
            locale: (given.locale ?? null) as PortalSession["locale"],
            return_url: given.return_url ?? configuration.default_return_url,
          }),
        );
        emit("billing_portal.session.created", session);
        return session;
      },
    ),
  },
};
