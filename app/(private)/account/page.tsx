import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/frame";
import { OrderTable } from "@/components/account/order-table";
import { PaymentTable } from "@/components/account/payment-table";
import { SubscriptionSheets } from "@/components/account/subscription-sheet";
import { Section } from "@/components/ui/section";
import { SubmitButton } from "@/components/ui/submit-button";
import { listOrders } from "@/db/queries/account";
import { listPayments } from "@/db/queries/payments";
import { requireUser } from "@/lib/auth/session";
import { listSubscriptionOverviews } from "@/lib/billing/subscription/overview";
import { AccountNotice } from "./account-notice";
import { openBillingPortal } from "./actions";

export const metadata: Metadata = { title: "Your account" };

type SearchParams = Promise<{ notice?: string | string[] }>;

export default async function AccountPage({ searchParams }: { searchParams: SearchParams }) {
  const user = await requireUser("/account");
  const { notice } = await searchParams;
  const [subscriptions, orders, payments] = await Promise.all([
    listSubscriptionOverviews(user.id),
    listOrders(user.id),
    listPayments(user.id),
  ]);
  return (
    <AccountFrame current="/account" title={user.name}>
      <AccountNotice word={notice} plan={subscriptions[0]?.product?.name} />
      <Section
        label="Plan"
        note="Card, invoices, change of plan and cancellation are on Stripe’s billing page."
      >
        <SubscriptionSheets subscriptions={subscriptions} />
        {user.stripeCustomerId && (
          <form action={openBillingPortal} className="pt-8">
            <SubmitButton look="outline">Manage billing</SubmitButton>
          </form>
        )}
      </Section>
      <Section label="Orders" note="What you bought by the piece.">
        <OrderTable orders={orders} />
      </Section>
      <Section label="Payments" note="Newest first. Dates are in UTC.">
        <PaymentTable payments={payments} />
      </Section>
    </AccountFrame>
  );
}
