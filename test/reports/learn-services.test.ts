import express from "express";
import { describe, expect, it, vi } from "vitest";
import { compare } from "../../src/audit/index.js";
import { definePolicy, type Patch } from "../../src/index.js";
import { type Group, type LearnedService, learn, memoryStore, policyHash, printLearned, reportsPage } from "../../src/reports/index.js";
import { services } from "../../src/services/index.js";
import { ask, serve } from "../http/support.js";
import { AT, GROUP } from "./support.js";

vi.mock("../../src/services/index.js", async () => (await import("../audit/made-up-services.js")).madeUpServices());

const POLICY = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });

/** A group with enough evidence for the patch. */
function group(directive: string, blocked: string, url = `${blocked}/a.js`, of: Partial<Group> = {}): Group {
  return {
    ...{ ...GROUP, id: `${directive} ${blocked}`, policyHash: policyHash("default-src 'self'"), firstSeen: AT - 172_800_000 },
    ...{ directive, blocked, urls: [{ value: url, count: 40 }], ...of },
  };
}

const SCRIPT = group("script-src-elem", "https://js.pay.test");
const FRAME = group("frame-src", "https://js.pay.test");
const NEW = group("connect-src", "https://new.pay.test");
const OTHER = group("img-src", "https://img.example");
const WEAK = { clients: 1, count: 1 };

const servicesOf = (...groups: readonly Group[]) => learn(POLICY, groups).services;
const textOf = (...groups: readonly Group[]) => printLearned(learn(POLICY, groups), "text");
const moduleOf = (...groups: readonly Group[]) => printLearned(learn(POLICY, groups), "typescript");

/** The lines of the section on third parties. */
const section = (text: string) => text.split("Third parties by name:\n")[1]?.split("\n\n")[0]?.trimEnd();

describe("services of learn", () => {
  it("name the third party of the suggestions, with the call to write, and what its recipe does not allow", () => {
    expect(servicesOf(SCRIPT, FRAME, NEW, OTHER)).toEqual([
      {
        name: "pay",
        title: "Acme Pay",
        call: "pay()",
        options: {},
        sources: [
          { directive: "scriptSrc", source: "https://js.pay.test" },
          { directive: "frameSrc", source: "https://js.pay.test" },
          { directive: "connectSrc", source: "https://new.pay.test" },
        ],
        beyond: [{ directive: "connectSrc", source: "https://new.pay.test" }],
      },
    ]);
  });

  it("are frozen", () => {
    const [service] = servicesOf(SCRIPT);
    expect([service, service?.sources, service?.sources[0]].every(Object.isFrozen)).toBe(true);
  });

  it("have suggestions that are not in the patch", () => {
    expect(servicesOf({ ...SCRIPT, ...WEAK })[0]?.sources).toEqual([{ directive: "scriptSrc", source: "https://js.pay.test" }]);
  });

  it("leave open what a recipe with options of the user's own allows", () => {
    expect(servicesOf(group("script-src-elem", "https://cdn.files.test"))).toMatchObject([{ call: "files({ packages: … })", beyond: [] }]);
  });

  it("know a shared host by the addresses that were seen, which the recipe allows", () => {
    const shared = group("script-src-elem", "https://www.shared.test", "https://www.shared.test/robots/api.js");
    expect(servicesOf(shared)).toMatchObject([
      { name: "robots", sources: [{ directive: "scriptSrc", source: "https://www.shared.test" }], beyond: [] },
    ]);
  });

  it.each([
    ["one address is another's", ["https://www.shared.test/robots/api.js", "https://www.shared.test/maps.js"]],
    ["no path is known", ["https://www.shared.test"]],
    ["the addresses are on other hosts", ["https://www.shared.test.evil.example/robots/", "https://js.pay.test/"]],
  ])("do not know a shared host where %s", (_what, urls) => {
    const shared = group("script-src-elem", "https://www.shared.test", "", { urls: urls.map((value) => ({ value, count: 20 })) });
    expect(servicesOf(shared)).toEqual([]);
  });

  it("do not take the script that requested a source for the source", () => {
    const group = { ...OTHER, urls: [], files: [{ value: "https://js.pay.test/v3:1:1", count: 40 }] };
    expect(servicesOf(group)).toEqual([]);
  });

  it("are none where nobody is known", () => {
    expect(servicesOf(OTHER)).toEqual([]);
  });

  it("have calls that allow what the patch allows, but for what is beyond", () => {
    const recipe = (services as unknown as { readonly pay: () => Patch }).pay;
    const { patch } = learn(POLICY, [SCRIPT, FRAME]);
    expect(["same", "weaker"]).toContain(compare(definePolicy(POLICY, patch), definePolicy(POLICY, recipe())).verdict);
  });
});

