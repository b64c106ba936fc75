import { isIP } from "node:net";
import { env } from "@/env";

/**
 * The client that a limit counts: an IPv4 address, or the /64 of an IPv6 one, which is what one household has. Every
 * proxy appends whom it heard from, so the last entries of `X-Forwarded-For` are trustworthy, one per proxy of ours;
 * whatever stands before them, the client may have made up. Without a proxy lib/http/unreadable.ts has put the
 * socket's address there, whatever the client sent.
 */
export function clientIp(headers: Headers): string {
  const forwarded = headers.get("x-forwarded-for")?.split(",");
  return toClient(forwarded?.at(-Math.max(1, env.TRUSTED_PROXY_HOPS))?.trim() ?? NOBODY);
}

/** All texts that are no address count as one client: else each made-up text would be another. */
const NOBODY = "unknown";

function toClient(address: string): string {
  const mapped = address.match(/^::ffff:([\d.]+)$/i)?.[1] ?? address;
  if (isIP(mapped) === 4) return mapped;
  return isIP(mapped) === 6 ? `${prefixOf(mapped)}::/64` : NOBODY;
}

/** The first four of eight groups; `::` stands for as many zeros as are missing. A zone after `%` may hold colons. */
function prefixOf(address: string): string {
  const [bare = address] = address.split("%");
  const zeros = "0:".repeat(8 - groupsOf(bare).length);
  return groupsOf(bare.replace("::", `:${zeros}`))
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

const groupsOf = (text: string) => text.split(":").filter(Boolean);
