import { issueCollector, type PolicyError, policyError } from "../errors.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { type Layer, type LayerInput, policyFrom } from "../policy/policy.js";
import { readLayers } from "../policy/read.js";
import { awaited, shown } from "../values/options.js";
import { show } from "../values/text.js";

/** Any class, abstract ones too. */
export type AnyClass = abstract new (...args: never) => unknown;

type AnyMethod = (...args: never) => unknown;

/** For a class or a method of its instances, with standard and with legacy (`experimentalDecorators`) compilers. */
export interface SecurityHeadersDecorator {
  (value: AnyClass, context?: ClassDecoratorContext): void;
  (value: AnyMethod, context: ClassMethodDecoratorContext & { readonly static: false; readonly private: false }): void;
  // The target of a static method is the class itself, which has a prototype.
  <M extends AnyMethod>(
    prototype: object & { readonly prototype?: never },
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
}

/** The layers at one place: a list for each decorator, the lowest first. */
interface Known {
  readonly ofClass: Set<readonly Layer[]>;
  readonly ofMethods: Map<string | symbol, Set<readonly Layer[]>>;
}

// Versioned and global: overridesFor of the CommonJS copy finds the layers of the ESM copy's decorators. A map, and not a property of
// the classes, because another decorator may have sealed or frozen them.
const KNOWN = Symbol.for("portcullis.decorators@1");
type Shared = { [KNOWN]?: WeakMap<object, Known> };
if (!(KNOWN in globalThis)) Object.defineProperty(globalThis, KNOWN, { value: new WeakMap() });
const known = (globalThis as Shared)[KNOWN] as WeakMap<object, Known>;

/**
 * Adds layers to the policy in force, for the responses of a class or of one of its methods. Several decorators of one method or class
 * stack: the upper one is on top. A framework's adapter applies them; see `overridesFor` for the order.
 *
 * @param layers as for `override`.
 * @returns a decorator for classes and for methods of their instances; on anything else it throws a PolicyError when the class is
 *   defined.
 * @throws {PolicyError} at the call, with all mistakes in the layers themselves.
 */
export function SecurityHeaders<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): SecurityHeadersDecorator {
  refuseWithoutCall(layers);
  const { report, throwIfAny } = issueCollector();
  const { groups } = readLayers(layers, report);
  throwIfAny();
  // A policy is kept whole: in an override it is one complete layer.
  const read = groups.flatMap((group): Layer[] => (group.length > 1 ? [policyFrom(group)] : group.map(({ layer }) => layer)));
  return ((target: object, key: unknown, descriptor: unknown) => {
    // A new list for each use: one decorator may be applied to several methods.
    remember([...read], target, key, descriptor);
  }) as SecurityHeadersDecorator;
}

/**
 * The layers of the decorators of a class and of one of its methods, for frameworks: `override(...overridesFor(Class, "home"))`.
 *
 * @param Class the class; decorators of its parent classes count too.
 * @param method the method's name; without it only the layers of the classes are returned. A method that overrides a parent's method
 *   keeps the parent's layers below its own.
 * @returns layers, the lowest first: of the parent classes, of the class, of the parents' methods of that name, of the method. Empty if
 *   nothing is decorated. If a compiler passes no metadata to standard decorators (TypeScript does if `Symbol.metadata` exists), a method
 *   that another decorator replaced is known only after the first instance of the class is created.
 * @throws {PolicyError} if the arguments are not a class and the name of a method.
 */
export function overridesFor(Class: AnyClass, method?: string | symbol): readonly Layer[] {
  refuseArguments(Class, method);
  const all = allOf(Class, method);
  const lists = new Set(all.flatMap(({ ofClass }) => [...ofClass]));
  if (method !== undefined) for (const { ofMethods } of all) for (const list of ofMethods.get(method) ?? []) lists.add(list);
  return [...lists].flat();
}

/** Stores a decorator's layers where they can be found from its class. */
function remember(layers: readonly Layer[], target: object, key: unknown, descriptor: unknown): void {
  if (typeof target === "function" && (key === undefined || (isStandard(key) && key.kind === "class"))) {
    knownAt(target.prototype as object).ofClass.add(layers);
  } else if (isStandard(key)) {
    refuseElement(key);
    // A standard decorator does not receive its class. It is found by the metadata, if the compiler passes it, by the function, if no
    // decorator above replaces it, and by the first instance at the latest.
    if (key.metadata !== undefined) rememberMethod(key.metadata, key.name, layers);
    rememberMethod(target, key.name, layers);
    key.addInitializer(function (this: object) {
      rememberMethod(Object.getPrototypeOf(this) as object, key.name, layers);
    });
  } else {
    rememberMethod(target, legacyMethod(target, key, descriptor), layers);
  }
}

function rememberMethod(place: object, name: string | symbol, layers: readonly Layer[]): void {
  const { ofMethods } = knownAt(place);
  ofMethods.set(name, (ofMethods.get(name) ?? new Set()).add(layers));
}

function knownAt(place: object): Known {
  const here = known.get(place) ?? { ofClass: new Set(), ofMethods: new Map() };
  known.set(place, here);
  return here;
}

/** What is known of a class, its furthest parent first. A place counts once: a wrapper may share that of its class. */
function allOf(Class: AnyClass, method: string | symbol | undefined): readonly Known[] {
  const places = new Set<unknown>(metadataOf(Class));
  for (let prototype = Class.prototype as object | null; prototype; prototype = Object.getPrototypeOf(prototype) as object | null) {
    if (method !== undefined) places.add(ownValue(prototype, method));
    for (const metadata of metadataOf(ownValue(prototype, "constructor"))) places.add(metadata);
    places.add(prototype);
  }
  return [...places].flatMap((place) => known.get(place as object) ?? []).reverse();
}

/** The metadata of the class itself, not of a parent: under `Symbol.metadata`, or under the symbol that compilers use without it. */
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

function refuseArguments(Class: unknown, method: unknown): void {
  if (typeof Class !== "function" || typeof Class.prototype !== "object") {
    const hint = awaited(Class, 'Write overridesFor(Class, "method").');
    throw policyError("wrong-type", ["overridesFor"], `${shown(Class)} is not a class`, hint);
  }
  if (method === undefined || typeof method === "string" || typeof method === "symbol") return;
  const hint = 'Write the name of a method, such as "home".';
  throw policyError("wrong-type", ["overridesFor", "method"], `${shown(method)} is not the name of a method`, hint);
}

/** `@SecurityHeaders class …` without a call passes a class to the factory, or a method and its descriptor. */
function refuseWithoutCall(layers: readonly unknown[]): void {
  const third = layers[2];
  const descriptor = typeof third === "object" && third !== null && ("value" in third || "get" in third);
  if (typeof layers[0] !== "function" && !descriptor) return;
  throw policyError(
    "not-called",
    ["SecurityHeaders"],
    "was written without being called, and received the decorated class or method",
    "Write @SecurityHeaders(…).",
  );
}

function misplaced(what: string, name: string | symbol): PolicyError {
  const hint = "Put it on a class, or on a method of its instances.";
  return policyError("wrong-type", ["SecurityHeaders"], `${show(typeof name === "symbol" ? String(name) : name)} is ${what}`, hint);
}
