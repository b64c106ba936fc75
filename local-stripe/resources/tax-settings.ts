import { call, type Resource } from "../kit/api";
import { emit } from "../kit/events";
import { mergeGiven } from "../kit/merge";
import { address, choice, group, optional, text } from "../kit/params";
import { keepTaxSettings, taxSettings } from "../objects/tax-settings";

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

export const taxSettingsResource: Resource = {
  routes: {
    "GET /v1/tax/settings": call({}, () => taxSettings()),

    "POST /v1/tax/settings": call(
      optional({
        defaults: group(
          optional({
            tax_behavior: choice("inclusive", "exclusive", "inferred_by_currency"),
            tax_code: text,
          }),
        ),
        head_office: group({ address }),
      }),
      ({ defaults, head_office }) => {
        const before = taxSettings();
        const settings = keepTaxSettings({
          ...before,
          defaults: { ...before.defaults, ...defaults },
          head_office: head_office
            ? { address: mergeGiven(before.head_office?.address ?? noAddress, head_office.address) }
            : before.head_office,
        });
        emit("tax.settings.updated", settings, before);
        return settings;
      },
    ),
  },
};
