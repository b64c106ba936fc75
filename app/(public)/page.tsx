import catalog from "@/catalog.json";
import { Anvil } from "@/components/anvil";
import { formatPrice, perInterval } from "@/components/format";
import { ButtonLink } from "@/components/ui/button";
import { Section } from "@/components/ui/section";

export default function HomePage() {
  return (
    <>
      <Plate />
      <Catalogue />
      <HowBuyingWorks />
      <ForPrograms />
    </>
  );
}

const Plate = () => (
  <div className="grid gap-x-8 gap-y-10 pt-10 pb-14 md:grid-cols-12 md:pt-16 md:pb-20">
    <h1 className="text-plate md:col-span-12">
      Hosted AI by the month.
      <span className="block text-iron">Small features by the piece.</span>
    </h1>
    <div className="md:col-span-5 md:pt-6">
      <p className="max-w-[44ch] text-lg leading-relaxed">
        TitanForge sells three things: two plans that put AI into your product without a model to run, and one
        job at a fixed price, in which we design, build and ship a small feature for you.
      </p>
      <div className="flex flex-wrap gap-4 pt-8">
        <ButtonLink href="/pricing">See prices</ButtonLink>
        <ButtonLink look="outline" href="/register">
          Create an account
        </ButtonLink>
      </div>
    </div>
    <figure className="md:col-span-7">
      <Anvil className="w-full" />
      <figcaption className="label pt-3 text-right text-iron">Plate 1: the works, from the side</figcaption>
    </figure>
  </div>
);

/** The plans' parts on the drawing, in the catalog's order. */
const parts = [
  { letter: "a", part: "The horn, for light work" },
  { letter: "b", part: "The face, for the daily load" },
  { letter: "c", part: "The piece, made to order" },
];

const Catalogue = () => (
  <Section label="In the catalogue" note="The letters are those of the drawing.">
    <ol className="-mt-6">
      {catalog.plans.map((plan, index) => (
        <Item key={plan.plan} plan={plan} {...parts[index]} />
      ))}
    </ol>
    <a href="/pricing" className="link inline-flex min-h-11 items-center sm:ml-9">
      All prices, by the month and by the year
    </a>
  </Section>
);

type Plan = (typeof catalog.plans)[number];

/** Its first price is the one in the headline; /pricing has them all. */
function Item({ plan, letter, part }: { plan: Plan; letter?: string; part?: string }) {
  const [price] = plan.prices;
  return (
    <li className="border-line border-b py-6 last:border-0">
      <h3 className="flex flex-wrap items-baseline gap-x-3 font-medium text-xl tracking-tight sm:flex-nowrap sm:text-2xl">
        <span className="w-6 shrink-0 font-mono text-base text-ember">{letter}</span>
        <span>{plan.name}</span>
        <span className="leader hidden sm:block" />
        {price && (
          <span className="basis-full pl-9 tabular-nums sm:basis-auto sm:pl-0">
            {formatPrice(price.unit_amount, price.currency)}{" "}
            <span className="text-iron">{perInterval(price.interval)}</span>
          </span>
        )}
      </h3>
      <p className="max-w-prose pt-2 pl-9 text-iron leading-relaxed">
        <span className="text-ink">{part}.</span> {plan.description}
      </p>
    </li>
  );
}

const steps = [
  [
    "Choose",
    "A plan by the month or by the year, or the one-time job. The price on the tag is what you pay.",
  ],
  ["Sign in", "Name, email and a password. What you chose waits for you."],
  ["Pay at Stripe", "Checkout is Stripe’s own page. Your card number goes there and never to us."],
  ["Look after it", "Your account shows what you have, what you paid and when it renews. End it there, too."],
] as const;

const HowBuyingWorks = () => (
  <Section label="How buying works">
    <ol className="grid gap-x-8 gap-y-8 sm:grid-cols-2">
      {steps.map(([title, text], index) => (
        <li key={title} className="border-ink border-t pt-3">
          <h3 className="flex justify-between font-medium text-lg">
            {title}
            <span className="label text-iron">{index + 1}</span>
          </h3>
          <p className="max-w-[40ch] pt-1.5 text-iron leading-relaxed">{text}</p>
        </li>
      ))}
    </ol>
  </Section>
);

const call = `POST /api/v1/create-checkout-session
Authorization: Bearer $TOKEN
Content-Type: application/json

{"product_id": "$PRODUCT"}`;

const ForPrograms = () => (
  <Section
    label="For programs"
    note="The same checkout at the same prices. Make a token in your account, under Access tokens."
  >
    <h3 className="max-w-[24ch] font-medium text-2xl tracking-tight">
      What you can click, your program can call.
    </h3>
    <pre className="mt-6 whitespace-pre-wrap border-ember border-l-[3px] bg-sheet p-5 font-mono text-xs leading-relaxed [overflow-wrap:anywhere] sm:text-sm">
      <code>{call}</code>
    </pre>
    <p className="max-w-prose pt-4 text-iron leading-relaxed">
      The answer holds the address of a Checkout page, ready to be opened by whoever pays.
    </p>
  </Section>
);
