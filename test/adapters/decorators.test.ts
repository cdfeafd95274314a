import { describe, expect, it, onTestFinished, vi } from "vitest";
import * as decorators from "../../src/adapters/decorators.js";
import { overridesFor, SecurityHeaders } from "../../src/adapters/decorators.js";
import { append, definePolicy, PolicyError, renderHeaders } from "../../src/index.js";
import { EMITS, run } from "./fixtures/decorators/compile.js";

type AnyClass = Parameters<typeof overridesFor>[0];

/** Decorators of others, in both kinds. */
const OTHERS = `
  import { SecurityHeaders } from "portcullis/decorators";
  /** Leaves everything as it is. */
  const mark = (value: any, context?: any, descriptor?: any): any => undefined;
  /** Replaces a method by another function. */
  const replace = (value: any, context?: any, descriptor?: any): any => {
    const inner = descriptor ? descriptor.value : value;
    const outer = function (this: any, ...args: any[]) { return "outer " + inner.apply(this, args); };
    return descriptor ? { configurable: true, enumerable: false, writable: true, value: outer } : outer;
  };
  /** Puts a subclass into the place of a class. */
  const wrap = (Class: any, context?: any): any => class Wrapper extends Class { wrapped = true; };
  /** A subclass that has the method too. */
  const wrapMethods = (Class: any, context?: any): any => class Wrapper extends Class { home() { return "wrapper " + super.home(); } };
  /** A function that makes instances of the class. */
  const construct = (Class: any, context?: any): any => {
    const made = function (...args: any[]) { return Reflect.construct(Class, args); };
    made.prototype = Class.prototype;
    return made;
  };
  const proxy = (Class: any, context?: any): any => new Proxy(Class, {});
  const seal = (Class: any, context?: any): any => { Object.freeze(Class); Object.freeze(Class.prototype); };
`;

