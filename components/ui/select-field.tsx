type Props = {
  label: string;
  name: string;
  options: readonly (readonly [value: string, words: string])[];
  defaultValue: string;
  error?: string;
};

/** A label and its list, from which one is chosen; below it what went wrong. The name doubles as the id. */
export function SelectField({ label, name, options, defaultValue, error }: Props) {
  const noteId = `${name}-note`;
  return (
    <div>
      <label htmlFor={name} className="block pb-1.5 font-medium text-[0.9375rem]">
        {label}
      </label>
      {/* A new one for each default: React resets a form that was sent, but leaves what is chosen here at the first. */}
      <select
        key={defaultValue}
        id={name}
        name={name}
        defaultValue={defaultValue}
        aria-invalid={error ? true : undefined}
        aria-describedby={error && noteId}
        className="h-12 w-full rounded-xs border border-edge bg-sheet px-3.5 text-base hover:border-ink aria-invalid:border-ember"
      >
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {error && (
        <p id={noteId} className="pt-1.5 text-ember text-sm">
          {error}
        </p>
      )}
    </div>
  );
}
