import { Notice } from "@/components/ui/notice";

/** By the word in the address: why somebody was led to their account instead of where they wanted to go. */
const SENTENCES: Record<string, (plan: string) => string> = {
  "already-subscribed": (plan) =>
    `You already have ${plan}. Change it here, under Manage billing, instead of buying a second one. Nothing was charged.`,
  "currency-mismatch": () =>
    "That plan is sold in another currency than the one you are billed in, and a customer is billed in one currency only. Nothing was charged.",
  "checkout-in-progress": () =>
    "Another checkout of yours is being opened or paid at this moment, so this one was not begun. Try again shortly.",
  "too-many-checkouts": () =>
    "You began so many checkouts in a few minutes that this one was not begun. Try again in a quarter of an hour. Nothing was charged.",
  "too-many-visits": () =>
    "You opened the billing page so often in a few minutes that it was not opened once more. Try again in a quarter of an hour.",
  "nothing-to-manage": () =>
    "Your billing account was deleted, so there is nothing to manage any more. Choose a plan to begin anew.",
};

interface Props {
  /** From the address, where anything may stand. */
  word: string | string[] | undefined;
  plan: string | undefined;
}

export function AccountNotice({ word, plan = "a plan" }: Props) {
  if (typeof word !== "string" || !Object.hasOwn(SENTENCES, word)) return null;
  return (
    <div className="pb-10">
      <Notice alert>{SENTENCES[word]?.(plan)}</Notice>
    </div>
  );
}
