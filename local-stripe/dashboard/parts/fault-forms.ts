import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import { button, buttons, controlForm, numberField, selectField, textField } from "./buttons";
import { type Content, hint, panel } from "./elements";

const form = (here: string, action: string, label: string, ...fields: Content[]): Markup =>
  controlForm(
    here,
    action,
    {},
    html`<div class="inline">${fields}<button class="plain">${label}</button></div>`,
  );

const typeField = (id: string, label: string) =>
  textField({ id, name: "type", label, list: "types", required: true });

export const holdPanel = (here: string) =>
  panel(
    "Hold and release",
    hint(
      "What is held waits. Released, it goes out in the order that is set: an application may not rely on any.",
    ),
    buttons(button(here, "hold", "Hold everything"), button(here, "release", "Release everything")),
    controlForm(
      here,
      "hold",
      {},
      html`<div class="inline">
        ${typeField("hold-type", "Only this type")}
        <button class="plain">Hold</button>
        <button class="plain" formaction="/__local/release">Release</button>
      </div>`,
    ),
  );

export const orderPanel = (here: string) =>
  panel(
    "Order",
    hint("For events of one request, and for what is released together."),
    form(
      here,
      "order",
      "Set",
      selectField({ name: "mode", label: "Order" }, [
        ["concurrent", "as usual: side by side"],
        ["fifo", "one at a time, in order"],
        ["reverse", "one at a time, reversed"],
        ["shuffle", "one at a time, shuffled"],
      ]),
      numberField({ name: "seed", label: "Seed" }),
    ),
    hint("The same seed shuffles the same way."),
  );

export const lossPanel = (here: string) =>
  panel(
    "Lost, late and more than once",
    form(here, "drop", "Drop", typeField("drop-type", "Drop this type")),
    form(
      here,
      "delay",
      "Delay",
      typeField("delay-type", "Send this type late"),
      numberField({ name: "ms", label: "ms", value: 5000 }),
    ),
    form(
      here,
      "duplicate",
      "Duplicate every event",
      numberField({ id: "duplicates", name: "times", label: "Extra copies" }),
    ),
  );

export const signaturePanel = (here: string) =>
  panel(
    "Signatures that do not hold",
    hint("An application has to refuse both. The attempt fails and is made again, correctly."),
    form(
      here,
      "tamper",
      "Change their body",
      numberField({ id: "tampered", name: "times", label: "Next attempts" }),
    ),
    form(
      here,
      "stale_timestamp",
      "Date them ten minutes back",
      numberField({ id: "stale", name: "times", label: "Next attempts" }),
    ),
  );

export const apiPanel = (here: string) =>
  panel(
    "The API fails",
    hint("The next requests are refused; or carried out, and the answer is lost."),
    form(
      here,
      "inject",
      "Inject",
      selectField({ name: "status", label: "Answer" }, [
        ["429", "429 Too many requests"],
        ["500", "500 Server error"],
        ["timeout", "none: timeout"],
      ]),
      textField({ name: "path", label: "Requests to", value: "/v1/" }),
      numberField({ id: "faults", name: "times", label: "Times" }),
    ),
  );

export const browserPanel = (here: string) =>
  panel(
    "The browser comes back late",
    hint("Webhooks may be there before the customer is."),
    form(
      here,
      "redirect",
      "Set",
      numberField({ name: "delay_ms", label: "ms after a payment", value: 3000 }),
    ),
  );
