import type { Product } from "@/db/queries/products";
import { formatPrice, perInterval } from "../format";
import { SubmitButton } from "../ui/submit-button";
import { OwnPlanMark, PlanAction } from "../viewer";
import { Features } from "./features";
import { isYearly, yearlySaving } from "./saving";

type Props = { tier: Product; siblings: Product[]; action: (formData: FormData) => Promise<void> };

export function Tier({ tier, siblings, action }: Props) {
  const { name, plan, family, interval, intervalCount } = tier;
  // The rest of the row need not travel to the browser.
  const offer = { name, plan, family, interval, intervalCount };
  return (
    <article className="border-line md:row-span-6 md:grid md:grid-rows-subgrid md:border-l md:px-6 lg:px-8 md:last:pr-0 md:first:border-0 md:first:pl-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-medium text-2xl tracking-tight">{tier.name}</h3>
        <OwnPlanMark offer={offer} />
      </div>
      <p className="pt-6">
        <span className="font-medium text-figure tabular-nums pr-1.5">
          {formatPrice(tier.unitAmount, tier.currency)}
        </span>{" "}
        <span className="text-iron">{perInterval(tier.interval, tier.intervalCount)}</span>
      </p>
      <p className="min-h-6 pt-3 text-iron text-sm">{savingNote(tier, siblings)}</p>
      <p className="max-w-[38ch] pt-5 pb-6 leading-relaxed">{tier.description}</p>
      <form action={action} className="pb-8">
        <input type="hidden" name="product_id" value={tier.id} />
        <SubmitButton className="w-full">
          <PlanAction offer={offer} />
        </SubmitButton>
      </form>
      <Features features={tier.features} />
    </article>
  );
}

function savingNote(tier: Product, siblings: Product[]): string {
  const saving = yearlySaving(tier.plan, siblings);
  if (!saving) return "";
  const amount = formatPrice(saving.amount, saving.currency);
  return isYearly(tier) ? `${amount} less than twelve single months` : `${amount} less by the year`;
}
