const FIRST =
  "Ada Alan Barbara Claude Donald Dorothy Edith Edsger Emmy Frances Grace Hedy Joan John Karen Katherine Konrad Leslie Margaret Niklaus Radia Sophie Tim Vint".split(
    " ",
  );
const LAST =
  "Allen Berners-Lee Cerf Clarke Dijkstra Hamilton Hopper Johnson Knuth Lamarr Lamport Liskov Lovelace McCarthy Noether Perlman Shannon Turing Vaughan Wilson Wirth Zuse".split(
    " ",
  );

/** A name may come again; an e-mail address does not. */
export function person(number: number): { readonly name: string; readonly email: string } {
  const first = FIRST[number % FIRST.length] as string;
  const last = LAST[Math.floor(number / FIRST.length + number) % LAST.length] as string;
  return { name: `${first} ${last}`, email: `${first}.${last}.${number + 1}@example.com`.toLowerCase() };
}
