import type { Read, Schedule } from "./schedule";

/** Makes a failing schedule as small as it gets while it keeps failing. */
export function shrink(schedule: Schedule, fails: (schedule: Schedule) => boolean): Schedule {
  let smallest = schedule;
  for (;;) {
    const smaller = simplerThan(smallest).find((one) => isPossible(one) && fails(one));
    if (!smaller) return smallest;
    smallest = smaller;
  }
}

/**
 * Every version has an event, Stripe delivers it or the sweep finds it, and nobody hears of it before it is there.
 * A status that climbs does not fall.
 */
const isPossible = ({ versions, events, deliveries, sweep }: Schedule) =>
  versions.every((_, index) => events.some(({ version }) => version === index)) &&
  events.every((_, index) => sweep || deliveries.some(({ event }) => event === index)) &&
  versions.slice(1).every(({ at, rank }, index) => {
    const before = versions[index];
    return before && before.at < at && before.rank <= rank;
  }) &&
  deliveries.every(({ event, at }) => at >= (versions[events[event]?.version ?? 0]?.at ?? 0)) &&
  (!sweep || sweep.at > (versions.at(-1)?.at ?? 0));

function simplerThan(schedule: Schedule): Schedule[] {
  const { versions, deliveries, syncs, sweep } = schedule;
  const without = <T>(list: T[], index: number) => list.toSpliced(index, 1);
  const changed = <T>(list: T[], index: number, over: Partial<T>) =>
    list.map((one, at) => (at === index ? { ...one, ...over } : one));
  return [
    ...syncs.map((_, index) => ({ ...schedule, syncs: without(syncs, index) })),
    ...(sweep ? [{ ...schedule, sweep: null }] : []),
    ...versions.slice(1).map((_, index) => withoutVersion(schedule, index + 1)),
    ...schedule.events.map((_, index) => withoutEvent(schedule, index)),
    ...deliveries.map((_, index) => ({ ...schedule, deliveries: without(deliveries, index) })),
    ...versions.flatMap((version, index) =>
      simplerVersions(version).map((over) => ({ ...schedule, versions: changed(versions, index, over) })),
    ),
    ...deliveries.flatMap(({ at, read }, index) =>
      [
        ...rounded(at).map((less) => ({ at: less })),
        ...simplerReads(read).map((simpler) => ({ read: simpler })),
      ].map((over) => ({ ...schedule, deliveries: changed(deliveries, index, over) })),
    ),
  ];
}

function withoutVersion(schedule: Schedule, version: number): Schedule {
  const isLast = version === schedule.versions.length - 1;
  const gone = schedule.events.flatMap((event, index) => (event.version === version ? [index] : []));
  const rest = gone.reduceRight(withoutEvent, schedule);
  return {
    ...rest,
    versions: rest.versions.toSpliced(version, 1),
    events: rest.events.map((event) =>
      event.version > version ? { ...event, version: event.version - 1 } : event,
    ),
    vanishes: schedule.vanishes && !isLast,
  };
}

function withoutEvent(schedule: Schedule, event: number): Schedule {
  return {
    ...schedule,
    events: schedule.events.toSpliced(event, 1),
    deliveries: schedule.deliveries
      .filter((delivery) => delivery.event !== event)
      .map((delivery) => (delivery.event > event ? { ...delivery, event: delivery.event - 1 } : delivery)),
  };
}

const rounded = (time: number) =>
  [3_600_000, 1000, 100, 10, 1].map((unit) => Math.floor(time / unit) * unit).filter((less) => less < time);

const simplerVersions = ({ at, content, rank }: Schedule["versions"][number]) => [
  ...rounded(at).map((less) => ({ at: less })),
  ...(content > 0 ? [{ content: content - 1 }] : []),
  ...(rank > 0 ? [{ rank: rank - 1 }] : []),
];

const simplerReads = (read: Read): Read[] => [
  ...(read.undated === null ? [] : [{ ...read, undated: null }]),
  ...rounded(read.wait).map((wait) => ({ ...read, wait })),
  ...rounded(read.took).map((took) => ({ ...read, took })),
  ...rounded(read.untilWritten).map((untilWritten) => ({ ...read, untilWritten })),
  ...(read.skew === 0 ? [] : [{ ...read, skew: 0 }]),
  ...(read.instant === 0 ? [] : [{ ...read, instant: 0 }]),
  ...(read.dated === read.instant ? [] : [{ ...read, dated: read.instant }]),
];
