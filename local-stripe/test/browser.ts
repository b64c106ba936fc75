/** A browser without scripts: it follows links and submits forms on one site, and keeps its cookies. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  get(url: string): Promise<Page> {
    return this.#go(url, {});
  }

  post(url: string, fields: Record<string, string> = {}): Promise<Page> {
    return this.#go(url, { method: "POST", body: new URLSearchParams(fields) });
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

export interface Page {
  readonly status: number;
  /** Where the redirects led. */
  readonly url: string;
  readonly text: string;
}
