import { CARDS } from "./test-card-list";
import type { TestCard } from "./test-instrument";

const byNumber = new Map<string, TestCard>(CARDS.map((card) => [card.number, card]));
const byName = new Map<string, TestCard>(CARDS.flatMap((card) => card.names.map((name) => [name, card])));

export const cardByNumber = (number: string): TestCard | undefined => byNumber.get(number);

/** Ids and tokens that Stripe shares with everyone. */
export function sharedCard(idOrToken: string): TestCard | undefined {
  const name = idOrToken.replace(/^(pm_card_|tok_)/, "");
  return name === idOrToken ? undefined : byName.get(name);
}

/** True if the digits of a card's number agree with its last one (ISO/IEC 7812). */
export function passesLuhn(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false;
  const sum = [...number].reverse().reduce((total, digit, position) => {
    const value = Number(digit) * (position % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
