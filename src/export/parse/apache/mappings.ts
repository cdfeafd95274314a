import { withAllBelow } from "../paths.js";
import { ALWAYS, all, any, type Condition, NEVER, not, onPaths, patternOf } from "./conditions.js";
import type { Directive } from "./lines.js";

/** The folders or the upstream of each path. */
export interface Mappings {
  /** When a `<Directory>` applies; undefined if unknown. */
  inFolder(folder: string): Condition | undefined;
  /** The same for a regular expression. */
  inFoldersLike(pattern: string): Condition | undefined;
  /** When a path is served from files, not from an upstream. */
  readonly files: Condition;
  /** When a `<Proxy>` section for this URL applies. */
  proxied(url: string): Condition | undefined;
}

/** Paths that an `Alias`, `ProxyPass` or `DocumentRoot` maps. */
interface Mapping {
  readonly when: Condition;
  readonly url: string;
  readonly target: string;
}

/** Reads the directives that map paths; those of the host are last. Apache evaluates `ProxyPass` first, then aliases, then the root. */
export function mappingsOf(directives: readonly Directive[]): Mappings {
  const upstreams = exclusive([...directives.flatMap(proxiesInside), ...directives.flatMap(proxiesOf)]);
  const proxied = any(...upstreams.filter(({ target }) => target !== "!").map(({ when }) => when));
  const files = not(proxied);
  const root = rootOf(directives);
  const aliases = directives.flatMap(aliasesOf);
  const mapped = root === undefined ? aliases : [...aliases, { when: ALWAYS, url: "/", target: root }];
  const folders = exclusive(mapped).map((one) => ({ ...one, when: all(one.when, files) }));
  const meant = (of: (one: Mapping) => Condition | undefined) => {
    const found = folders.map(of);
    return folders.length === 0 || found.includes(undefined) ? undefined : any(...found.filter((one) => one !== undefined));
  };
  return {
    files,
    inFolder: (written) => {
      const folder = written.replace(/\/$/, "");
      return folder === "" ? files : meant((one) => below(one, folder));
    },
    inFoldersLike: (pattern) => {
      const plain = patternOf(pattern);
      if (plain === undefined || plain.loose !== undefined) return undefined;
      return meant((one) => {
        // A folder is matched with a slash after it, and so is each parent folder.
        const isMeant = plain.paths.some(({ path, below }) => (below ? `${one.target}/`.startsWith(path) : isAbove(path, one.target)));
        return isMeant ? one.when : plain.paths.some(({ path }) => path.startsWith(`${one.target}/`)) ? undefined : NEVER;
      });
    },
    proxied: (url) => {
      if (url === "*") return proxied;
      const asked = upstreams.filter(({ target }) => target === url || target.startsWith(url) || `${target}/` === url);
      return /[*~]/.test(url) ? undefined : any(...asked.map(({ when }) => when));
    },
  };
}

/** The first matching one is used for a path. */
function exclusive(mappings: readonly Mapping[]): readonly Mapping[] {
  return mappings.map((one, index) => ({ ...one, when: all(one.when, ...mappings.slice(0, index).map(({ when }) => not(when))) }));
}

function rootOf(directives: readonly Directive[]): string | undefined {
  return directives.findLast(({ name }) => name === "documentroot")?.args[0]?.replace(/\/$/, "");
}

/** `ProxyPass` in a section has no path argument, and is evaluated before those outside. */
function proxiesInside({ name, args, block = [] }: Directive): readonly Mapping[] {
  const [first = "", second = ""] = args;
  if (!/^location(?:match)?$/.test(name)) return [];
  const isPattern = name === "locationmatch" || first === "~";
  const url = first === "~" ? second : first;
  const when = onPaths(isPattern ? patternOf(url) : withAllBelow(url)) ?? unknown(name, url);
  return block.flatMap((one) => (one.name === "proxypass" ? [{ when, url, target: one.args[0] ?? "" }] : []));
}

/** When the section of a folder applies to paths that are mapped to another one. */
function below({ when, url, target }: Mapping, folder: string): Condition | undefined {
  if (isAbove(folder, target)) return when;
  const [plain = ""] = folder.split(/[*?[]/);
  if (plain !== folder && (plain.startsWith(`${target}/`) || target.startsWith(plain))) return undefined;
  if (!folder.startsWith(`${target}/`)) return NEVER;
  const path = onPaths(withAllBelow(`${url.replace(/\/$/, "")}${folder.slice(target.length)}`));
  return path === undefined ? undefined : all(when, path);
}

/** Whether a folder, which may have `*` for whole parts, is another one or above it. */
function isAbove(folder: string, other: string): boolean {
  const parts = folder.replace(/\/$/, "").split("/");
  const others = other.split("/");
  return parts.length <= others.length && parts.every((part, index) => part === "*" || part === others[index]);
}

function aliasesOf({ name, args }: Directive): readonly Mapping[] {
  const [url = "", target = ""] = args;
  if (/^(?:script)?aliasmatch$/.test(name)) return [{ when: onPaths(patternOf(url)) ?? unknown(name, url), url, target: "" }];
  if (!/^(?:script|wsgiscript)?alias$/.test(name)) return [];
  return [{ when: onPaths(withAllBelow(url)) ?? unknown(name, url), url, target: target.replace(/\/$/, "") }];
}

function proxiesOf({ name, args }: Directive): readonly Mapping[] {
  const [first = "", second = "", ...rest] = args;
  if (name === "proxypass") return [{ when: onPaths(withAllBelow(first)) ?? unknown(name, first), url: first, target: second }];
  if (name === "proxypassmatch") return [{ when: onPaths(patternOf(first)) ?? unknown(name, first), url: first, target: second }];
  if (name !== "rewriterule" || !/[[,]P(?:[,\]]|roxy)/.test(rest.join(" "))) return [];
  // Rules for WebSockets only do not apply to pages.
  return /^wss?:/.test(second)
    ? []
    : [{ when: /^\^?\/?\(?\.\*\)?\$?$|^\^$/.test(first) ? ALWAYS : unknown(name, first), url: "/", target: second }];
}

const unknown = (name: string, text: string): Condition => ({ kind: "unknown", text: `${name} ${text}` });
