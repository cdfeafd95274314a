/**
 * A value that is created on first access, so that a value few programs need adds no cost at import.
 *
 * @param make called once, at the first call of the returned function.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The part of a map that {@link lazyMap} has. */
export type LazyMap<K, V> = Pick<ReadonlyMap<K, V>, "get" | "has" | "keys" | "values" | "entries">;

/** The same for a map. */
export function lazyMap<K, V>(make: () => ReadonlyMap<K, V>): LazyMap<K, V> {
  const map = lazy(make);
  return {
    get: (key) => map().get(key),
    has: (key) => map().has(key),
    keys: () => map().keys(),
    values: () => map().values(),
    entries: () => map().entries(),
  };
}
