/** Properties of the server that the configuration itself states. */
export interface Defined {
  /** Of `Define`. */
  readonly defined: Map<string, string>;
  /** Of `LoadModule`: `headers_module`. Empty in a part of a configuration. */
  readonly modules: Set<string>;
}

interface Holds {
  readonly holds: boolean;
  /** A note for the headers in it: it applies to some servers only. */
  readonly assumed?: string;
}

/** Part of httpd itself. */
const BUILT_IN = ["core", "so", "http", "version", "unixd", "log_config", "logio", "watchdog", "mpm_event", "mpm_worker", "mpm_prefork"];

/** Loaded by default: the defaults of Debian and Red Hat, and mod_headers itself. */
const USUAL = [
  ...["headers", "access_compat", "alias", "auth_basic", "authn_core", "authn_file", "authz_core", "authz_host", "authz_user"],
  ...["autoindex", "deflate", "dir", "env", "filter", "mime", "negotiation", "reqtimeout", "setenvif", "status"],
];

/** Whether a section applies that Apache evaluates while it reads; all other sections do. */
export function sectionHolds(name: string, args: readonly string[], state: Defined): Holds {
  return OF.get(name)?.(args, state) ?? { holds: true };
}

const OF: ReadonlyMap<string, (args: readonly string[], state: Defined) => Holds> = new Map([
  ["ifmodule", negatable(ifModule)],
  ["ifdefine", negatable(ifDefine)],
  ["ifversion", ifVersion],
  ["ifdirective", ([name]) => ({ holds: true, assumed: `read as if the server knew ${name}: check it` })],
  ["iffile", ([name]) => ({ holds: true, assumed: `read as if ${name} was there: check it` })],
]);

function negatable(of: (name: string, state: Defined) => Holds) {
  return ([written = ""]: readonly string[], state: Defined): Holds => {
    const result = of(written.replace(/^!\s*/, ""), state);
    return written.startsWith("!") ? { ...result, holds: !result.holds } : result;
  };
}

function ifModule(written: string, { modules }: Defined): Holds {
  const name = written.replace(/^mod_/, "").replace(/(?:\.c|_module)$/, "");
  if (BUILT_IN.includes(name) || modules.has(`${name}_module`)) return { holds: true };
  if (modules.size > 0) return { holds: false };
  if (USUAL.includes(name)) return { holds: true };
  return { holds: true, assumed: `read as if ${written} was loaded: check it with apachectl -M` };
}

function ifDefine(name: string, { defined }: Defined): Holds {
  if (defined.has(name)) return { holds: true };
  return { holds: false, assumed: `read as if Apache was started without -D ${name}: write Define ${name} where it is not` };
}

/** Of Apache 2.4, the only one that is maintained. */
function ifVersion(args: readonly string[]): Holds {
  const [operator = "=", wanted = ""] = args.length > 1 ? args : ["=", args[0]];
  const negated = operator.startsWith("!");
  const [, compare = ""] = /^!?([<>=]=?)$/.exec(operator) ?? [];
  const [, major, minor, patch] = /^(\d{1,3})(?:\.(\d{1,3})(?:\.(\d{1,3}))?)?$/.exec(wanted) ?? [];
  const unknown = `read as if this was the version: write out what holds`;
  if (major === undefined || compare === "") return { holds: true, assumed: unknown };
  const difference = 2 - Number(major) || 4 - Number(minor ?? 0) || (patch === undefined || Number(patch) === 0 ? 0 : Number.NaN);
  if (Number.isNaN(difference)) return { holds: compare.startsWith(">") !== negated, assumed: unknown };
  // "2.4" means 2.4.0, and every running version is later.
  const later = difference === 0 ? 1 : difference;
  const holds = compare.startsWith(">") ? later > 0 : compare.startsWith("<") ? later < 0 : false;
  return { holds: holds !== negated };
}