describe.each(EMITS)("$emit", ({ compile }) => {
  const classes = (source: string) => run(compile(OTHERS + source), { "portcullis/decorators": decorators }) as Record<string, AnyClass>;
  const one = (source: string) => (classes(source) as { A: AnyClass }).A;

  it("gives a class's layers, and above them the method's", () => {
    const A = one(`
      @SecurityHeaders({ xFrameOptions: "DENY" })
      export class A { @SecurityHeaders({ referrerPolicy: "origin" }) home() {} about() {} }
    `);
    expect(overridesFor(A, "home")).toEqual([{ xFrameOptions: "DENY" }, { referrerPolicy: "origin" }]);
    expect(overridesFor(A, "about")).toEqual([{ xFrameOptions: "DENY" }]);
    expect(overridesFor(A)).toEqual([{ xFrameOptions: "DENY" }]);
  });

  it("has nothing where nothing is decorated", () => {
    const A = one("export class A { home() {} }");
    expect(overridesFor(A, "home")).toEqual([]);
    expect(overridesFor(A, "constructor")).toEqual([]);
  });

  it("keeps all layers of one decorator, in their order", () => {
    const A = one('export class A { @SecurityHeaders("api", { xFrameOptions: "DENY" }, false, "development") home() {} }');
    expect(overridesFor(A, "home")).toEqual([
      expect.objectContaining({ complete: true }),
      { xFrameOptions: "DENY" },
      expect.objectContaining({ complete: false }),
    ]);
  });

  it("stacks: the upper decorator lies on top", () => {
    const A = one(`
      @SecurityHeaders({ xFrameOptions: "DENY" })
      @SecurityHeaders({ xFrameOptions: "SAMEORIGIN" })
      export class A {
        @SecurityHeaders({ referrerPolicy: "origin" })
        @SecurityHeaders({ referrerPolicy: "no-referrer" })
        home() {}
      }
    `);
    expect(overridesFor(A, "home")).toEqual([
      { xFrameOptions: "SAMEORIGIN" },
      { xFrameOptions: "DENY" },
      { referrerPolicy: "no-referrer" },
      { referrerPolicy: "origin" },
    ]);
  });

  it("puts a method over its class, and a class over its parent", () => {
    const { Child } = classes(`
      @SecurityHeaders({ xFrameOptions: "DENY" })
      class Parent { @SecurityHeaders({ referrerPolicy: "origin" }) home() {} }
      @SecurityHeaders({ xFrameOptions: "SAMEORIGIN" })
      export class Child extends Parent { @SecurityHeaders({ xDnsPrefetchControl: "on" }) about() {} }
    `) as { Child: AnyClass };
    expect(overridesFor(Child, "home")).toEqual([{ xFrameOptions: "DENY" }, { xFrameOptions: "SAMEORIGIN" }, { referrerPolicy: "origin" }]);
    expect(overridesFor(Child, "about")).toEqual([
      { xFrameOptions: "DENY" },
      { xFrameOptions: "SAMEORIGIN" },
      { xDnsPrefetchControl: "on" },
    ]);
  });

  it("gives a parent nothing of its children", () => {
    const { Parent, Sister } = classes(`
      export class Parent { @SecurityHeaders({ referrerPolicy: "origin" }) home() {} }
      @SecurityHeaders({ xFrameOptions: "DENY" })
      class Child extends Parent { @SecurityHeaders({ referrerPolicy: "no-referrer" }) home() {} }
      export class Sister extends Parent {}
    `) as { Parent: AnyClass; Sister: AnyClass };
    expect(overridesFor(Parent, "home")).toEqual([{ referrerPolicy: "origin" }]);
    expect(overridesFor(Sister, "home")).toEqual([{ referrerPolicy: "origin" }]);
  });

  it("keeps the layers of a method that a child overrides, and lays the child's on top", () => {
    const { Bare, Decorated } = classes(`
      class Parent { @SecurityHeaders({ referrerPolicy: "origin" }) home() {} }
      export class Bare extends Parent { home() {} }
      export class Decorated extends Parent { @SecurityHeaders({ referrerPolicy: "no-referrer" }) home() {} }
    `) as { Bare: AnyClass; Decorated: AnyClass };
    expect(overridesFor(Bare, "home")).toEqual([{ referrerPolicy: "origin" }]);
    expect(overridesFor(Decorated, "home")).toEqual([{ referrerPolicy: "origin" }, { referrerPolicy: "no-referrer" }]);
  });

  it("works above and below a decorator that leaves the method alone", () => {
    const A = one(`
      export class A {
        @mark @SecurityHeaders({ xFrameOptions: "DENY" }) above() {}
        @SecurityHeaders({ xFrameOptions: "DENY" }) @mark below() {}
      }
    `);
    expect(overridesFor(A, "above")).toEqual([{ xFrameOptions: "DENY" }]);
    expect(overridesFor(A, "below")).toEqual([{ xFrameOptions: "DENY" }]);
  });

  it("works above and below a decorator that puts another function into the method's place", () => {
    const A = one(`
      export class A {
        @replace @SecurityHeaders({ xFrameOptions: "DENY" }) above() { return "above"; }
        @SecurityHeaders({ xFrameOptions: "DENY" }) @replace below() { return "below"; }
      }
    `);
    const a = new (A as new () => { above(): string; below(): string })();
    expect([a.above(), a.below()]).toEqual(["outer above", "outer below"]);
    expect(overridesFor(A, "above")).toEqual([{ xFrameOptions: "DENY" }]);
    expect(overridesFor(A, "below")).toEqual([{ xFrameOptions: "DENY" }]);
  });

  it("puts a child's layers over its parent's where their methods were replaced, whoever was instantiated", () => {
    const { Parent, Child } = classes(`
      export class Parent { @replace @SecurityHeaders({ referrerPolicy: "origin" }) home() { return "parent"; } }
      export class Child extends Parent { @replace @SecurityHeaders({ xFrameOptions: "DENY" }) home() { return "child"; } }
    `) as unknown as { Parent: new () => unknown; Child: new () => unknown };
    new Child();
    new Child();
    expect(overridesFor(Child, "home")).toEqual([{ referrerPolicy: "origin" }, { xFrameOptions: "DENY" }]);
    new Parent();
    expect(overridesFor(Child, "home")).toEqual([{ referrerPolicy: "origin" }, { xFrameOptions: "DENY" }]);
    expect(overridesFor(Parent, "home")).toEqual([{ referrerPolicy: "origin" }]);
  });

  it.each(["wrap", "wrapMethods", "construct", "proxy", "seal"])(
    "works above and below a decorator that changes the class: %s",
    (other) => {
      const { Above, Below } = classes(`
      @${other} @SecurityHeaders({ xFrameOptions: "DENY" })
      export class Above { @SecurityHeaders({ referrerPolicy: "origin" }) home() { return "home"; } }
      @SecurityHeaders({ xFrameOptions: "DENY" }) @${other}
      export class Below { @SecurityHeaders({ referrerPolicy: "origin" }) home() { return "home"; } }
    `) as { Above: AnyClass; Below: AnyClass };
      expect(overridesFor(Above, "home")).toEqual([{ xFrameOptions: "DENY" }, { referrerPolicy: "origin" }]);
      expect(overridesFor(Below, "home")).toEqual([{ xFrameOptions: "DENY" }, { referrerPolicy: "origin" }]);
    },
  );

  it("takes methods with a symbol for a name, async ones and generators", () => {
    const { A, name } = classes(`
      export const name = Symbol("name");
      export class A {
        @SecurityHeaders({ xFrameOptions: "DENY" }) [name]() {}
        @SecurityHeaders({ xFrameOptions: "SAMEORIGIN" }) async *list() {}
      }
    `) as unknown as { A: AnyClass; name: symbol };
    expect(overridesFor(A, name)).toEqual([{ xFrameOptions: "DENY" }]);
    expect(overridesFor(A, "list")).toEqual([{ xFrameOptions: "SAMEORIGIN" }]);
  });

  it.each([
    ["a static method", "export class A { @SecurityHeaders() static home() {} }", '"home" is a static method'],
    ["a field", "export class A { @SecurityHeaders() home = () => {}; }", '"home" is a field'],
  ])("refuses %s when the class is defined", (_what, source, message) => {
    expect(() => one(source)).toThrow(`SecurityHeaders: ${message}. Put it on a class, or on a method of its instances.`);
  });

  it("tells all that is wrong with the layers when the class is defined", () => {
    const define = () => one('export class A { @SecurityHeaders({ xFrameOption: "DENY", referrerPolicy: "orgin" }) home() {} }');
    expect(define).toThrow(PolicyError);
    expect(define).toThrow('xFrameOption: unknown header. Did you mean "xFrameOptions"?');
    expect(define).toThrow('referrerPolicy: "orgin"');
  });

  it.each([
    ["a class", "@SecurityHeaders export class A {}"],
    ["a method", "export class A { @SecurityHeaders home() {} }"],
  ])("says what to write where the call is forgotten on %s", (_what, source) => {
    expect(() => one(source)).toThrow(
      "SecurityHeaders: was written without being called, and received the decorated class or method. Write @SecurityHeaders(…).",
    );
  });
});

