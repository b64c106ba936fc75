import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { formatDate, formatMoney, formatProduct } from "@/components/format";
import { ButtonLink } from "@/components/ui/button";
import { Facts } from "@/components/ui/facts";
import { PageTitle } from "@/components/ui/section";
import { requireUser } from "@/lib/auth/session";
import { type CheckoutResult, getCheckoutResult } from "@/lib/billing/checkout/result";

export const metadata: Metadata = { title: "Your order" };

type SearchParams = Promise<{ session_id?: string | string[] }>;

export default async function SuccessPage({ searchParams }: { searchParams: SearchParams }) {
  const { session_id: sessionId } = await searchParams;
  if (typeof sessionId !== "string") notFound();
  const user = await requireUser(`/success?session_id=${encodeURIComponent(sessionId)}`);
  const checkout = await getCheckoutResult(user, sessionId);
  if (!checkout) notFound();
  const { title, text, Next } = outcomes[checkout.outcome];
  return (
    <div className="grid gap-x-8 md:grid-cols-12">
      <div className="md:col-span-6">
        <PageTitle title={title}>
          <p>{text}</p>
        </PageTitle>
        <div className="flex flex-wrap gap-4 pb-12">
          <Next checkout={checkout} sessionId={sessionId} />
        </div>
      </div>
      <div className="md:col-span-5 md:col-start-8 md:pt-20">
        <Facts facts={receipt(checkout, user.email)} />
      </div>
    </div>
  );
}

type NextProps = { checkout: CheckoutResult; sessionId: string };
type Words = { title: string; text: string; Next: (props: NextProps) => ReactNode };

const outcomes: Record<CheckoutResult["outcome"], Words> = {
  paid: {
    title: "Paid. Thank you.",
    text: "The payment has arrived and what you bought is yours. Your account keeps the record.",
    Next: () => <ButtonLink href="/account">Go to your account</ButtonLink>,
  },
  processing: {
    title: "Your bank is on it.",
    text: "You have done your part. The bank has not confirmed the payment yet; that takes minutes with some, days with others. You need not wait here: your account shows it as soon as it is through.",
    Next: ({ sessionId }) => (
      <>
        <ButtonLink href={`/success?session_id=${encodeURIComponent(sessionId)}`}>Look again</ButtonLink>
        <ButtonLink look="outline" href="/account">
          Go to your account
        </ButtonLink>
      </>
    ),
  },
  failed: {
    title: "The payment did not go through.",
    text: "Nothing was charged. You can try again with another card or another way to pay.",
    Next: () => (
      <>
        <ButtonLink href="/pricing">Back to prices</ButtonLink>
        <ButtonLink look="outline" href="/account">
          Go to your account
        </ButtonLink>
      </>
    ),
  },
  open: {
    title: "Not paid yet.",
    text: "This checkout was left before the end, and nothing was charged. It stays open for a while.",
    Next: ({ checkout }) => <ButtonLink href={checkout.url ?? "/pricing"}>Continue to Checkout</ButtonLink>,
  },
};

function receipt(checkout: CheckoutResult, email: string): [string, ReactNode][] {
  const { product, amountTotal, currency, renewsAt, outcome } = checkout;
  const facts: [string, ReactNode][] = [
    ["Order", product ? formatProduct(product) : "A product that is no longer sold"],
    [outcome === "paid" ? "Paid" : "Amount", formatMoney(amountTotal, currency)],
  ];
  if (renewsAt) facts.push(["Renews on", formatDate(renewsAt)]);
  return [...facts, ["Account", email]];
}
