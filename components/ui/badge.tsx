import type { ReactNode } from "react";

const tones = {
  sound: "bg-ink text-paper",
  hot: "bg-ember text-paper",
  plain: "shadow-[inset_0_0_0_1px] shadow-edge text-iron",
};

export type Tone = keyof typeof tones;

/** A stamp. The words carry the meaning; the tone only repeats it. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`label inline-block rounded-xs px-2 py-0.5 ${tones[tone]}`}>{children}</span>;
}