it("refuses what only standard decorators can stand on", () => {
  const standard = EMITS[0] as (typeof EMITS)[number];
  const define = (member: string) => () =>
    run(standard.compile(`import { SecurityHeaders } from "portcullis/decorators"; class A { ${member} }`), {
      "portcullis/decorators": decorators,
    });
  expect(define("@SecurityHeaders() #home() {}")).toThrow('"#home" is a private method.');
  expect(define("@SecurityHeaders() get home() { return 1; }")).toThrow('"home" is a getter.');
  expect(define("@SecurityHeaders() accessor home = 1;")).toThrow('"home" is an accessor.');
});

describe("a method that a standard decorator above replaced, before there is an instance", () => {
  const { compile } = EMITS[0] as (typeof EMITS)[number];
  const source = `${OTHERS} export class A { @replace @SecurityHeaders({ xFrameOptions: "DENY" }) home() {} }`;
  const A = () => run(compile(source), { "portcullis/decorators": decorators })["A"] as AnyClass;

  it("is known where TypeScript gives metadata", () => {
    Object.defineProperty(Symbol, "metadata", { value: Symbol("metadata"), configurable: true });
    onTestFinished(() => void delete (Symbol as { metadata?: symbol }).metadata);
    expect(overridesFor(A(), "home")).toEqual([{ xFrameOptions: "DENY" }]);
  });

  it("is known where esbuild gives metadata, through a child and through a function that constructs the class", () => {
    const { compile } = EMITS[4] as (typeof EMITS)[number];
    const { Child, Made } = run(
      compile(`${OTHERS}
        class Parent { @replace @SecurityHeaders({ xFrameOptions: "DENY" }) home() {} }
        export class Child extends Parent {}
        @construct export class Made { @replace @SecurityHeaders({ xFrameOptions: "SAMEORIGIN" }) home() {} }
      `),
      { "portcullis/decorators": decorators },
    ) as { Child: AnyClass; Made: AnyClass };
    expect(overridesFor(Child, "home")).toEqual([{ xFrameOptions: "DENY" }]);
    expect(overridesFor(Made, "home")).toEqual([{ xFrameOptions: "SAMEORIGIN" }]);
  });

  it("is not known where TypeScript gives none: Portcullis makes no Symbol.metadata, which would break others' sealed classes", () => {
    expect(Symbol).not.toHaveProperty("metadata");
    expect(overridesFor(A(), "home")).toEqual([]);
  });
});

