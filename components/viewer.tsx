"use client";

import { useEffect, useState } from "react";

type Viewer = { name: string; plan: string | null; interval: "month" | "year" | null };

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
export function OwnPlanMark({ plan, interval }: { plan: string; interval: string }) {
  const viewer = useViewer();
  const own = viewer?.plan === plan;
  return (
    <p className="label min-h-5 text-ember">
      {own && (viewer.interval === interval ? "Your plan" : `Your plan, billed ${viewer.interval}ly`)}
    </p>
  );
}
