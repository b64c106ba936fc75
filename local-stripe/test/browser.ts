/** A browser without scripts: it follows links and submits forms on one site, and keeps its cookies. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  get(url: string): Promise<Page> {
    return this.#go(url, {});
  }

  post(url: string, fields: Record<string, string> = {}): Promise<Page> {
    return this.#go(url, { method: "POST", body: new URLSearchParams(fields) });
  }

  /** Follows the first link with this text. */
  follow(page: Page, text: string): Promise<Page> {
    const link = page.text.match(new RegExp(`<a [^>]*href="([^"]*)"[^>]*>${escaped(text)}</a>`));
    if (!link) throw new Error(`${page.url} has no link "${text}"`);
    return this.get(new URL(link[1] ?? "", page.url).href);
  }

  /** Presses the first button with this label, its form filled in with `fields` and otherwise as the page has it. */
  press(page: Page, label: string, fields: Record<string, string> = {}): Promise<Page> {
    const button = new RegExp(`(<button[^>]*>)\\s*${escaped(label)}\\s*<`);
    for (const [form, tag = ""] of page.text.matchAll(/(<form[^>]*>)[\s\S]*?<\/form>/g)) {
      const pressed = form.match(button)?.[1];
      if (!pressed) continue;
      const values = { ...valuesOf(form), ...fields };
      const action = attribute(pressed, "formaction") ?? attribute(tag, "action") ?? "";
      const url = new URL(action, page.url).href;
      if (attribute(tag, "method") === "post") return this.post(url, values);
      return this.get(`${url}?${new URLSearchParams(values)}`);
    }
    throw new Error(`${page.url} has no button "${label}"`);
  }

  async #go(url: string, options: RequestInit): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { ...options, headers: { cookie }, redirect: "manual" });
    for (const set of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = (set.split(";")[0] ?? "").split("=");
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get("Location");
    const next = location && new URL(location, url);
    // Another site is where the journey ends.
    if (next && next.origin === new URL(url).origin) return this.#go(next.href, {});
    const text = (await answer.text()).replaceAll("&#39;", "'").replaceAll("&amp;", "&");
    return { status: answer.status, url: next ? next.href : url, text };
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const attribute = (tag: string, name: string) => tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1];

/** The values that a form would send as it stands: its inputs, and the chosen or else the first options. */
function valuesOf(form: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const name = attribute(input, "name");
    if (name) values[name] = attribute(input, "value") ?? "";
  }
  for (const [select, tag = ""] of form.matchAll(/(<select[^>]*>)[\s\S]*?<\/select>/g)) {
    const options = [...select.matchAll(/<option[^>]*>/g)].map(([option]) => option);
    const chosen = options.find((option) => /\sselected/.test(option)) ?? options[0] ?? "";
    values[attribute(tag, "name") ?? ""] = attribute(chosen, "value") ?? "";
  }
  return values;
}

export interface Page {
  readonly status: number;
  /** The redirects led here. */
  readonly url: string;
  readonly text: string;
}
