import { hash, verify } from "@node-rs/argon2";
import { z } from "zod";
import { limitTo } from "@/lib/limit";

/**
 * argon2id (the library's default) with 64 MiB and three passes: well above OWASP's minimum (19 MiB, two passes).
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const PARAMETERS = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };

/**
 * NIST SP 800-63B-4: long instead of composed. Twelve rather than its fifteen, because sign-in failures are
 * limited per account and address; spaces and every script are welcome.
 */
export const passwordSchema = z
  .string("Choose a password.")
  .min(12, "Use at least 12 characters; a few words in a row are easy to remember.")
  .max(128, "Use at most 128 characters.");

/** The same password typed on another keyboard may arrive composed differently. */
const normalise = (password: string) => password.normalize("NFKC");

/** Each hash takes 64 MiB; a burst of sign-ins waits in line instead of exhausting the machine. */
const MAX_AT_ONCE = 4;
const inLine = limitTo(MAX_AT_ONCE);

export const hashPassword = (password: string) => inLine(() => hash(normalise(password), PARAMETERS));

let decoy: Promise<string> | undefined;

/** With no hash — an unknown address — it does the same work and says no, so that timing tells nothing. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword("nobody has this password");
  const against = passwordHash ?? (await decoy);
  const matches = await inLine(() => verify(against, normalise(password)));
  return matches && passwordHash !== null;
}
