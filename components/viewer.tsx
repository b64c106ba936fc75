"use client";

import { useEffect, useState } from "react";
import { everyInterval } from "./format";

/** One plan, billed in one way. */
interface Offer {
  name: string;
  plan: string;
  family: string | null;
  interval: string | null;
  intervalCount: number;
}

type Viewer = { name: string; plans: Offer[] };

async function fetchViewer(): Promise<Viewer | null> {
  try {
    const response = await fetch("/api/viewer");
    return response.ok ? await response.json() : null;
  } catch {
    // Offline or overloaded: the page stays as every visitor sees it.
    return null;
  }
}

let request: Promise<Viewer | null> | undefined;

/** The person who looks at this cached page. Asked after load and once, however many parts want to know. */
function useViewer(): Viewer | null {
  const [viewer, setViewer] = useState<Viewer | null>(null);
  useEffect(() => {
    request ??= fetchViewer();
    request.then(setViewer);
  }, []);
  return viewer;
}

/** "Sign in" or "Account". Both lie in one grid cell, so that the swap moves nothing. */
export function ViewerLink() {
  const viewer = useViewer();
  return (
    <a href={viewer ? "/account" : "/login"} className="header-link">
      <span className="grid text-right *:[grid-area:1/1]">
        <span className={viewer ? "invisible" : ""}>Sign in</span>
        <span className={viewer ? "" : "invisible"}>Account</span>
      </span>
    </a>
  );
}

/** Marks the visitor's own plan; its line is there from the start. */
export function OwnPlanMark({ offer }: { offer: Offer }) {
  const [first, ...others] = useViewer()?.plans.filter(({ plan }) => plan === offer.plan) ?? [];
  const isOwn = first && [first, ...others].some((own) => isSame(own, offer));
  return (
    <p className="label min-h-5 text-ember">
      {isOwn
        ? "Your plan"
        : first && `Your plan, billed ${everyInterval(first.interval, first.intervalCount)}`}
    </p>
  );
}

/**
 * The words on a plan's button: one line, whichever they are, so that nothing moves. Where it leads is decided by
 * whoever answers it: without JavaScript, too, a second plan of a family ends at the account.
 */
export function PlanAction({ offer }: { offer: Offer }) {
  const own = useViewer()?.plans ?? [];
  const every = everyInterval(offer.interval, offer.intervalCount);
  if (own.some((one) => isSame(one, offer)))
    return <Words shown="Manage" more={` ${offer.name}, ${every}`} />;
  if (offer.family && own.some(({ family }) => family === offer.family))
    return <Words shown={`Switch to ${offer.name}`} more={` billed ${every}`} />;
  return <Words shown="Subscribe" more={` to ${offer.name}, ${every}`} />;
}

const isSame = (own: Offer, { plan, interval, intervalCount }: Offer) =>
  own.plan === plan && own.interval === interval && own.intervalCount === intervalCount;

const Words = ({ shown, more }: { shown: string; more: string }) => (
  <span className="truncate">
    {shown}
    <span className="sr-only">{more}</span>
  </span>
);
