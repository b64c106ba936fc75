type Props = {
  legend: string;
  options: { name: string; words: string; isChecked: boolean }[];
  error?: string;
};

/** Boxes under one heading, any number of which may be ticked; below them what went wrong. */
export function CheckFields({ legend, options, error }: Props) {
  const noteId = `${options[0]?.name}-note`;
  return (
    <fieldset aria-invalid={error ? true : undefined} aria-describedby={error && noteId}>
      <legend className="pb-1.5 font-medium text-[0.9375rem]">{legend}</legend>
      {options.map(({ name, words, isChecked }) => (
        <label key={name} className="flex min-h-11 cursor-pointer items-center gap-3">
          <input type="checkbox" name={name} defaultChecked={isChecked} className="size-5" />
          {words}
        </label>
      ))}
      {error && (
        <p id={noteId} className="pt-1.5 text-ember text-sm">
          {error}
        </p>
      )}
    </fieldset>
  );
}
