import { html } from "hono/html";
import { isFailed, type LoggedRequest, loggedRequests, MOST_REQUESTS } from "../../kit/request-log";
import { heading, hint, time } from "../parts/elements";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { listing, pager, type Query, tabs } from "../parts/listing";
import { requestStatus } from "../parts/request-status";
import { table } from "../parts/table";

const WANTED: Readonly<Record<string, (request: LoggedRequest) => boolean>> = {
  failed: isFailed,
  succeeded: (request) => !isFailed(request),
};

export function requestsPage(query: Query, here: string): Promise<Response> {
  const wanted = WANTED[query.status ?? ""];
  const found = listing(loggedRequests(), query, wanted);
  return frame(
    here,
    "Requests",
    html`${heading("Developers", "Requests")}
      ${hint(`Calls of the API, the newest ${MOST_REQUESTS} since the last start or reset. Keys, card numbers and security codes are not kept.`)}
      ${tabs("/logs", "status", Object.keys(WANTED), query)}
      ${table(
        "Requests, newest first",
        [
          {
            label: "Request",
            cell: ({ id, method, path }: LoggedRequest) =>
              html`<span class="path">${link(id, `${method} ${path}`)}</span>`,
          },
          { label: "Status", cell: requestStatus },
          { label: "Time (UTC)", cell: ({ created }) => time(created) },
          {
            label: "Idempotency key",
            cell: ({ idempotency_key }) =>
              idempotency_key ? html`<span class="id">${idempotency_key}</span>` : "–",
          },
        ],
        found.rows,
        wanted
          ? html`No request is like that. <a href="/logs">Show all</a>`
          : "No requests yet. Buttons here and hosted pages do without them.",
      )}
      ${pager("/logs", found)}`,
  );
}
