import type { Local } from "./start";

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  // A fact compares an answer with what was recorded; a type would only repeat that.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

/** One request as curl sends it: `ask(local, "POST /v1/customers", "email=ada@example.com")`. A GET has it in the URL. */
export async function ask(
  local: Local,
  line: string,
  form = "",
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const [method = "", path = ""] = line.split(" ");
  const inUrl = method === "GET" && form !== "";
  const answer = await fetch(local.origin + path + (inUrl ? `?${form}` : ""), {
    method,
    headers: {
      Authorization: "Bearer sk_test_x",
      "Content-Type": "application/x-www-form-urlencoded",
      ...headers,
    },
    ...(method === "GET" || form === "" ? {} : { body: form }),
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
}

/** The error itself, without the links that every error has. */
export function errorIn({ status, body }: Asked): Record<string, unknown> {
  const { doc_url: _, request_log_url: __, ...error } = body.error;
  return { status, ...error };
}
