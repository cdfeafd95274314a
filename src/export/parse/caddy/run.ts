import { show } from "../../../values/text.js";
import type { RoutePath } from "../../target.js";
import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import { keyOf } from "../paths.js";
import { changeResponses, move, noteOthers, setHeaders, setVariables } from "./effects.js";
import { type Discover, type Fit, fits, type Matchers, matcherOf, withMatchers } from "./matchers.js";
import { directiveOf, type Route, sorted } from "./order.js";
import { type CaddySite, finish, type Outcome, perhapsAnswer, type Run } from "./requests.js";
import type { Statement } from "./statements.js";
import type { Variables } from "./values.js";

interface Scope {
  readonly matchers: Matchers;
  readonly depth: number;
}

/** All possible outcomes of a request for this path. */
export function outcomesAt(path: RoutePath, site: CaddySite, discover: Discover): readonly Outcome[] {
  const run: Run = {
    site,
    begin: path,
    discover,
    outcomes: [],
    inError: false,
    here: [{ ...path, from: path.path }],
    variables: new Map(),
    now: [],
    later: [],
    only: undefined,
    unless: undefined,
  };
  const scope = { matchers: new Map(), depth: 0 };
  if (!block(site.statements, run, scope, true)) {
    const line = site.statements.at(-1)?.line ?? 1;
    finish(run, "answer", line);
    finish(run, "nothing", line);
  }
  return run.outcomes;
}

/** Steps for each statement of a block, which is matched and sorted for each path. */
const STEPS_OF_A_STATEMENT = 50;

/** Runs a block. Returns whether every request has ended in it. */
function block(statements: readonly Statement[], run: Run, outer: Scope, sorting: boolean): boolean {
  const { site } = run;
  site.note.spend("work", STEPS_OF_A_STATEMENT * statements.length);
  const scope = { matchers: withMatchers(outer.matchers, statements, site.note), depth: outer.depth + 1 };
  const routes = statements
    .filter(({ words: [first = ""] }) => !first.startsWith("@") && first !== "handle_errors")
    .map((statement) => ({ statement, directive: directiveOf(statement.words[0] ?? ""), ...matcherOf(statement, scope.matchers) }));
  const before = run.unless;
  const ended = inTurn(sorting ? sorted(routes, site.order) : routes, run, scope);
  run.unless = before;
  return ended;
}

/** Of these blocks, Caddy runs only the first that matches. */
const EXCLUSIVE = new Set(["handle", "rewrite"]);

function inTurn(routes: readonly Route[], run: Run, scope: Scope): boolean {
  const taken = new Map<string, string | true>();
  // A single directive is not in a group.
  const several = new Set([...EXCLUSIVE].filter((name) => routes.filter(({ directive }) => directive === name).length > 1));
  const groupOf = ({ directive }: Route) => (several.has(directive) ? directive : "");
  let last: { readonly route: Route; readonly fit: Fit; ended: boolean } | undefined;
  for (const route of routes) {
    const group = groupOf(route);
    // Adjacent directives with the same matcher are one route, whose matcher is evaluated once.
    const alike = last !== undefined && last.route.matcher.key === route.matcher.key && groupOf(last.route) === group;
    const earlier = alike ? undefined : taken.get(group);
    const asked: Fit = earlier !== true && fits(route.matcher, { ...run, ...run.site });
    const fit = alike ? asOne(last?.route, route, last?.fit ?? asked, asked) : asked;
    if (alike && last?.ended) continue;
    last = { route, fit, ended: false };
    if (fit === false) continue;
    const ended = fit === true ? unlessTaken(route, run, scope, earlier) : perhaps(route, run, scope, fit);
    last.ended = ended;
    if (ended && fit === true) {
      if (typeof earlier !== "string") return true;
      // Only requests that an earlier block has taken continue.
      run.only ??= earlier;
    }
    if (group !== "" && (fit === true || !ended)) taken.set(group, fit === true || (taken.get(group) ?? fit));
  }
  return false;
}

/** Whether the second of two routes with the same matcher matches. If the first has changed the path, Caddy 2.6 evaluates the matcher again and 2.11 does not. */
function asOne(last: Route | undefined, { directive, matcher }: Route, before: Fit, asked: Fit): Fit {
  if (last?.directive === directive || before === asked) return before;
  return `holds for ${matcher.name}, and the line before it has changed the path`;
}

function unlessTaken(route: Route, run: Run, scope: Scope, earlier: string | true | undefined): boolean {
  const before = run.unless;
  if (typeof earlier === "string") run.unless ??= earlier;
  const ended = execute(route, run, scope);
  run.unless = before;
  return ended;
}

/** Runs a directive that may be skipped: its headers are noted, and the values that it changes are unknown after it. */
function perhaps(route: Route, run: Run, scope: Scope, why: string): boolean {
  const { only, here, variables } = run;
  run.only = only ?? why;
  const ended = execute(route, run, scope);
  run.only = only;
  if (!ended) {
    run.here =
      here === undefined || run.here === undefined
        ? undefined
        : [...new Map([...here, ...run.here].map((one) => [keyOf(one), one])).values()];
    run.variables = uncertain(variables, run.variables, run.site.note);
  } else [run.here, run.variables] = [here, variables];
  return ended;
}

/** Variables with several possible values. */
function uncertain(before: Variables, after: Variables, note: Note): Variables {
  if (before === after) return before;
  note.spend("work", STEPS_OF_A_COPY * after.size);
  return new Map([...after].map(([name, value]) => [name, before.get(name) === value ? value : undefined]));
}

