import { html } from "hono/html";
import { isFailed, type LoggedRequest } from "../../kit/request-log";
import { badge, type Content } from "./elements";

/** The status of its answer, and that it was given before. */
export function requestStatus(request: LoggedRequest): Content {
  const tone = isFailed(request) ? "failed" : "succeeded";
  return html`${badge(tone, String(request.status))} ${request.replayed_from ? badge("replayed") : ""}`;
}
