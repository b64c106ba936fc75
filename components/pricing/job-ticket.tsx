import type { Product } from "@/db/queries/products";
import { formatPrice } from "../format";
import { SubmitButton } from "../ui/submit-button";
import { Features } from "./features";

type Props = { job: Product; action: (formData: FormData) => Promise<void> };

/** A one-time purchase as the ticket that hangs beside the anvil until the job is done: the stub is the price. */
export function JobTicket({ job, action }: Props) {
  return (
    <article className="grid border border-ink bg-sheet lg:grid-cols-[1fr_18rem]">
      <div className="p-6 md:p-8">
        <h3 className="font-medium text-2xl tracking-tight">{job.name}</h3>
        <p className="max-w-[48ch] pt-3 pb-6 leading-relaxed">{job.description}</p>
        <Features features={job.features} />
      </div>
      <div className="relative flex flex-col justify-between gap-8 border-edge border-t border-dashed p-6 md:p-8 lg:border-t-0 lg:border-l">
        <span
          aria-hidden="true"
          className="absolute top-4 right-4 size-3.5 rounded-full border border-ink bg-paper"
        />
        <p className="pt-2">
          <span className="font-medium text-figure tabular-nums pr-1.5">
            {formatPrice(job.unitAmount, job.currency)}
          </span>{" "}
          <span className="text-iron">once</span>
        </p>
        <form action={action}>
          <input type="hidden" name="product_id" value={job.id} />
          <SubmitButton className="w-full">
            Buy<span className="sr-only"> {job.name}</span>
          </SubmitButton>
        </form>
      </div>
    </article>
  );
}