function execute(route: Route, run: Run, scope: Scope): boolean {
  const { directive, statement } = route;
  run.site.note.spend("work", STEPS_OF_A_COPY);
  const does = Object.hasOwn(DIRECTIVES, directive) ? DIRECTIVES[directive] : undefined;
  if (does !== undefined) return does(route, run, scope);
  run.site.note(statement.line, `${show(directive)} is not a standard directive of Caddy: its effect on headers is unknown`);
  return false;
}

type Does = (route: Route, run: Run, scope: Scope) => boolean;

const nothing: Does = ({ statement }, { site }) => {
  noteOthers(statement, site.note);
  return false;
};

const answers: Does = ({ statement }, run) => finish(run, "answer", statement.line);

const DIRECTIVES: Readonly<Record<string, Does>> = {
  header: setHeaders,
  handle: ({ statement, rest, matcher }, run, scope) => {
    // handle_path removes everything before the star, with the slash before it.
    if (statement.words[0] === "handle_path") move(run, ["uri", "strip_prefix", (matcher.single ?? rest[0] ?? "").replace(/\/?\*$/, "")]);
    return block(statement.block ?? [], run, scope, true);
  },
  route: ({ statement }, run, scope) => block(statement.block ?? [], run, scope, false),
  invoke,
  vars: setVariables,
  rewrite: ({ rest }, run) => move(run, ["rewrite", ...rest]),
  uri: ({ rest }, run) => move(run, ["uri", ...rest]),
  try_files: ({ rest }, run) => move(run, ["try_files", ...rest]),
  redir: answers,
  respond: answers,
  metrics: answers,
  copy_response: answers,
  abort: ({ statement }, run) => (run.only === undefined ? finish(run, "answer", statement.line) : true),
  error: ({ statement }, run, scope) => fail(run, scope, statement.line, true),
  file_server: ({ statement }, run, scope) => {
    fail(run, scope, statement.line);
    const passes = statement.block?.some(({ words }) => words[0] === "pass_thru") ?? false;
    return passes ? perhapsAnswer(run, statement.line) : finish(run, "answer", statement.line);
  },
  reverse_proxy: proxy,
  php_fastcgi: php,
  php_server: php,
  basicauth: mayFail,
  basic_auth: mayFail,
  request_body: mayFail,
  forward_auth: ({ statement }, run, scope) => {
    noteOthers(statement, run.site.note);
    fail(run, scope, statement.line);
    return perhapsAnswer(run, statement.line);
  },
  ...Object.fromEntries(
    // biome-ignore format: a list of names
    ["tracing", "map", "fs", "root", "log_append", "skip_log", "log_skip", "log_name", "log", "tls", "bind", "method", "request_header",
      "encode", "push", "intercept", "templates", "acme_server", "copy_response_headers", "import"].map((name) => [name, nothing]),
  ),
};

function mayFail({ statement }: Route, run: Run, scope: Scope): boolean {
  fail(run, scope, statement.line);
  return false;
}

function invoke({ statement: { words, line } }: Route, run: Run, scope: Scope): boolean {
  const inside = run.site.routes.get(words[1] ?? "");
  if (inside === undefined) run.site.note(line, "invokes a route that is not in this text: not read");
  else {
    run.site.note.enter(scope.depth, line);
    return block(inside, run, { matchers: new Map(), depth: scope.depth }, true);
  }
  return false;
}

/** The responses of an application, and the error if it does not respond. */
function proxy({ statement }: Route, run: Run, scope: Scope): boolean {
  fail(run, scope, statement.line);
  changeResponses(statement, run);
  return finish(run, "answer", statement.line);
}

/** PHP files are passed to PHP, other requests continue, which depends on the existing files. */
function php(route: Route, run: Run, scope: Scope): boolean {
  noteOthers(route.statement, run.site.note);
  fail(run, scope, route.statement.line);
  if (route.directive === "php_server") return finish(run, "answer", route.statement.line);
  run.here = undefined;
  return perhapsAnswer(run, route.statement.line);
}

/** An error of Caddy: deferred changes are dropped, the path is that of the request again, and `handle_errors` runs. */
function fail(run: Run, scope: Scope, line: number, sure = false): true {
  const { site, begin } = run;
  if (run.inError) {
    run.outcomes.push({ kind: "error", line, changes: run.now, sure: false });
    return true;
  }
  const errors = site.statements.filter(({ words }) => words[0] === "handle_errors");
  // If there are several, Caddy 2.6 runs the first, and 2.11 begins with the last.
  const only = errors.length > 1 ? "is in one of several handle_errors" : undefined;
  const own: Run = { ...run, outcomes: [], inError: true, here: [{ ...begin, from: begin.path }], later: [], only, unless: undefined };
  const outer = { matchers: withMatchers(scope.matchers, site.statements, site.note), depth: scope.depth };
  const ended = errors.map(({ words, block: inner = [] }) => {
    own.only = words.length > 1 ? (only ?? "applies to some errors only") : only;
    return block(inner, own, outer, true);
  });
  own.only = only;
  if (errors.length !== 1 || !ended[0] || (errors[0]?.words.length ?? 0) > 1) finish(own, "answer", line);
  const all = own.outcomes.map((one) => ({ ...one, kind: "error" as const, line, sure: sure && one.sure && run.only === undefined }));
  run.outcomes.push(...all);
  return true;
}
