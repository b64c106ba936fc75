import type { Metadata } from "next";
import { CredentialsForm } from "@/components/credentials-form";
import { PageTitle } from "@/components/ui/section";
import { getUser } from "@/lib/auth/session";
import { register } from "../actions";
import { IntentNote, intentHref, Onward, readIntent, type SearchParams } from "../intent";

/** Whatever somebody wanted before, it is one page, and one that may be found. */
export const metadata: Metadata = {
  title: "Create an account",
  alternates: { canonical: "/register" },
  robots: { index: true },
};

export default async function RegisterPage({ searchParams }: { searchParams: SearchParams }) {
  const intent = await readIntent(searchParams);
  if (await getUser()) return <Onward {...intent} />;
  return (
    <div className="grid gap-x-8 md:grid-cols-12">
      <div className="md:col-span-6">
        <PageTitle title="Create an account">
          <IntentNote {...intent} />
        </PageTitle>
      </div>
      <div className="border-ink border-t pt-8 md:col-span-5 md:col-start-8 md:mt-20">
        <CredentialsForm
          action={register}
          kind="register"
          next={intent.next}
          productId={intent.product?.id}
        />
        <p className="pt-8 text-iron">
          Been here before?{" "}
          <a href={intentHref("/login", intent)} className="link text-ink">
            Sign in instead
          </a>
        </p>
      </div>
    </div>
  );
}
