import { flag, host, oneOfWords, texts } from "../../src/services/options.js";
import { type Recipe, recipe, type ServiceFacts } from "../../src/services/recipe.js";
import { checkSource, finder, type ServiceMatch } from "../../src/services/service-of.js";
import { textThat } from "../../src/values/schema.js";

// Recipes of services that do not exist, in the place of those of portcullis/services: the tests do not change with these.

const facts = (name: string, title: string, hosts: readonly string[], more: Partial<ServiceFacts> = {}): ServiceFacts => ({
  ...{ name, title, hosts, category: "payment", evidence: "vendor", pages: [], checked: "2026-11-26", nonce: "The <script>." },
  ...more,
});

const pay = recipe<{ readonly checkout?: boolean; readonly region?: "us" | "eu" }>(
  facts("pay", "Acme Pay", ["pay.test", "paynet.test"]),
  () => ({ checkout: flag(), region: oneOfWords("us", "eu") }),
  ({ checkout, region = "us" }) => ({
    csp: {
      scriptSrc: [
        "https://js.pay.test",
        "https://*.js.pay.test",
        "https://a.lib.paynet.test",
        ...(checkout && region === "eu" ? ["https://*.eu.pay.test"] : []),
      ],
      imgSrc: ["https://*.pay.test"],
      connectSrc: [`https://api-${region}.pay.test`],
      frameSrc: ["https://js.pay.test", "https://hooks.pay.test"],
    },
  }),
);

const files = recipe<{ readonly packages: readonly string[]; readonly kinds?: readonly ("script" | "style")[] }>(
  facts("files", "Files", ["cdn.files.test"], { required: ["packages"], example: { packages: ["vue@3/"] } }),
  () => ({
    packages: texts(
      textThat(() => true, "a package"),
      "[]",
    ),
    kinds: texts(oneOfWords("script", "style") as never, "[]"),
  }),
  ({ packages, kinds = ["script"] }) => {
    const all = packages.map((one) => `https://cdn.files.test/${one}`);
    return { csp: { scriptSrc: kinds.includes("script") ? all : [], styleSrc: kinds.includes("style") ? all : [] } };
  },
);

const robots = recipe(
  facts("robots", "Robots", ["www.shared.test/robots/"]),
  () => ({}),
  () => ({ csp: { scriptSrc: ["https://www.shared.test/robots/"], frameSrc: ["https://www.shared.test/robots/"] } }),
);

/** It uses hosts of Acme Pay. */
const shop = recipe(
  facts("shop", "Shop", ["shop.test"]),
  () => ({}),
  () => ({ csp: { scriptSrc: ["https://*.lib.paynet.test", "https://lib.shop.test"] } }),
);

/** Its customers have subdomains, or paths of one host. */
const tenants = recipe<{ readonly host: string }>(
  facts("tenants", "Tenants", ["tenants.test", "cdn.tenants.test"], {
    tenants: ["tenants.test", "paths.tenants.test/"],
    required: ["host"],
    example: { host: "example.tenants.test" },
  }),
  () => ({ host: host("example.tenants.test") }),
  ({ host: own }) => ({
    csp: {
      scriptSrc: ["https://cdn.tenants.test"],
      connectSrc: ["https://*.tenants.test"],
      frameSrc: [`https://${own}`],
    },
  }),
);

/** What `portcullis/services` exports, for `vi.mock`. */
export function madeUpServices(): {
  readonly services: Readonly<Record<string, unknown>>;
  readonly serviceOf: (source: string) => ServiceMatch | undefined;
} {
  const services = { pay, files, robots, shop, tenants };
  const find = finder(Object.values(services) as readonly Recipe<never>[]);
  const serviceOf = (source: string) => {
    checkSource(source);
    return find(source);
  };
  return { services, serviceOf };
}
