import { kebabCase } from "../../src/values/text.js";
import type { Page } from "../page.js";
import { code, link } from "./markdown.js";

/** Every kind of reference page: its folder, and its name in the navigation. */
export const KINDS = {
  headers: "Headers",
  directives: "CSP directives",
  features: "Permissions-Policy features",
  options: "Policy options",
  middleware: "Middleware",
  presets: "Presets",
  recipes: "Recipes",
  targets: "Export targets",
  rules: "Audit rules",
  commands: "Commands",
  errors: "Errors",
} as const;

export type Kind = keyof typeof KINDS;

/** The path of a page, or of the index of a kind, without a leading slash. */
export const pathOf = (kind: Kind, name?: string): string =>
  name === undefined ? `reference/${kind}` : `reference/${kind}/${fileName(name)}`;

/** `strictDynamic`, `X-Frame-Options` and `cloudflare-headers` in kebab-case. */
const fileName = (name: string) => (/^[a-z]+(?:[A-Z][a-z0-9]*)+$/.test(name) ? kebabCase(name) : name.toLowerCase());

/** Where the navigation lists a page of a kind. */
export const groupOf = (kind: Kind): Page["group"] => ["Reference", KINDS[kind]];

/** A link to a reference page: `shown` as code, or the name. */
export const ref = (kind: Kind, name: string, shown = name): string => link(code(shown), `/${pathOf(kind, name)}`);

/** A link to a header's page, by its wire name, also of the report-only header. */
export const headerRef = (name: string): string => ref("headers", name.replace(/-Report-Only$/i, ""), name);

/** The index of a kind, as text. */
export const indexRef = (kind: Kind, text: string = KINDS[kind]): string => link(text, `/${pathOf(kind)}`);
