import { getUserById } from "@/db/queries/users";
import { BusyError } from "@/lib/transient";
import { linkCustomer, userFreeFor } from "../customer-links";
import { CUSTOMER_TABLES } from "../objects";
import { getRev, MAX_LOSSES, writeInTurn } from "./turn";

/**
 * From now on the user is this customer, unless they are another by now. In the customer's turn, so that an event that
 * arrives right now finds either no user or all of it.
 * @throws BusyError when others keep writing for this customer
 */
export async function linkUser(userId: string, stripeCustomerId: string): Promise<void> {
  const turn = { key: stripeCustomerId, owner: userFreeFor(userId, stripeCustomerId), isDeleted: false };
  const writes = linkCustomer(stripeCustomerId, CUSTOMER_TABLES);
  for (let losses = 0; losses <= MAX_LOSSES; losses++) {
    if (await writeInTurn({ ...turn, rev: await getRev(stripeCustomerId) }, writes, null)) return;
    // Whoever was first has done all of it.
    if ((await getUserById(userId))?.stripeCustomerId) return;
  }
  throw new BusyError(`Customer ${stripeCustomerId} kept changing while its user was stored.`);
}
