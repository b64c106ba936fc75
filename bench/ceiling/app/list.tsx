/** A page of as many bytes as its rows make, in a few kinds of elements. */
export function List({ rows }: { rows: number }) {
  return (
    <main className="mx-auto max-w-7xl px-4">
      <h1>Prices</h1>
      <p>Rendered {new Date().toISOString()}</p>
      <ul>
        {Array.from({ length: rows }, (_, index) => ({
          id: index,
          text: `In words, ${(index * 7919) % 1000}`,
        })).map(({ id, text }) => (
          <li key={id} className="flex items-start">
            <b>Feature number {id}</b>
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </main>
  );
}
