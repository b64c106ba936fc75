import { formatShortDate } from "../format";

/** A date in a table, never broken across lines. */
export const Day = ({ date }: { date: Date }) => (
  <time dateTime={date.toISOString()} className="whitespace-nowrap">
    {formatShortDate(date)}
  </time>
);
