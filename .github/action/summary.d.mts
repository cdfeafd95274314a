interface Finding {
  readonly severity: string;
  readonly header: string;
  readonly message: string;
  readonly fix: string;
}

interface Site {
  readonly name: string;
  readonly score?: { readonly points: number; readonly grade: string };
  readonly findings?: readonly Finding[];
  readonly errors?: readonly string[];
}

interface Part {
  readonly verdict: string;
  readonly before?: string;
  readonly after?: string;
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
  readonly message?: string;
}

type ComparedHeaders = readonly (Part & {
  readonly header: string;
  readonly directives?: readonly (Part & { readonly directive: string })[];
})[];

interface Compared {
  readonly before: string;
  readonly after: string;
  readonly verdict: string;
  readonly headers: ComparedHeaders;
  readonly routes?: readonly { readonly path: string; readonly verdict: string; readonly headers: ComparedHeaders }[];
}

export function checkSummary(sites: readonly Site[]): string;
export function compareSummary(compared: Compared): string;
export function annotation(group: Finding & { readonly names: readonly string[] }): string;
