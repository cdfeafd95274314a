import { expect, it } from "vitest";
import { audit } from "../../src/audit/index.js";

const found = (value: string) =>
  audit({ "Content-Security-Policy": value }).findings.flatMap(({ rule, path }) => (rule === "unsafe-inline-inert" ? [path] : []));

const HASH = "'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='";

it.each([
  ["style-src-attr", "contentSecurityPolicy.styleSrcAttr"],
  ["script-src-attr", "contentSecurityPolicy.scriptSrcAttr"],
  ["style-src-elem", "contentSecurityPolicy.styleSrcElem"],
  ["script-src-elem", "contentSecurityPolicy.scriptSrcElem"],
])("a hash makes 'unsafe-inline' inert in %s alone", (directive, path) => {
  expect(found(`${directive} 'unsafe-inline' ${HASH}`)).toEqual([path]);
});
