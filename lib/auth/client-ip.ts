import { env } from "@/env";

/**
 * The address of the client. Every proxy appends whom it heard from, so the last entries of `X-Forwarded-For`
 * are trustworthy, one per proxy of ours; whatever stands before them, the client may have made up.
 * Without a proxy Next itself puts the socket's address there, unless the client sent the header.
 */
export function clientIp(headers: Headers): string {
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  return forwarded.at(-Math.max(1, env.TRUSTED_PROXY_HOPS)) || "unknown";
}
