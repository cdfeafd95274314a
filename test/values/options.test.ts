import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { issueCollector } from "../../src/errors.js";
import { checkArgument, checkOptions, type OptionSchemas, readOptions } from "../../src/values/options.js";
import { wholeNumber } from "../../src/values/schema.js";
import { issuesOf } from "../messages.js";

interface Options {
  readonly port?: number | undefined;
  readonly quiet?: boolean | undefined;
}

let made = 0;
const SCHEMAS: OptionSchemas<Options> = () => {
  made += 1;
  return { port: wholeNumber(1, 65_535, "the port, from 1 to 65535"), quiet: z.boolean() };
};
const read = (options?: unknown) => readOptions<Options>("serve", options, SCHEMAS);

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwing = (name: string) =>
  Object.defineProperty({}, name, {
    enumerable: true,
    get: () => {
      throw new Error("out of order");
    },
  });

class WithOptions {
  port = 1;
}
class Without {}

describe("options", () => {
  it("that are left out are none, and make no schema", () => {
    expect([read(), made]).toEqual([{}, 0]);
  });

  it("have their schemas made once", () => {
    read({ port: 1 });
    read({ quiet: true });
    expect(made).toBe(1);
  });

  it("are copied without a prototype", () => {
    const options = { port: 1, quiet: false };
    const copy = read(options);
    expect([copy, copy === options, Object.getPrototypeOf(copy)]).toEqual([options, false, null]);
  });

  it("that are undefined are absent", () => {
    expect(Object.keys(read({ port: undefined, quiet: true }))).toEqual(["quiet"]);
  });

  it("may be of an object without a prototype", () => {
    expect(read(Object.assign(Object.create(null), { port: 1 }))).toEqual({ port: 1 });
  });

  it("may be of a class that has some", () => {
    expect(read(new WithOptions())).toEqual({ port: 1 });
  });

  it.each<[string, unknown, string]>([
    ["null", null, "serve: null is not an object of options. Write serve({ … })."],
    ["a number", 8080, "serve: 8080 is not an object of options. Write serve({ … })."],
    ["a list", [{ port: 1 }], "serve: a list is not an object of options. Write serve({ … })."],
    ["a function", () => 1, "serve: a function is not an object of options. Write serve({ … })."],
    ["a map", new Map([["port", 1]]), "serve: an object is not an object of options. Write serve({ … })."],
    ["an instance without members", new Without(), "serve: an object is not an object of options. Write serve({ … })."],
    ["a promise", Promise.resolve({}), "serve: a promise is not an object of options. Write await before it."],
  ])("are not %s", (_, options, issue) => {
    expect(issuesOf(() => read(options))).toEqual([issue]);
  });

  it("that are wrong are all reported", () => {
    expect(issuesOf(() => read({ port: 0, quiet: "yes" }))).toEqual([
      "serve.port: 0 is not a whole number from 1 to 65535. Write the port, from 1 to 65535.",
      'serve.quiet: "yes" is not true or false. Write true or false.',
    ]);
  });

  it("with a name that is nearly right say which", () => {
    expect(issuesOf(() => read({ prot: 1 }))).toEqual(['serve.prot: unknown option. Did you mean "port"?']);
  });

  it("with another name say which there are", () => {
    expect(issuesOf(() => read({ colour: 1 }))).toEqual(['serve.colour: unknown option. Write "port" or "quiet".']);
  });

  it("do not have what Object.prototype has", () => {
    expect(issuesOf(() => read({ toString: 1 }))).toEqual(['serve.toString: unknown option. Write "port" or "quiet".']);
  });

  it("whose getter throws are reported", () => {
    expect(issuesOf(() => read(throwing("port")))).toEqual(['serve.port: reading it threw "out of order". Use a plain value.']);
  });

  it("of a proxy that throws are reported", () => {
    expect(issuesOf(() => read(revoked()))).toEqual([
      `serve: reading it threw "Cannot perform 'ownKeys' on a proxy that has been revoked". Use a plain value.`,
    ]);
  });
});

describe("checkOptions", () => {
  const checked = (options: unknown) => {
    const { report, issues } = issueCollector();
    const kept = checkOptions<Options>(["serve", "log"], options, SCHEMAS, report);
    return { kept, issues: issues.map(({ path, message, hint }) => `${path}: ${message}. ${hint}`) };
  };

  it("keeps the valid ones and reports the others", () => {
    expect(checked({ port: 0, quiet: true })).toEqual({
      kept: { quiet: true },
      issues: ["serve.log.port: 0 is not a whole number from 1 to 65535. Write the port, from 1 to 65535."],
    });
  });

  it("names the place of options inside others", () => {
    expect(checked(1)).toEqual({ kept: {}, issues: ["serve.log: 1 is not an object of options. Write { … }."] });
  });
});

describe("checkArgument", () => {
  it("refuses an argument", () => {
    expect(issuesOf(() => checkArgument("serve", "port", "80", wholeNumber(1, 65_535)))).toEqual([
      'serve.port: "80" is not a whole number from 1 to 65535. Write a whole number from 1 to 65535.',
    ]);
  });

  it("passes one that fits", () => {
    expect(checkArgument("serve", "port", 80, wholeNumber(1, 65_535))).toBe(undefined);
  });
});
