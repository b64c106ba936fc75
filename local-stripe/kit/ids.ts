import { randomFillSync } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Asking for random bytes is slow, however few; so they are asked for in advance. */
const pool = Buffer.alloc(4096);
let used = pool.length;

function randomByte(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool[used++] as number;
}

export function randomText(length: number, alphabet = ALPHABET): string {
  let text = "";
  while (text.length < length) text += alphabet[randomByte() % alphabet.length];
  return text;
}

export const newId = (prefix: string, length = 24): string => prefix + randomText(length);
