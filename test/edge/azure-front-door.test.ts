import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import type { Layer } from "../../src/index.js";
import { issuesOf } from "../messages.js";
import { CARELESS, CASES, filesOf, PATHS, ROUTES, readTerraform, sentByExpress } from "./hcl.js";

interface Action {
  readonly header_action: "Append" | "Overwrite" | "Delete";
  readonly header_name: string;
  readonly value?: string;
}

interface Rule {
  readonly name: string;
  readonly order: number;
  readonly behavior_on_match: string;
  readonly conditions?: readonly [
    { readonly url_path_condition: readonly [{ readonly operator: string; readonly match_values: readonly [string] }] },
  ];
  readonly actions: readonly [{ readonly response_header_action: readonly Action[] }];
}

async function rulesOf(options: Parameters<typeof filesOf>[1]): Promise<readonly Rule[]> {
  const { resource } = await readTerraform(filesOf("azure-front-door", options)["portcullis.tf"] as string);
  const labelled = resource?.["azurerm_cdn_frontdoor_rule"] as Readonly<Record<string, readonly Rule[]>>;
  return Object.values(labelled)
    .flat()
    .sort((one, other) => one.order - other.order);
}

function fits({ conditions }: Rule, path: string): boolean {
  if (conditions === undefined) return true;
  const { operator, match_values } = conditions[0].url_path_condition[0];
  const rest = path.slice(1);
  return operator === "BeginsWith" ? rest.startsWith(match_values[0]) : operator === "Equal" && rest === match_values[0];
}

/** Rules that fit apply in their order; what is appended follows without a delimiter. */
function sentAt(rules: readonly Rule[], path: string, careless = {}): Record<string, string> {
  const sent = new Map<string, string>(Object.entries(careless));
  for (const { actions } of rules.filter((rule) => fits(rule, path))) {
    for (const { header_action, header_name, value = "" } of actions[0].response_header_action) {
      if (header_action === "Delete") sent.delete(header_name);
      else sent.set(header_name, header_action === "Append" ? `${sent.get(header_name) ?? ""}${value}` : value);
    }
  }
  return Object.fromEntries(sent);
}

/** The awkward one without what Front Door would read as a variable. */
const PRINTABLE = CASES.map(([name, policy, routes]) => {
  if (name !== "awkward characters") return [name, policy, routes] as const;
  const custom = {
    "X-Awkward": 'percent %41 %%{ $host $${ "quoted" {} back\\slash \\n # /* \' `tick` :word <b> end\\',
    NEL: '{"a":1,"b":2}',
  };
  return [name, [...policy, { custom }] as readonly Layer[], routes] as const;
});

describe("a rule set of Front Door", () => {
  it.each(PRINTABLE)("says what Express sends: %s", async (_, policy, routes) => {
    const rules = await rulesOf({ policy, routes });
    for (const path of PATHS) expect([path, sentAt(rules, path)]).toEqual([path, sentByExpress(policy, routes, path)]);
  });

  it.each(PRINTABLE)("keeps to what Front Door takes: %s", async (_, policy, routes) => {
    const rules = await rulesOf({ policy, routes });
    const actions = rules.map((rule) => rule.actions[0].response_header_action);
    expect(Math.max(...actions.map(({ length }) => length))).toBeLessThanOrEqual(5);
    expect(Math.max(...actions.flat().map(({ value = "" }) => value.length))).toBeLessThanOrEqual(640);
    expect(rules.map(({ order, name, behavior_on_match }) => [order, name, behavior_on_match])).toEqual(
      rules.map((__, index) => [index + 1, `portcullis${index + 1}`, "Continue"]),
    );
  });

  it("puts a long value together from parts that neither begin nor end with a blank", async () => {
    const value = `${"a".repeat(639)} ${"b".repeat(700)}`;
    const [rule] = await rulesOf({ policy: ["none", { custom: { "X-A": value } }] });
    expect(rule?.actions[0].response_header_action).toEqual([
      { header_action: "Overwrite", header_name: "X-A", value: "a".repeat(638) },
      { header_action: "Append", header_name: "X-A", value: `a ${"b".repeat(638)}` },
      { header_action: "Append", header_name: "X-A", value: "b".repeat(62) },
    ]);
  });

  it("removes what is stripped, and what a route switches off, whoever sets it", async () => {
    const rules = await rulesOf({ policy: ["strict"], routes: ROUTES });
    const careless = { "X-Powered-By": CARELESS["x-powered-by"], "X-Frame-Options": "ALLOWALL" };
    const left = (path: string) => Object.keys(careless).map((name) => sentAt(rules, path, careless)[name]);
    expect([left("/"), left("/embed")]).toEqual([
      [undefined, "DENY"],
      [undefined, undefined],
    ]);
  });

  it("belongs to a profile that the reader names", async () => {
    const { resource, variable } = await readTerraform(filesOf("azure-front-door", { policy: ["strict"] })["portcullis.tf"] as string);
    expect(resource?.["azurerm_cdn_frontdoor_rule_set"]).toEqual({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform
      portcullis: [{ name: "portcullis", cdn_frontdoor_profile_id: "${var.portcullis_frontdoor_profile_id}" }],
    });
    expect(Object.keys(variable ?? {})).toEqual(["portcullis_frontdoor_profile_id"]);
  });

  it("tells what Front Door does otherwise", () => {
    const routes = [{ path: "/bare", layers: ["none" as const, { stripHeaders: false as const }] }];
    expect(exportPolicy("azure-front-door", { policy: ["strict"], routes, upstream: "http://app:1" }).warnings).toEqual([
      "The upstream is not printed: Front Door has its own origins.",
      "It is not tested whether /%61dmin and //admin have the headers of /admin on Front Door. Keep the paths around a route as strict as the route.",
      "Front Door cannot restore headers that a broader rule removes. Removed for /bare too: X-Powered-By.",
    ]);
  });

  it("is no file where there is nothing to say", () => {
    expect(exportPolicy("azure-front-door", { policy: ["none"] })).toEqual({
      files: [],
      warnings: ["The policy has no headers: no file is printed."],
    });
  });

  it("is refused with what Front Door cannot say", () => {
    const routes = [{ path: "/", layers: [] }];
    expect(issuesOf(() => exportPolicy("azure-front-door", { policy: ["none", { custom: { "X-A": "ip {client_ip}" } }], routes }))).toEqual(
      [
        '"X-A": has "{client_ip}", which Front Door interprets as a variable. Use another value.',
        '"/": is not a path that a Front Door rule can match by itself. Write "/*", or choose another target.',
        '"X-A": has "{client_ip}", which Front Door interprets as a variable. Use another value.',
      ],
    );
  });

  it("is refused with more rules than a set has", () => {
    const routes = Array.from({ length: 100 }, (_, index) => ({ path: `/${index}`, layers: [{ xFrameOptions: "DENY" as const }] }));
    expect(issuesOf(() => exportPolicy("azure-front-door", { policy: ["none", { referrerPolicy: "origin" }], routes }))).toEqual([
      "routes: need 101 rules, and the maximum of the target is 100. Combine paths, such as /api/*, or shorten the lists of sources.",
    ]);
  });
});
