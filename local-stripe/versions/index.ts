import { changedFields, isPlain, type Plain } from "../kit/diff";
import { ParameterError } from "../kit/errors";
import type { StoredEvent } from "../kit/events";
import type { Dialect } from "../kit/versions";
import { basil } from "./basil";
import { clover } from "./clover";
import { dahlia } from "./dahlia";
import { endive } from "./endive";

/** From the newest: what is older is told in the words of today, one release after the other. */
const CHANGES = [endive, dahlia, clover, basil];

const changesSince = (version: string) => CHANGES.filter(({ release }) => version < release);

/** Requests and answers in the words of their version: https://docs.stripe.com/api/versioning. */
export const dialect: Dialect = {
  readRequest(version, call, form) {
    const changes = changesSince(version);
    const gone = CHANGES.filter((change) => !changes.includes(change)).flatMap(
      ({ dropped }) => dropped?.(call) ?? [],
    );
    const unknown = gone.find((name) => form[name] !== undefined);
    if (unknown) throw unknownParameter(unknown);
    return changes.toReversed().reduce((read, { request }) => request?.(call, read) ?? read, form);
  },
  render: (version, value) => {
    const changes = changesSince(version);
    return changes.length === 0 ? value : (rendered(value, changes) as typeof value);
  },
};

const unknownParameter = (param: string) =>
  new ParameterError(400, {
    type: "invalid_request_error",
    code: "parameter_unknown",
    message: `Received unknown parameter: ${param}`,
    param,
  });

function rendered(value: unknown, changes: typeof CHANGES): unknown {
  if (Array.isArray(value)) return value.map((one) => rendered(one, changes));
  if (!isPlain(value)) return value;
  // An event was told in the version of its own.
  if (value.object === "event") return value;
  const own = changes.reduce<Plain>(
    (told, { answers }) => changeOf(answers, told.object)?.(told) ?? told,
    value,
  );
  return Object.fromEntries(
    Object.entries(own).map(([name, part]) => [name, name === "metadata" ? part : rendered(part, changes)]),
  );
}

const changeOf = (answers: (typeof CHANGES)[number]["answers"], type: unknown) =>
  typeof type === "string" && Object.hasOwn(answers, type) ? answers[type] : undefined;

/** An event as an endpoint with this version hears of it: the object, and what of it was otherwise before. */
export function renderEvent(event: StoredEvent, version: string): StoredEvent {
  if (changesSince(version).length === 0) return { ...event, api_version: version };
  const { object, previous_attributes } = event.data;
  const told = dialect.render(version, object) as StoredEvent["data"]["object"];
  if (!previous_attributes) return { ...event, api_version: version, data: { object: told } };
  const before = dialect.render(version, merged(object as unknown as Plain, previous_attributes)) as object;
  return {
    ...event,
    api_version: version,
    data: { object: told, previous_attributes: changedFields(before, told) },
  };
}

/** The object as it was: of a part, `previous_attributes` name only what differs. */
function merged(object: Plain, previous: Plain): Plain {
  const parts = Object.entries(previous).map(([name, was]) => {
    const is = object[name];
    return [name, isPlain(is) && isPlain(was) ? merged(is, was) : was];
  });
  return { ...object, ...Object.fromEntries(parts) };
}
