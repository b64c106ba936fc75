import { type VersionChange, without } from "./change";

const TAKES_METHOD_TYPES = /^\/v1\/(checkout\/sessions|payment_intents|setup_intents)(\/|$)/;

/**
 * Before it, the kinds of payment method were named by `payment_method_types` (stripe-node's changelog, 23.0.0). A
 * checkout offers just those; an intent is given its method, so there they say nothing more.
 */
export const endive: VersionChange = {
  release: "2026-09-30.endive",
  request({ path }, form) {
    if (!TAKES_METHOD_TYPES.test(path) || !("payment_method_types" in form)) return form;
    const rest = without(form, "payment_method_types");
    const isCheckout = path.startsWith("/v1/checkout/");
    return isCheckout ? { ...rest, allowed_payment_method_types: form.payment_method_types } : rest;
  },
  answers: {},
};