it("works above a legacy decorator that makes a getter of the method, as those that bind methods do", () => {
  const { compile } = EMITS[1] as (typeof EMITS)[number];
  const source = `
    import { SecurityHeaders } from "portcullis/decorators";
    const bind = (_prototype: any, _key: any, { value }: any): any => ({ configurable: true, get() { return value.bind(this); } });
    export class A { @SecurityHeaders({ xFrameOptions: "DENY" }) @bind home() {} }
  `;
  const { A } = run(compile(source), { "portcullis/decorators": decorators }) as { A: AnyClass };
  expect(overridesFor(A, "home")).toEqual([{ xFrameOptions: "DENY" }]);
});

it("may stand on several methods as one value", () => {
  class A {
    one(): void {}
    other(): void {}
  }
  const embeddable = SecurityHeaders({ xFrameOptions: false });
  for (const name of ["one", "other"] as const) {
    embeddable(A.prototype, name, Object.getOwnPropertyDescriptor(A.prototype, name) as TypedPropertyDescriptor<() => void>);
  }
  expect(overridesFor(A, "one")).toEqual([{ xFrameOptions: false }]);
  expect(overridesFor(A, "other")).toEqual([{ xFrameOptions: false }]);
});

it("counts one value that stands on a class and its parent twice, so that the child's lies on top", () => {
  class Parent {}
  class Child extends Parent {}
  const deny = SecurityHeaders({ xFrameOptions: "DENY" });
  deny(Parent);
  SecurityHeaders({ xFrameOptions: "SAMEORIGIN" })(Child);
  deny(Child);
  expect(overridesFor(Child)).toEqual([{ xFrameOptions: "DENY" }, { xFrameOptions: "SAMEORIGIN" }, { xFrameOptions: "DENY" }]);
});

it("takes no notice of what happens to a layer afterwards", () => {
  const layer = { xFrameOptions: "DENY" as string };
  class A {}
  SecurityHeaders(layer as { xFrameOptions: "DENY" })(A);
  layer.xFrameOptions = "rubbish";
  expect(overridesFor(A)).toEqual([{ xFrameOptions: "DENY" }]);
});

it("gives layers that lie on any policy, edits of one directive together", () => {
  class A {
    home(): void {}
  }
  const home = Object.getOwnPropertyDescriptor(A.prototype, "home") as TypedPropertyDescriptor<() => void>;
  SecurityHeaders({ contentSecurityPolicy: { imgSrc: append("https://b.example") } })(A.prototype, "home", home);
  SecurityHeaders({ contentSecurityPolicy: { imgSrc: append("https://a.example") } })(A);
  const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } }, ...overridesFor(A, "home"));
  expect(renderHeaders(policy)).toEqual({
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https://a.example https://b.example",
  });
});

it("knows what another copy of the package learned", async () => {
  class A {}
  SecurityHeaders({ xFrameOptions: "DENY" })(A);
  vi.resetModules();
  const other = await import("../../src/adapters/decorators.js");
  expect(other.overridesFor).not.toBe(overridesFor);
  expect(other.overridesFor(A)).toEqual([{ xFrameOptions: "DENY" }]);
});

it("keeps a policy as one layer: in an override it leaves what belongs to the whole site", () => {
  class Page {}
  SecurityHeaders(definePolicy("api", { strictTransportSecurity: { maxAge: 1 } }))(Page);
  expect(overridesFor(Page)).toHaveLength(1);
});