describe("printLearned", () => {
  it("names what a recipe replaces, and what it does not", () => {
    expect(section(textOf(SCRIPT, FRAME, NEW))).toBe(
      '  Acme Pay: add pay() from "portcullis/services" in place of: scriptSrc https://js.pay.test, frameSrc https://js.pay.test. pay() does not allow: connectSrc https://new.pay.test.',
    );
  });

  it("names a recipe that allows nothing of what was seen", () => {
    expect(section(textOf(NEW))).toBe("  Acme Pay: pay() does not allow: connectSrc https://new.pay.test.");
  });

  it("does not ask for a recipe of what too few visitors reported", () => {
    expect(section(textOf({ ...SCRIPT, ...WEAK }))).toBe(
      '  Acme Pay is not in the patch: scriptSrc https://js.pay.test. If the site uses it, add pay() from "portcullis/services".',
    );
  });

  it("has no such section where nobody is known", () => {
    expect(section(textOf(OTHER))).toBeUndefined();
  });

  it("exports recipes that allow all that was seen, beside the patch with it", () => {
    const evidence = "40 reports, 12 clients, 2 days; on /; Firefox 145";
    expect(moduleOf(SCRIPT)).toBe(`import { append, type Patch } from "portcullis";
import { pay } from "portcullis/services";

// Acme Pay: add pay() from "portcullis/services" in place of: scriptSrc https://js.pay.test.
export const learned = {
  contentSecurityPolicy: {
    // https://js.pay.test: ${evidence}
    scriptSrc: append("https://js.pay.test"),
  },
} satisfies Patch;

// Recipes in place of the sources of these third parties in \`learned\`.
export const services = [pay()];
`);
  });

  it.each([
    ["does not allow all of it", [SCRIPT, NEW]],
    ["requires options", [group("style-src-elem", "https://cdn.files.test")]],
    ["is of what is not in the patch", [{ ...SCRIPT, ...WEAK }, OTHER]],
  ])("exports no recipe that %s", (_what, groups) => {
    expect(moduleOf(...groups)).not.toMatch(/portcullis\/services";$|export const services/m);
  });

  it("has services in JSON", () => {
    expect(JSON.parse(printLearned(learn(POLICY, [SCRIPT]), "json"))).toMatchObject({
      services: [{ name: "pay", title: "Acme Pay", call: "pay()", sources: [{ source: "https://js.pay.test" }], beyond: [] }],
    });
  });

  const HOSTILE = 'x"];\nprocess.exit()\u2028// \u001b[2J*/';

  it("a name that is no recipe's is not code, and no text ends a line", () => {
    const real = learn(POLICY, [SCRIPT]);
    const [service] = real.services as [LearnedService];
    const { directive, source } = service.sources[0] as LearnedService["sources"][number];
    const sources = [...service.sources, { directive, source: HOSTILE }, { directive: HOSTILE, source }];
    const forged = { ...real, services: [{ name: HOSTILE, title: HOSTILE, call: HOSTILE, sources, beyond: [] }] };
    const lines = printLearned(forged, "typescript").split(/[\r\n\u2028\u2029]/);
    expect(lines.filter((line) => line.includes("process.exit") && !line.startsWith("// "))).toEqual([]);
    expect(lines.join("")).not.toMatch(/export const services/);
    expect(printLearned(forged, "text")).not.toMatch(/[\u001b\u2028]|^process/m);
  });

  it("refuses services that are none", () => {
    const forged = { ...learn(POLICY, [SCRIPT]), services: [{ name: "pay" }] } as never;
    expect(() => printLearned(forged, "text")).toThrow("is not a result of learn");
  });
});

describe("the reports page", () => {
  const todo = async (groups: readonly Group[], withPolicy: boolean, query = "") => {
    const store = { ...memoryStore(), groups: async () => groups };
    const port = await serve(express().use("/reports", reportsPage({ store, ...(withPolicy && { policy: POLICY }) })));
    const { body } = await ask(port, `/reports${query}`);
    return [...body.matchAll(/<td class="todo"><span>(.*?)<\/span>/g)].map(([, text]) => text);
  };

  it("names the service of a source, and what to write", async () => {
    expect(await todo([SCRIPT], true)).toEqual([
      "Add it to scriptSrc: it is in the proposed patch. If the site uses Acme Pay, add pay() from &quot;portcullis/services&quot;.",
    ]);
  });

  it("names it where no policy is known", async () => {
    expect(await todo([SCRIPT], false)).toEqual([
      "If the site needs it, write scriptSrc: append(&quot;https://js.pay.test&quot;). If the site uses Acme Pay, add pay() from &quot;portcullis/services&quot;.",
    ]);
  });

  it("does not name the service of what is ignored", async () => {
    expect(await todo([{ ...SCRIPT, ignored: true }], true, "?show=ignored")).toEqual(["Ignored."]);
  });

  it("names no recipe that does not allow a source", async () => {
    expect(await todo([NEW], false)).toEqual([
      "If the site needs it, write connectSrc: append(&quot;https://new.pay.test&quot;). It is a host of Acme Pay, whose recipe does not allow this.",
    ]);
  });

  it("names nobody for other hosts", async () => {
    expect(await todo([OTHER], true)).toEqual(["Add it to imgSrc: it is in the proposed patch."]);
  });
});
