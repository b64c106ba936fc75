import type { Metadata } from "next";
import { AccountFrame } from "@/components/account/frame";
import { NewToken } from "@/components/account/new-token";
import { SCOPE_WORDS } from "@/components/account/scope-words";
import { Day } from "@/components/ui/day";
import { Section } from "@/components/ui/section";
import { Table } from "@/components/ui/table";
import { listAccessTokens } from "@/db/queries/tokens";
import { parseScopes } from "@/lib/auth/scopes";
import { requireUser } from "@/lib/auth/session";
import { createToken, revokeToken } from "./actions";

export const metadata: Metadata = { title: "Access tokens" };

type Token = Awaited<ReturnType<typeof listAccessTokens>>[number];

export default async function TokensPage() {
  const user = await requireUser("/account/tokens");
  const tokens = await listAccessTokens(user.id);
  return (
    <AccountFrame current="/account/tokens" title="Access tokens">
      <Section
        label="New token"
        note="A program that holds a token can do in your name what you allow here. It cannot see your password."
      >
        <NewToken action={createToken} />
      </Section>
      <Section label="Your tokens" note="Revoke one, and the program that uses it is locked out at once.">
        {tokens.length > 0 ? <TokenTable tokens={tokens} /> : <p className="text-iron">No tokens yet.</p>}
      </Section>
    </AccountFrame>
  );
}

const TokenTable = ({ tokens }: { tokens: Token[] }) => (
  <Table
    caption="Access tokens"
    rows={tokens}
    columns={[
      {
        title: "Token",
        cell: ({ name, prefix, scope }) => (
          <>
            <span className="[overflow-wrap:anywhere]">{name}</span>
            <code className="block font-mono text-iron text-sm">{prefix}…</code>
            <span className="block text-iron text-sm">May {scopeWords(scope)}</span>
          </>
        ),
      },
      {
        title: "Made",
        cell: ({ createdAt, lastUsedAt }) => (
          <>
            <Day date={createdAt} />
            <span className="block text-iron text-sm">
              {lastUsedAt ? (
                <>
                  Used <Day date={lastUsedAt} />
                </>
              ) : (
                "Never used"
              )}
            </span>
          </>
        ),
      },
      { title: "State", right: true, cell: (token) => <State {...token} /> },
    ]}
  />
);

const scopeWords = (scope: string) =>
  (parseScopes(scope) ?? []).map((one) => SCOPE_WORDS[one]).join(" and ") || "do nothing";

function State({ id, name, expiresAt, revokedAt }: Token) {
  if (revokedAt) return <span className="text-iron">Revoked</span>;
  if (expiresAt && expiresAt < new Date()) return <span className="text-iron">Expired</span>;
  return (
    <form action={revokeToken}>
      <input type="hidden" name="token_id" value={id} />
      <button type="submit" className="link min-h-11 cursor-pointer">
        Revoke<span className="sr-only"> {name}</span>
      </button>
      {expiresAt && (
        <span className="block text-iron text-sm">
          until <Day date={expiresAt} />
        </span>
      )}
    </form>
  );
}
