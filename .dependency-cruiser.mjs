import swc from "@swc/core";

/**
 * The directions of imports, for `depcruise` in `npm test`. A room imports itself and the rooms that its line names. A line
 * can name only rooms above it, so rooms make no circle; `no-circle` holds the same for files. Type imports count.
 */

const TESTS = "^test/(?!support/)|^(?!local-stripe/).*\\.test\\.tsx?$";
const PACKAGES = "(^|/)node_modules/";

const pathOf = {};
const directions = [];

function room(name, path, imports) {
  pathOf[name] = path;
  directions.push({
    name,
    severity: "error",
    from: { path, ...(path !== TESTS && { pathNot: TESTS }) },
    to: {
      pathNot: [...[name, ...imports].map((one) => pathOf[one]), PACKAGES],
      dependencyTypesNot: ["core"],
      couldNotResolve: false,
    },
  });
  return name;
}

const env = room("env", "^env\\.ts$", []);
/** Finds a file of the project, wherever a command was started. */
const file = room("project-file", "^project-file\\.ts$", []);
/** Leaves know neither rows nor Stripe, so everything above may use them. */
const leaves = room("lib leaves", "^lib/(log|limit|transient|telemetry|form)[./]", [env]);
const db = room("db", "^db/", [env, file]);
const ground = [env, file, leaves, db];

const http = room("lib/http", "^lib/http/", [env, leaves]);
const outbox = room("lib/mail/outbox", "^lib/mail/outbox[./]", ground);
const mail = room("lib/mail", "^lib/mail/(?!outbox[./])", [...ground, outbox]);
const auth = room("lib/auth", "^lib/auth/", [...ground, outbox]);
const api = room("lib/api", "^lib/api/", [...ground, auth]);
/** They know nothing of billing: these two stand below it, the rest of lib/background above it. */
const pace = room("lib/background/{lease,patience}", "^lib/background/(lease|patience)[./]", ground);

const basics = room("lib/billing", "^lib/billing/(stripe|status|ledger|customer-links)[./]", ground);
const objects = room("lib/billing/objects", "^lib/billing/objects/", [...ground, outbox, basics]);
const sync = room("lib/billing/sync", "^lib/billing/sync/", [...ground, outbox, basics, objects]);
const core = [...ground, outbox, basics, objects, sync];
const events = room("lib/billing/events", "^lib/billing/events/", core);
const catalog = room("lib/billing/catalog", "^(lib/billing/catalog/|catalog\\.json$)", [...core, events]);
const checkout = room("lib/billing/checkout", "^lib/billing/checkout/", [...core, events]);
const subscription = room("lib/billing/subscription", "^lib/billing/subscription/", [...core, events]);
const usage = room("lib/billing/usage", "^lib/billing/usage/", [...core, events]);
const reconcile = room("lib/billing/reconcile", "^lib/billing/reconcile/", [...core, events, pace]);
const billing = [basics, events, catalog, checkout, subscription, usage, reconcile];

const access = room("lib/access", "^lib/access[./]", [...ground, auth, api, ...billing]);
/** The table of what runs when. */
const background = room("lib/background", "^lib/background/(?!(lease|patience)[./])", [
  ...ground,
  pace,
  outbox,
  mail,
  ...billing,
]);
const lib = [http, outbox, mail, auth, api, pace, objects, sync, ...billing, access, background];

const format = room("components/format", "^components/format\\.ts$", []);
/** Looks only: it reads no data and knows no row. */
const ui = room("components/ui", "^components/ui/", [format]);
const components = room("components", "^components/(?!ui/|format\\.ts$)", [
  ...ground,
  auth,
  ...billing,
  access,
  format,
  ui,
]);
const app = room("app", "^app/", [...ground, ...lib, format, ui, components]);
/** Next's own entries. */
const entries = room("entries", "^(proxy|instrumentation(-node)?)\\.ts$", [
  env,
  db,
  leaves,
  http,
  background,
]);
const product = [...ground, ...lib, format, ui, components, app, entries];

/** Starts what an account or a server would be: Postgres, Local Stripe, the catalog in both. */
const stack = room("scripts/stack", "^scripts/stack/", [...ground, catalog]);
const configs = room("configs", "^([^/]+\\.config\\.m?[jt]s|\\.dependency-cruiser\\.mjs)$", [http, stack]);
const scripts = room("scripts", "^scripts/(?!stack/)", [...ground, ...lib, stack, configs]);
const support = room("test/support", "^test/support/", [...product, stack]);
room("test", TESTS, [...product, stack, scripts, configs, support]);
room("gates", "^gates/", [...product, stack, support]);
room("bench", "^bench/", [...product, stack, support]);
room("e2e", "^e2e/", [...product, stack, support]);
/** Stands alone: the app reaches it over STRIPE_API_URL. */
room("local-stripe", "^local-stripe/", []);

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...directions,
    {
      name: "no-room",
      comment: "A new folder gets a line of its own: what it imports, and who imports it.",
      severity: "error",
      from: { pathNot: Object.values(pathOf) },
      to: {},
    },
    {
      name: "no-import-of-tests",
      severity: "error",
      from: { pathNot: TESTS },
      to: { path: TESTS },
    },
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "resolvable",
      comment: "An import that is not found would break no other rule.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "stripe-only-in-billing",
      comment:
        "Its types, too. Tests and gates speak as Stripe does, and Local Stripe is held against its types.",
      severity: "error",
      from: { pathNot: ["^(lib/billing|test|gates|bench|e2e|local-stripe)/", TESTS] },
      to: { path: `${PACKAGES}stripe/` },
    },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: PACKAGES },
    exclude: {
      path: "^(\\.next/|dist/|\\.data/|next-env\\.d\\.ts$|test-results/|playwright-report/|coverage/)",
    },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".css"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};

/**
 * TypeScript 7 has no API for dependency-cruiser, so swc parses. It is asked to without JSX, and its
 * `import("…")` in the place of a type is not followed: outside of tests that has to be an `import type`.
 */
const { parseFileSync } = swc;
swc.parseFileSync = (file, options) => {
  const tree = parseFileSync(file, { ...options, tsx: file.endsWith(".tsx") });
  const isHidden = JSON.stringify(tree).includes('"TsImportType"');
  if (isHidden && !/\.test\.tsx?$/.test(file)) {
    throw new Error('A type is imported by import("…"), which no rule sees: write `import type`.');
  }
  return tree;
};
