import type { ReactNode } from "react";
import { ButtonLink, buttonClass } from "./ui/button";
import { PageTitle } from "./ui/section";

/** The end of a way: it says so and shows two ways on. */
export function Lost({
  title,
  children,
  action,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <>
      <PageTitle title={title}>{children}</PageTitle>
      <div className="flex flex-wrap gap-4">
        {action ?? <ButtonLink href="/pricing">See prices</ButtonLink>}
        <ButtonLink look="outline" href="/account">
          Your account
        </ButtonLink>
      </div>
    </>
  );
}

export const NotFound = () => (
  <Lost title="Not in the catalogue.">
    <p>There is no page at this address, or it belongs to somebody else’s account.</p>
  </Lost>
);

export const Failure = ({ retry }: { retry: () => void }) => (
  <Lost
    title="Something broke on our side."
    action={
      <button type="button" onClick={retry} className={buttonClass("solid", "cursor-pointer")}>
        Try again
      </button>
    }
  >
    <p>
      It was nothing you did. If you were about to pay, look into your account first: what has been paid is
      listed there.
    </p>
  </Lost>
);
