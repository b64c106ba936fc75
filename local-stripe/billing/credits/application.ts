import { now } from "../../kit/clock";
import { type CreditGrant, creditGrants, creditTransactions } from "../../objects/credit-grant";
import { type Invoice, type InvoiceLineItem, lineList, subscriptionOf } from "../../objects/invoice";
import { isMetered, type Price, prices } from "../../objects/price";
import { balanceOf, credit, currencyOf, debit, empty } from "./ledger";
import { reaches } from "./scopes";

/** https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits */

type Credited = NonNullable<InvoiceLineItem["pretax_credit_amounts"]>[number];

/** The draft with the credits that it would use by now; nothing is taken from them before it is final. */
export const withCredits = (draft: Invoice): Invoice => credited(draft, () => null);

/** Takes from the grants what the invoice, which is final now, uses of them. */
export const applyCredits = (draft: Invoice): Invoice =>
  credited(draft, (grant, amount, line) => {
    const credits_applied = { invoice: draft.id, invoice_line_item: line };
    return debit(grant, amount, { credits_applied, type: "credits_applied" });
  });

/** Takes so much for a line, and tells the transaction; null while it is only a plan. */
type Take = (grant: CreditGrant, amount: number, line: string) => string | null;

/** After discounts, grants are used up in their order, by lines in theirs. */
function credited(draft: Invoice, take: Take): Invoice {
  const left = new Map(grantsFor(draft).map((grant) => [grant, balanceOf(grant)]));
  const lines = draft.lines.data.map((line) => {
    const ofDiscounts = line.pretax_credit_amounts ?? [];
    const price = meteredPriceOf(line);
    if (!price) return line;
    let open = ofDiscounts.reduce((rest, { amount }) => rest - amount, line.amount);
    const taken: Credited[] = [];
    for (const [grant, available] of left) {
      const amount = reaches(grant, price) ? Math.min(open, available) : 0;
      if (amount <= 0) continue;
      open -= amount;
      left.set(grant, available - amount);
      const credit_balance_transaction = take(grant, amount, line.id);
      taken.push({ amount, credit_balance_transaction, type: "credit_balance_transaction" });
    }
    return { ...line, pretax_credit_amounts: [...ofDiscounts, ...taken] };
  });
  const ofAll = draft.total_pretax_credit_amounts ?? [];
  const ofLines = lines.flatMap((line) => (line.pretax_credit_amounts ?? []).filter(isOfCredits));
  return {
    ...draft,
    lines: lineList(draft.id, lines),
    total_pretax_credit_amounts: [...ofAll, ...ofLines],
  };
}

/** Gives back what a void invoice had used; a grant that has expired loses it at once. */
export function reinstateCredits({ id }: Invoice): void {
  for (const transaction of creditTransactions.all()) {
    const applied = transaction.debit?.credits_applied;
    if (applied?.invoice !== id) continue;
    const grant = creditGrants.must(transaction.credit_grant);
    credit(grant, transaction.debit?.amount.monetary?.value ?? 0, {
      credits_application_invoice_voided: applied,
      type: "credits_application_invoice_voided",
    });
    if (grant.expires_at !== null && grant.expires_at <= now()) empty(grant, "credits_expired");
  }
}

/** The sum of all credits of an invoice. */
export const creditsOf = (invoice: Invoice): number =>
  (invoice.total_pretax_credit_amounts ?? [])
    .filter(isOfCredits)
    .reduce((sum, { amount }) => sum + amount, 0);

const isOfCredits = ({ type }: Pick<Credited, "type">) => type === "credit_balance_transaction";

function grantsFor(invoice: Invoice): CreditGrant[] {
  if (!subscriptionOf(invoice)) return [];
  return creditGrants
    .where({ customer: invoice.customer ?? "" })
    .filter((grant) => mayPay(grant, invoice))
    .sort(inOrder);
}

const mayPay = (grant: CreditGrant, { currency, period_end }: Invoice) =>
  currencyOf(grant) === currency &&
  grant.voided_at === null &&
  (grant.effective_at ?? 0) <= period_end &&
  (grant.expires_at ?? Infinity) > period_end;

/** The higher priority, the earlier end, what was given away, the earlier beginning, the older. */
function inOrder(a: CreditGrant, b: CreditGrant): number {
  const ranks = [a, b].map((grant) => [
    grant.priority ?? 50,
    grant.expires_at ?? Number.MAX_SAFE_INTEGER,
    grant.category === "promotional" ? 0 : 1,
    grant.effective_at ?? 0,
    grant.created,
  ]);
  const [first = [], second = []] = ranks;
  return first.map((rank, at) => rank - (second[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function meteredPriceOf({ parent, pricing }: InvoiceLineItem): Price | undefined {
  const price = prices.get(pricing?.price_details?.price ?? "");
  return parent?.subscription_item_details && price && isMetered(price) ? price : undefined;
}
