/** The mark: a T that is an anvil, with a piece of hot iron on it. The same drawing as public/icon.svg. */
export function Brand() {
  return (
    <span className="inline-flex items-center gap-2">
      <svg viewBox="0 0 32 32" aria-hidden="true" className="size-7 shrink-0">
        <path
          className="fill-ink"
          d="M12 9H31V14C25.5 14.8 22 17 22 20.5C22 23 23.5 24.5 27 25.5V29H9V25.5C12.5 24.5 14 23 14 20.5C14 17.5 12 16.8 9.5 16.2C5.5 15.2 2.5 12.7 1 10C5 11.2 9 11.4 12 11Z"
        />
        <path className="fill-ember" d="M15 4H25V7.5H15Z" />
      </svg>
      <span className="font-semibold text-[1.0625rem] tracking-[-0.03em]">TitanForge</span>
    </span>
  );
}
