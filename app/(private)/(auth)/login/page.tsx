import type { Metadata } from "next";
import { CredentialsForm } from "@/components/credentials-form";
import { Notice } from "@/components/ui/notice";
import { PageTitle } from "@/components/ui/section";
import { getUser, hadAccount } from "@/lib/auth/session";
import { login } from "../actions";
import { IntentNote, intentHref, Onward, readIntent, type SearchParams } from "../intent";

/** Whatever somebody wanted before, it is one page, and one that may be found. */
export const metadata: Metadata = {
  title: "Sign in",
  alternates: { canonical: "/login" },
  robots: { index: true },
};

export default async function LoginPage({ searchParams }: { searchParams: SearchParams }) {
  const intent = await readIntent(searchParams);
  if (await getUser()) return <Onward {...intent} />;
  return (
    <div className="grid gap-x-8 md:grid-cols-12">
      <div className="md:col-span-6">
        <PageTitle title="Sign in">
          <IntentNote {...intent} />
        </PageTitle>
      </div>
      <div className="border-ink border-t pt-8 md:col-span-5 md:col-start-8 md:mt-20">
        {(await hadAccount()) && (
          <div className="pb-8">
            <Notice alert>
              The address that you registered with had an account already, with another password. Nothing was
              changed: sign in with the password of that account.
            </Notice>
          </div>
        )}
        <CredentialsForm action={login} kind="login" next={intent.next} productId={intent.product?.id} />
        <p className="pt-8 text-iron">
          New here?{" "}
          <a href={intentHref("/register", intent)} className="link text-ink">
            Create an account
          </a>
        </p>
      </div>
    </div>
  );
}
