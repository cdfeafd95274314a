import { issueCollector, type PolicyError, policyError } from "../errors.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { type Layer, policyFrom } from "../policy/policy.js";
import { readLayers } from "../policy/read.js";
import { show } from "../values/text.js";

/** Any class, abstract ones too. */
export type AnyClass = abstract new (...args: never) => unknown;

type AnyMethod = (...args: never) => unknown;

/** Stands on a class or on a method of its instances, under standard and under legacy (`experimentalDecorators`) compilers. */
export interface SecurityHeadersDecorator {
  (value: AnyClass, context?: ClassDecoratorContext): void;
  (value: AnyMethod, context: ClassMethodDecoratorContext & { readonly static: false; readonly private: false }): void;
  // A static method's place is the class itself, which has a prototype.
  <M extends AnyMethod>(
    prototype: object & { readonly prototype?: never },
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
}

/** What was learned at one place: a list for each decorator, the lowest first. */
interface Learned {
  readonly ofClass: Set<readonly Layer[]>;
  readonly ofMethods: Map<string | symbol, Set<readonly Layer[]>>;
}

// Versioned and global: what the ESM copy's decorator learned, the CommonJS copy's overridesFor knows. A map beside the
// classes and no property on them, since another decorator may have sealed or frozen them.
const LEARNED = Symbol.for("portcullis.decorators@1");
type Shared = { [LEARNED]?: WeakMap<object, Learned> };
if (!(LEARNED in globalThis)) Object.defineProperty(globalThis, LEARNED, { value: new WeakMap() });
const learned = (globalThis as Shared)[LEARNED] as WeakMap<object, Learned>;

/**
 * Lengthens the policy in force by these layers, for what a class or one of its methods answers. Decorators of one method
 * or class stack: the upper one lies on top. A framework's adapter applies them; see `overridesFor` for the order.
 *
 * @param layers as for `override`.
 * @returns a decorator for classes and for methods of their instances; on anything else it throws PolicyError, when the
 *   class is defined.
 * @throws {PolicyError} at once, with all that is wrong with the layers themselves.
 */
export function SecurityHeaders<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): SecurityHeadersDecorator {
  refuseWithoutCall(layers);
  const { report, throwIfAny } = issueCollector();
  const { groups } = readLayers(layers, report);
  throwIfAny();
  // A policy stays one: in an override it is one complete layer.
  const read = groups.flatMap((group): Layer[] => (group.length > 1 ? [policyFrom(group)] : group.map(({ layer }) => layer)));
  return ((target: object, key: unknown, descriptor: unknown) => {
    // A list of its own for each use: one decorator may stand on several methods.
    learn([...read], target, key, descriptor);
  }) as SecurityHeadersDecorator;
}

/**
 * What the decorators on a class and on one of its methods say, for frameworks: `override(...overridesFor(Class, "home"))`.
 *
 * @param Class the class; what stands on its parents counts too.
 * @param method the method's name; without one only the classes' layers are given. A method that overrides a parent's keeps
 *   the parent's layers below its own.
 * @returns layers, the lowest first: of the parent classes, of the class, of the parents' methods of that name, of the method.
 *   Empty where nothing is decorated. Where a compiler gives standard decorators no metadata (TypeScript does if
 *   `Symbol.metadata` exists), a method that a decorator above has replaced is known from the class's first instance on.
 */
export function overridesFor(Class: AnyClass, method?: string | symbol): readonly Layer[] {
  const all = learnedOf(Class, method);
  const lists = new Set(all.flatMap(({ ofClass }) => [...ofClass]));
  if (method !== undefined) for (const { ofMethods } of all) for (const list of ofMethods.get(method) ?? []) lists.add(list);
  return [...lists].flat();
}

