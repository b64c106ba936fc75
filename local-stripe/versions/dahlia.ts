import type { VersionChange } from "./change";

/** Today's names of `ui_mode`, by those before (stripe-node's changelog, 21.0.0). */
const UI_MODES: Readonly<Record<string, string>> = {
  hosted: "hosted_page",
  embedded: "embedded_page",
  custom: "elements",
};

const OLD_UI_MODES = Object.fromEntries(Object.entries(UI_MODES).map(([old, today]) => [today, old]));

export const dahlia: VersionChange = {
  release: "2026-03-25.dahlia",
  request({ path }, form) {
    if (!path.startsWith("/v1/checkout/sessions") || typeof form.ui_mode !== "string") return form;
    return { ...form, ui_mode: UI_MODES[form.ui_mode] ?? form.ui_mode };
  },
  answers: {
    "checkout.session": (session) => ({
      ...session,
      ui_mode: OLD_UI_MODES[String(session.ui_mode)] ?? session.ui_mode,
    }),
  },
};
