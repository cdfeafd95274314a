import { afterEach, expect, it, vi } from "vitest";

const used: string[] = [];

// The schema library, whose every function says that it was called.
vi.mock("zod/mini", async (importOriginal) => {
  const library = await importOriginal<Record<string, unknown>>();
  const watched = ([name, member]: readonly [string, unknown]) => {
    if (typeof member !== "function" || /^[A-Z$]/.test(name)) return [name, member] as const;
    const call = (...args: unknown[]): unknown => {
      used.push(name);
      return (member as (...args: unknown[]) => unknown)(...args);
    };
    return [name, call] as const;
  };
  return Object.fromEntries(Object.entries(library).map(watched));
});

const portcullis = await import("../../src/index.js");

afterEach(() => {
  used.length = 0;
});

it("importing the package makes no schema", () => {
  expect(used).toEqual([]);
});

it.each(["recommended", "strict", "strictDynamic", "api", "streamlit", "streamlitStrict", "none"] as const)(
  "a middleware of %s makes no schema",
  (preset) => {
    portcullis.securityHeaders(preset);
    expect(used).toEqual([]);
  },
);

it("a middleware of a policy makes the schemas of the keys that are written", () => {
  portcullis.securityHeaders({ xPermittedCrossDomainPolicies: "none" });
  expect(used).toEqual(["enum"]);
});
