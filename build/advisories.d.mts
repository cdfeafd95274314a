export function readAudit(printed: string, names: readonly string[]): { readonly failed: boolean; readonly line: string };
