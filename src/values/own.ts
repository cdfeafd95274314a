/** An object's own property, or undefined. Inherited properties, for example of a polluted `Object.prototype`, are ignored. */
export function own(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<PropertyKey, unknown>)[key];
}

/** An object of these members alone, without a prototype to inherit others from. */
export function record<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.setPrototypeOf(Object.fromEntries(entries), null) as Record<string, T>;
}

/** The own enumerable members of an object, in an object without a prototype. */
export function bare<T extends object>(value: T): T {
  return Object.assign(Object.create(null) as T, value);
}

/** An object of the same own keys, without a prototype, each member changed by `change`. */
export function mapped<T, U>(value: Readonly<Record<string, T>>, change: (member: T) => U): Record<string, U> {
  const made: Record<string, U> = Object.create(null);
  for (const key of Object.keys(value)) made[key] = change(value[key] as T);
  return made;
}

/**
 * Plain data, frozen to its last member, its objects without a prototype; what is frozen already is taken to be so through and
 * through. Functions stay themselves.
 */
export function plain<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(plain)) as T;
  return Object.freeze(mapped(value as Record<string, unknown>, plain)) as T;
}

/** A frozen object of these members, with marks that a spread and `Object.assign` do not copy. */
export function branded<T>(marks: Readonly<Record<symbol, unknown>>, members: object): T {
  const made = { ...members };
  for (const mark of Object.getOwnPropertySymbols(marks)) Object.defineProperty(made, mark, { value: marks[mark] });
  return Object.freeze(made) as T;
}
