/** The playground. A stub: there is none, until it is here. */
export async function playgroundPage(): Promise<{ html: string; files: ReadonlyMap<string, Uint8Array> } | undefined> {
  return undefined;
}
