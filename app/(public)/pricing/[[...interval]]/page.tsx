import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { startCheckout } from "@/app/_actions/start-checkout";
import { IntervalToggle } from "@/components/pricing/interval-toggle";
import { JobTicket } from "@/components/pricing/job-ticket";
import { bestSaving, isYearly } from "@/components/pricing/saving";
import { Tier } from "@/components/pricing/tier";
import { PageTitle, Section } from "@/components/ui/section";
import { listProducts } from "@/db/queries/products";

export const metadata: Metadata = {
  title: "Prices",
  description:
    "AIaaS Starter and AIaaS Pro by the month or by the year, Micro-Feature Development at a fixed price.",
};

export const revalidate = 300;

/** No path is rendered at build, where there is no database; each is cached from its first visit on. */
export async function generateStaticParams() {
  return [];
}

export default async function PricingPage({ params }: { params: Promise<{ interval?: string[] }> }) {
  const interval = toInterval((await params).interval);
  const products = await listProducts();
  const tiers = products.filter((product) => product.interval !== null);
  // A price that does not bill by the year stands with the months, and says how often it bills.
  const shown = tiers.filter((tier) => isYearly(tier) === (interval === "year"));
  const jobs = products.filter((product) => product.interval === null);
  return (
    <>
      <div className="md:flex md:items-end md:justify-between">
        <PageTitle title="Prices">
          <p>Plans that renew, and a job that does not.</p>
        </PageTitle>
        {tiers.length > 0 && (
          <div className="pb-10 md:pb-14">
            <IntervalToggle interval={interval} saving={bestSaving(tiers)} />
          </div>
        )}
      </div>
      {products.length === 0 && <Empty />}
      {tiers.length > 0 && (
        <Section
          label={interval === "year" ? "By the year" : "By the month"}
          note="One plan at a time. Change it or end it from your account, whenever you like."
        >
          <div className="grid gap-y-14 md:auto-cols-fr md:grid-flow-col md:grid-rows-[repeat(6,auto)] md:gap-y-0">
            {shown.map((tier) => (
              <Tier key={tier.id} tier={tier} siblings={tiers} action={startCheckout} />
            ))}
          </div>
        </Section>
      )}
      {jobs.length > 0 && (
        <Section
          label="By the piece"
          note="Paid once, with no subscription. Order as many as you have ideas for."
        >
          <div className="grid gap-8">
            {jobs.map((job) => (
              <JobTicket key={job.id} job={job} action={startCheckout} />
            ))}
          </div>
        </Section>
      )}
    </>
  );
}

function toInterval(segments: string[] = []): "month" | "year" {
  if (segments.length === 0) return "month";
  if (segments.length === 1 && segments[0] === "yearly") return "year";
  notFound();
}

const Empty = () => (
  <Section label="Nothing on sale">
    <p className="max-w-prose text-lg leading-relaxed">
      The catalogue is empty at the moment, so there is nothing to buy today. What you have bought already is
      in{" "}
      <a href="/account" className="link">
        your account
      </a>
      , as ever.
    </p>
  </Section>
);
