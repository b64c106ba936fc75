"use client";

import { type ComponentProps, useEffect } from "react";
import { useFormStatus } from "react-dom";
import { buttonClass } from "./button";

type Props = { look?: Parameters<typeof buttonClass>[0] } & ComponentProps<"button">;

/** Sends its form and shows that something is under way; without JavaScript it is a plain button. */
export function SubmitButton({ look = "solid", className, ...button }: Props) {
  const { pending } = useFormStatus();

  useEffect(() => {
    if (!pending) return;
    // Back from Checkout, the browser may thaw the page in the middle of its own submission.
    const thaw = (event: PageTransitionEvent) => event.persisted && location.reload();
    addEventListener("pageshow", thaw);
    return () => removeEventListener("pageshow", thaw);
  }, [pending]);

  return (
    <button
      {...button}
      type="submit"
      aria-busy={pending}
      className={buttonClass(
        look,
        `cursor-pointer aria-busy:cursor-progress ${pending && look === "solid" ? "heating" : ""} ${className ?? ""}`,
      )}
    />
  );
}