/** Writes down a decorator's layers wherever they can be found from its class. */
function learn(layers: readonly Layer[], target: object, key: unknown, descriptor: unknown): void {
  if (typeof target === "function" && (key === undefined || (isStandard(key) && key.kind === "class"))) {
    learnedAt(target.prototype as object).ofClass.add(layers);
  } else if (isStandard(key)) {
    refuseElement(key);
    // A standard decorator does not see its class. The metadata leads there, if the compiler gives it; the function, if no
    // decorator above replaces it; and the first instance at the latest.
    if (key.metadata !== undefined) learnOfMethod(key.metadata, key.name, layers);
    learnOfMethod(target, key.name, layers);
    key.addInitializer(function (this: object) {
      learnOfMethod(Object.getPrototypeOf(this) as object, key.name, layers);
    });
  } else {
    learnOfMethod(target, legacyMethod(target, key, descriptor), layers);
  }
}

function learnOfMethod(place: object, name: string | symbol, layers: readonly Layer[]): void {
  const { ofMethods } = learnedAt(place);
  ofMethods.set(name, (ofMethods.get(name) ?? new Set()).add(layers));
}

function learnedAt(place: object): Learned {
  const known = learned.get(place) ?? { ofClass: new Set(), ofMethods: new Map() };
  learned.set(place, known);
  return known;
}

/** What was learned of a class, its furthest parent first. A place counts once: a wrapper may share its class's. */
function learnedOf(Class: AnyClass, method: string | symbol | undefined): readonly Learned[] {
  const places = new Set<unknown>(metadataOf(Class));
  for (let prototype = Class.prototype as object | null; prototype; prototype = Object.getPrototypeOf(prototype) as object | null) {
    if (method !== undefined) places.add(ownValue(prototype, method));
    for (const metadata of metadataOf(ownValue(prototype, "constructor"))) places.add(metadata);
    places.add(prototype);
  }
  return [...places].flatMap((place) => learned.get(place as object) ?? []).reverse();
}

/** The metadata of the class itself, not a parent's: under the symbol there is, or under the one compilers use where there is none. */
function metadataOf(Class: unknown): readonly unknown[] {
  if (typeof Class !== "function") return [];
  const symbols = [(Symbol as { readonly metadata?: symbol }).metadata, Symbol.for("Symbol.metadata")];
  return symbols.map((symbol) => symbol && ownValue(Class, symbol));
}

function ownValue(home: object, key: string | symbol): unknown {
  return Object.getOwnPropertyDescriptor(home, key)?.value;
}

interface StandardContext {
  readonly kind: string;
  readonly name: string | symbol;
  readonly static?: boolean;
  readonly private?: boolean;
  readonly metadata?: object;
  addInitializer(initializer: (this: object) => void): void;
}

function isStandard(key: unknown): key is StandardContext {
  return typeof key === "object" && key !== null && "kind" in key;
}

function refuseElement({ kind, name, ...element }: StandardContext): void {
  if (kind !== "method") throw misplaced(kind === "accessor" ? "an accessor" : `a ${kind}`, name);
  if (element.static) throw misplaced("a static method", name);
  if (element.private) throw misplaced("a private method", name);
}

function legacyMethod(target: object, key: unknown, descriptor: unknown): string | symbol {
  if (typeof key !== "string" && typeof key !== "symbol") throw misplaced("neither a class nor a method", "target");
  if (typeof descriptor !== "object" || descriptor === null) {
    throw misplaced(typeof descriptor === "number" ? "the method of a parameter" : "a field", key);
  }
  if (typeof target === "function") throw misplaced("a static method", key);
  return key;
}

/** `@SecurityHeaders class …` hands the factory a class, or a method and its descriptor. */
function refuseWithoutCall(layers: readonly unknown[]): void {
  const third = layers[2];
  const descriptor = typeof third === "object" && third !== null && ("value" in third || "get" in third);
  if (typeof layers[0] !== "function" && !descriptor) return;
  throw policyError(
    "not-called",
    ["SecurityHeaders"],
    "was written without the call, and got what it stands on",
    "Write @SecurityHeaders(…).",
  );
}

function misplaced(what: string, name: string | symbol): PolicyError {
  const hint = "Put it on a class, or on a method of its instances.";
  return policyError("wrong-type", ["SecurityHeaders"], `${show(typeof name === "symbol" ? String(name) : name)} is ${what}`, hint);
}
