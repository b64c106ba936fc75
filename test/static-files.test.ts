import { readdir, readFile } from "node:fs/promises";
import { unstable_doesMiddlewareMatch } from "next/experimental/testing/server";
import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { siteMetadata } from "@/components/site-metadata";
import { config, proxy } from "@/proxy";

const FILES = (await readdir("public")).sort();
const ask = (path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
  proxy(new NextRequest(`http://shop.test${path}`, init));
const policyOf = async (path: string, method = "GET") =>
  (await ask(path, { method })).headers.get("content-security-policy");

describe("the proxy", () => {
  it.each(FILES)(
    "serves /%s without the policy of pages, and nothing that only looks like it",
    async (file) => {
      for (const method of ["GET", "HEAD"]) expect(await policyOf(`/${file}`, method)).toBeNull();
      for (const path of [`/${file}x`, `/${file}/x`, `/x${file}`, `/x/${file}`, `/${file.replace(".", "x")}`])
        expect([path, await policyOf(path)]).toEqual([path, expect.stringContaining("default-src 'none'")]);
    },
  );

  it.each(FILES)("checks what is sent to /%s like what is sent to a page", async (file) => {
    const headers = { "next-action": "x", "content-type": "text/plain" };
    const foreign = { ...headers, origin: "https://evil.example", host: "shop.test" };
    const own = { ...headers, origin: "http://shop.test", host: "shop.test" };
    expect((await ask(`/${file}`, { method: "POST", headers: foreign })).status).toBe(403);
    const body = "x".repeat(65_537);
    expect((await ask(`/${file}`, { method: "POST", headers: own, body })).status).toBe(413);
  });

  it("leaves out nothing but routes, the framework's files and the cached pages", () => {
    const matches = (url: string) => unstable_doesMiddlewareMatch({ config, url });
    for (const path of ["/account", "/icon.svg", "/images/x.png", "/apix", "/_next/data/x.json"])
      expect([path, matches(path)]).toEqual([path, true]);
    for (const path of ["/api/v1/products", "/_next/static/x.js", "/", "/pricing"])
      expect([path, matches(path)]).toEqual([path, false]);
  });
});

describe("the pages", () => {
  it("name only files that are there", async () => {
    const manifest = JSON.parse(await readFile("public/manifest.webmanifest", "utf8"));
    const named = [
      ...JSON.stringify(siteMetadata).matchAll(/"(\/[\w.-]+)"/g),
      ...JSON.stringify(manifest.icons).matchAll(/"(\/[\w.-]+)"/g),
    ].map(([, path]) => path?.slice(1));
    expect([...new Set(named), "robots.txt"].sort()).toEqual(FILES);
  });

  it("pictures have the size they are said to have", async () => {
    const sizes = await Promise.all(
      FILES.filter((file) => file.endsWith(".png")).map(async (file) => {
        const png = await readFile(`public/${file}`);
        return [file, png.readUInt32BE(16), png.readUInt32BE(20)];
      }),
    );
    expect(sizes).toEqual([
      ["apple-touch-icon.png", 180, 180],
      ["icon-192.png", 192, 192],
      ["icon-512.png", 512, 512],
      ["social.png", 1200, 630],
    ]);
  });
});
