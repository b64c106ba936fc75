import type { ComponentProps } from "react";

const shape =
  "inline-flex min-h-12 items-center justify-center rounded-xs px-6 text-[0.9375rem] font-medium transition-colors duration-200";

const looks = {
  solid: "bg-ink text-paper hover:bg-ember active:bg-ember",
  outline: "border border-edge hover:border-ember hover:text-ember",
  quiet: "link px-2 font-normal",
};

type Look = { look?: keyof typeof looks };

/** The same face for links, which lead somewhere, and buttons, which do something. */
export const buttonClass = (look: keyof typeof looks, className = "") =>
  `${shape} ${looks[look]} ${className}`;

export function ButtonLink({ look = "solid", className, ...anchor }: Look & ComponentProps<"a">) {
  return <a {...anchor} className={buttonClass(look, className)} />;
}
