import { describe, expect, it } from "vitest";
import { check } from "./fixtures/decorators/compile.js";

const IMPORTS = `
  import { overridesFor, SecurityHeaders } from "src/adapters/decorators.js"; import { append, definePolicy, type Layer, override } from "src/index.js";
`;

describe.each([
  { ts: "5.9", legacy: false },
  { ts: "5.9", legacy: true },
  { ts: "5.4", legacy: false },
  { ts: "5.4", legacy: true },
] as const)("TypeScript $ts, legacy decorators: $legacy", ({ ts, legacy }) => {
  it("takes what there is", () => {
    const fixture = `${IMPORTS}
      declare const isDev: boolean;
      const strict = definePolicy("strict");
      const embeddable = SecurityHeaders({ xFrameOptions: false });
      const key = Symbol("key");
      @SecurityHeaders()
      @SecurityHeaders("api", strict, isDev && "development", { contentSecurityPolicy: { imgSrc: append("https://img.example") } })
      abstract class Pages {
        private constructed = true;
        constructor(private readonly name: string) {}
        @SecurityHeaders({ xFrameOptions: "DENY" }) home(id: number, ...rest: string[]): string { return this.name + id + rest + this.constructed; }
        @embeddable @SecurityHeaders("strict") async embed(): Promise<void> {}
        @embeddable *[key]() { yield 1; }
        @embeddable protected generic<T>(value: T): T { return value; }
      }
      @embeddable
      export class Child extends Pages {}
      const layers: readonly Layer[] = overridesFor(Child, "home");
      export const middleware = override(...layers, ...overridesFor(Pages), ...overridesFor(Child, key));
    `;
    expect(check(ts, legacy, fixture)).toEqual([]);
  });

  it("refuses literals that are wrong, whatever is neither a class nor a method of instances, and a forgotten call", () => {
    const wrong = [
      '@SecurityHeaders({ xFrameOption: "DENY" }) export class A {}',
      'export class B { @SecurityHeaders({ contentSecurityPolicy: { imgSrc: ["self; script-src *"] } }) home() {} }',
      'export class C { @SecurityHeaders("strikt") home() {} }',
      "export class D { @SecurityHeaders() static home() {} }",
      "export class E { @SecurityHeaders() home = 1; }",
      "export class F { @SecurityHeaders() get home() { return 1; } }",
      "export class G { @SecurityHeaders home() {} }",
    ];
    const messages = check(ts, legacy, [IMPORTS.trim(), ...wrong].join("\n"));
    const first = wrong.map((_line, index) => messages.find(({ line }) => line === index + 2)?.message);
    expect(first).toEqual([
      expect.stringContaining("'xFrameOption' does not exist"),
      expect.stringContaining('"self; script-src *"'),
      expect.stringContaining('"strikt"'),
      expect.stringContaining("Unable to resolve signature of method decorator"),
      expect.stringContaining("Unable to resolve signature of property decorator"),
      expect.stringMatching("Unable to resolve signature of (method|getter) decorator"),
      expect.stringContaining("not assignable"),
    ]);
  });
});
