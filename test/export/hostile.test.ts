import { describe, expect, it } from "vitest";
import { type ConfigFormat, parseConfig } from "../../src/export/index.js";
import { PolicyError } from "../../src/index.js";

const repeat = (times: number, make: (index: number) => string) => Array.from({ length: times }, (_, index) => make(index)).join("");

/** Much that is said once, and much that each of many blocks has of it: work is the product of both where nothing counts it. */
interface Crossed {
  readonly said: readonly ((index: number) => string)[];
  readonly blocks: readonly ((index: number) => string)[];
  readonly text: (said: string, blocks: string) => string;
}

const FORMATS: Readonly<Partial<Record<ConfigFormat, Crossed>>> = {
  nginx: {
    said: [() => "add_header A b;", () => "grpc_hide_header a;", () => 'more_set_headers "A: b";', (n) => `set $v${n} b;`],
    blocks: [(n) => `location /${n}{set $a b;}`, (n) => `location ~ x${n}{add_header B c;}`, () => "server{more_clear_headers B;}"],
    text: (said, blocks) => `${said}server{${said}${blocks}}${blocks.startsWith("server") ? blocks : ""}`,
  },
  apache: {
    said: [
      () => "Header set A b\n",
      () => "Header always unset A\n",
      (n) => `<LocationMatch "^/${n}|^/b">\nHeader set A b\n</LocationMatch>\n`,
    ],
    blocks: [() => "<VirtualHost *>\nHeader set B c\n</VirtualHost>\n", (n) => `<Location /${n}>\nHeader set B c\n</Location>\n`],
    text: (said, blocks) => said + blocks,
  },
  caddy: {
    said: [() => "header A b\n", () => "foo b c d e f g h\n", (n) => `@m${n} path /a /b\n`, (n) => `handle /${n} {\n}\n`],
    blocks: [() => "import said\n", () => "route {\n@n path /a\nheader @n B c\n}\n", (n) => `handle_path /h${n}/* {\nheader B c\n}\n`],
    text: (said, blocks) => `(said) {\n${said}}\na.example {\n${said}${blocks}}\n`,
  },
};

const cases = Object.entries(FORMATS).flatMap(([format, { said, blocks, text }]) =>
  said.flatMap((one) =>
    blocks.map((other) => [format as ConfigFormat, one(0), other(0), text(repeat(3_000, one), repeat(3_000, other))] as const),
  ),
);

describe("much that many blocks have", () => {
  it.each(cases)("is read or refused in bounded work: %s, %j in %j", { timeout: 20_000 }, (format, _said, _block, text) => {
    const outcome = (() => {
      try {
        return typeof parseConfig(format, text).policy;
      } catch (error) {
        return error instanceof PolicyError ? "refused" : error;
      }
    })();
    expect(["object", "refused"]).toContain(outcome);
  });
});
