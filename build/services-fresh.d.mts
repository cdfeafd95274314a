type Page = { readonly hosts: readonly string[] } | { readonly failure: string };

interface About {
  readonly name: string;
  readonly checked: string;
  readonly pages: readonly string[];
  readonly hosts: readonly string[];
}

interface Compared {
  readonly name: string;
  readonly checked: string;
  readonly read: readonly string[];
  readonly notRead: readonly { readonly url: string; readonly failure: string }[];
  /** Hosts of the recipe that none of its pages has. */
  readonly gone: readonly string[];
  /** Hosts of the service that its pages have, and the recipe does not allow. */
  readonly added: readonly string[];
}

type Fetch = typeof globalThis.fetch;

export function hostsIn(page: string): readonly string[];
export function hostsOf(
  recipe: { readonly about: { readonly example?: Readonly<Record<string, unknown>> } },
  options: Readonly<Record<string, { readonly type?: string; readonly enum?: readonly unknown[] }>>,
): readonly string[];
export function compareService(about: About, hosts: readonly string[], read: ReadonlyMap<string, Page>): Compared;
export function readPage(url: string, fetch: Fetch, limits?: { readonly time?: number; readonly size?: number }): Promise<Page>;
export function compareAll(
  services: readonly { readonly about: About; readonly hosts: readonly string[] }[],
  fetch: Fetch,
): Promise<readonly Compared[]>;
export function printed(results: readonly Compared[]): string;
