import { keyOfName, takesOf } from "../headers/content-security-policy/directives.js";
import { type CspPolicy, effective } from "../headers/content-security-policy/wire.js";
import { type ServiceMatch, serviceOf } from "../services/index.js";
import { readSource } from "../values/sources.js";
import { type Addresses, addressesOf, takesHost } from "./sources/addresses.js";
import { sourcePart } from "./sources/source-part.js";

/** A source of a policy that belongs to a service. */
export interface ServiceSource {
  /** The directive in lower case. */
  readonly directive: string;
  /** As written. */
  readonly source: string;
  readonly addresses: Addresses;
  readonly service: ServiceMatch;
}

/** The sources of enforced policies that belong to a service: those that no other policy blocks, and that `'strict-dynamic'` leaves in effect. */
export function serviceSourcesIn(enforced: readonly CspPolicy[]): readonly ServiceSource[] {
  return enforced.flatMap((policy) => {
    const others = enforced.filter((other) => other !== policy);
    return [...policy.written].flatMap(([directive, values]) => {
      if (takesOf(keyOfName.get(directive) ?? "") === undefined || isStrictDynamic(directive, values)) return [];
      return values.flatMap((value) => {
        const found = serviceSource(directive, value);
        return found !== undefined && others.every((other) => mayAllow(other, found)) ? [found] : [];
      });
    });
  });
}

/** The services of sources, each once, in the order in which they come. */
export function servicesIn(sources: readonly Pick<ServiceSource, "service">[]): readonly ServiceMatch[] {
  return [...new Map(sources.map(({ service }) => [service.name, service])).values()];
}

const SCRIPTS: readonly string[] = ["script-src", "script-src-elem"];

const isStrictDynamic = (directive: string, values: readonly string[]) =>
  SCRIPTS.includes(directive) && values.some((value) => value.toLowerCase() === "'strict-dynamic'");

function serviceSource(directive: string, value: string): ServiceSource | undefined {
  if (value.startsWith("'")) return undefined;
  const read = readSource(sourcePart(value), "wire");
  const service = read.kind === "host" ? serviceOf(read.text) : undefined;
  return service && read.kind === "host" ? { directive, source: read.text, addresses: addressesOf(read), service } : undefined;
}

/** Whether another policy may allow a source too. */
function mayAllow(policy: CspPolicy, { directive, addresses }: ServiceSource): boolean {
  const list = effective(policy, directive);
  return (
    list === undefined ||
    list.some((value) => {
      const read = readSource(sourcePart(value), "wire");
      return read.kind === "scheme" || (read.kind === "host" && takesHost(addressesOf(read).host, addresses.host));
    })
  );
}
