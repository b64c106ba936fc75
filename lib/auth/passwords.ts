import { hash, verify } from "@node-rs/argon2";
import { z } from "zod";
import { limitTo } from "@/lib/limit";

/**
 * argon2id (the library's default) with 64 MiB and three passes: well above OWASP's minimum (19 MiB, two passes).
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const PARAMETERS = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };

/** The same password typed on another keyboard may arrive composed differently. */
const normalise = (password: string) => password.normalize("NFKC");

/** Of characters as a person counts them, in the form that is hashed. */
const lengthOf = (password: string) => [...normalise(password)].length;

/** As many code units as 128 characters may be typed with: some of four compose to one. */
export const MAX_TYPED = 512;

const TOO_LONG = "Use at most 128 characters.";

/**
 * NIST SP 800-63B-4: long instead of composed. Twelve rather than its fifteen, because guesses are limited per browser
 * and account, and easy-passwords.ts refuses what is guessed first; spaces and every script are welcome.
 */
export const passwordSchema = z
  .string("Choose a password.")
  .max(MAX_TYPED, { error: TOO_LONG, abort: true })
  .refine(
    (password) => lengthOf(password) >= 12,
    "Use at least 12 characters; a few words in a row are easy to remember.",
  )
  .refine((password) => lengthOf(password) <= 128, TOO_LONG);

/**
 * Each hash takes 64 MiB, a core for a tenth of a second, and one of the four threads of Node's that read files, too. So
 * strangers have one at a time, and so have those whose browser has signed in before: a flood of strangers leaves a core
 * to the pages, and does not stand in the way of a customer. Whoever comes last in a line waits about ten seconds.
 */
const AT_ONCE = 1;
const MAX_WAITING = 60;
const LINES = { strangers: limitTo(AT_ONCE, MAX_WAITING), known: limitTo(AT_ONCE, MAX_WAITING) };
export type Line = keyof typeof LINES;

/** Nothing can be hashed or checked in this moment; whoever asks first spares what comes before it. */
export const isBusy = (line: Line) => LINES[line].isFull();

/** @throws FullError, as verifyPassword does */
export const hashPassword = (password: string, line: Line = "strangers") =>
  LINES[line](() => hash(normalise(password), PARAMETERS));

const CURRENT = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

/** The parameters were others when it was made. */
export const needsRehash = (passwordHash: string) => !passwordHash.startsWith(CURRENT);

let decoy: Promise<string> | undefined;

/** With no hash — an unknown address — it does the same work and says no, so that timing tells nothing. */
export async function verifyPassword(
  passwordHash: string | null,
  password: string,
  line: Line = "strangers",
): Promise<boolean> {
  const against = passwordHash ?? (await getDecoy());
  const matches = await LINES[line](() => verify(against, normalise(password)));
  return matches && passwordHash !== null;
}

/** Made once, and outside the line: a refusal there would be kept. */
function getDecoy(): Promise<string> {
  decoy ??= hash("nobody has this password", PARAMETERS);
  return decoy;
}
