import { describe, expect, it, vi } from "vitest";

/** Rate limits count by this address, so nobody may choose it. */

const withHops = async (hops: string | undefined) => {
  vi.resetModules();
  vi.stubEnv("TRUSTED_PROXY_HOPS", hops);
  const { clientIp } = await import("@/lib/auth/client-ip");
  return (forwarded?: string) =>
    clientIp(new Headers(forwarded === undefined ? {} : { "X-Forwarded-For": forwarded }));
};

describe.each([
  ["no proxy said", undefined],
  ["no proxy", "0"],
  ["one proxy", "1"],
])("with %s", (_, hops) => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["made up, 198.51.100.1,203.0.113.7", "203.0.113.7"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:ffff:1:2:3", "2001:db8:0:0::/64"],
    ["2001:0DB8:0:1::1", "2001:db8:0:1::/64"],
    ["::1", "0:0:0:0::/64"],
    // RFC 4291, 2.2: `::` stands for one group of zeros or more, wherever they are. These have eight, two and one.
    ["::", "0:0:0:0::/64"],
    ["2001::2:3:4:5:6", "2001:0:0:2::/64"],
    ["::2:3:4:5:6:7:8", "0:2:3:4::/64"],
    ["1:2:3::5:6:7:8", "1:2:3:0::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
    // RFC 4007, 11: a zone says by which of its own interfaces the proxy reaches a client.
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["fe80::1%1:2:3:4:5:6:7:8", "fe80:0:0:0::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
  ])("%j came from the last one, %s", async (forwarded, ip) => {
    expect((await withHops(hops))(forwarded)).toBe(ip);
  });

  it.each([undefined, "", " ", "203.0.113.7,", "nobody", "203.0.113.256", "x".repeat(6_000)])(
    "%j came from nobody we know",
    async (forwarded) => {
      expect((await withHops(hops))(forwarded)).toBe("unknown");
    },
  );
});

describe("with two proxies", () => {
  it.each([
    ["198.51.100.1, 203.0.113.7", "198.51.100.1"],
    ["made up, 198.51.100.1, 203.0.113.7", "198.51.100.1"],
    // It came past the outer proxy, so whatever it says may be made up.
    ["203.0.113.7", "unknown"],
  ])("%j came from %s", async (forwarded, ip) => {
    expect((await withHops("2"))(forwarded)).toBe(ip);
  });
});
