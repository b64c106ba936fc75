import { call, list, type Resource } from "../kit/api";
import { exclusive } from "../kit/errors";
import { type EventType, events } from "../kit/events";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import { flag, listOf, optional, text } from "../kit/params";

const matches = (type: EventType, wanted: string) =>
  wanted.endsWith(".*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted;

export const eventResource: Resource = {
  routes: {
    "GET /v1/events": list(
      { ...createdParam, ...optional({ delivery_success: flag, type: text, types: listOf(text, 20) }) },
      ({ delivery_success, type, types }) => {
        if (type && types) throw exclusive("type", "types");
        const wanted = types ?? (type ? [type] : undefined);
        const rows = type && !type.endsWith(".*") ? events.where({ type }) : events.all();
        return rows
          .filter((event) => !wanted || wanted.some((one) => matches(event.type, one)))
          .filter(
            (event) => delivery_success === undefined || delivery_success === (event.pending_webhooks === 0),
          );
      },
    ),
    "GET /v1/events/:id": call({}, (_, { id }) => find(events, id)),
  },
};
