/** Splits the path of a policy's issue, `key.field[index]`: the header, its directive or field, and the index in that list. */
export function stepsOf(path: string): { key: string; field: string | undefined; index: number | undefined } {
  const [, key = "", field, index] = /^(\w*)(?:\.(\w+))?(?:\[(\d+)\])?/.exec(path) ?? [];
  return { key, field, index: index === undefined ? undefined : Number(index) };
}
