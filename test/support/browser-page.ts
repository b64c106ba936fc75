import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { createViteServer } from "vitest/node";
import { BROWSER_ARGS, findBrowser } from "@/scripts/stack/browser";

/** Components in a real browser, without the app around them: for what they do after the page has loaded. */

export interface Browser {
  /** The one page, fresh, that holds what the code renders; `prepare` runs before anything is loaded. */
  open(imports: string, jsx: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page>;
  close(): Promise<void>;
}

const STORY = "/story.tsx";

export async function startBrowser(): Promise<Browser> {
  const cacheDir = await mkdtemp(join(tmpdir(), "titanforge-vite-"));
  let story = "";
  const server = await createViteServer({
    configFile: false,
    cacheDir,
    logLevel: "error",
    resolve: { alias: { "@": process.cwd() } },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    optimizeDeps: {
      entries: [],
      include: ["react", "react/jsx-dev-runtime", "react-dom", "react-dom/client", "@stripe/stripe-js/pure"],
    },
    plugins: [
      {
        name: "story",
        resolveId: (id) => (id.startsWith(STORY) ? `${process.cwd()}${id}` : null),
        load: (id) => (id.includes(STORY) ? story : null),
        configureServer: ({ middlewares }) => {
          middlewares.use("/page", (_, response) => {
            response.setHeader("Content-Type", "text/html");
            response.end(`<div id="root"></div><script type="module" src="${STORY}?${Date.now()}"></script>`);
          });
        },
      },
    ],
  });
  await server.listen();
  const { port } = (server.httpServer as Server).address() as AddressInfo;
  const browser = await chromium.launch({ executablePath: findBrowser().path, args: BROWSER_ARGS });
  return {
    async open(imports, jsx, prepare) {
      story = `import { createRoot } from "react-dom/client";\n${imports}\n
        createRoot(document.getElementById("root")).render(<>${jsx}</>);`;
      for (const context of browser.contexts()) await context.close();
      const page = await browser.newPage();
      await page.route(/^https:/, (route) => route.abort());
      await prepare?.(page);
      await page.goto(`http://127.0.0.1:${port}/page`);
      await page.waitForFunction('document.getElementById("root").childElementCount > 0');
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}
