import { describe, expect, it } from "vitest";
import { headersFile } from "../../site/policy.js";
import { definePolicy } from "../../src/index.js";

describe("_headers", () => {
  it("has one rule for all paths", () => {
    const [path, ...rows] = headersFile(definePolicy("api", { stripHeaders: [] }))
      .trimEnd()
      .split("\n");
    expect([path, rows.includes("  X-Content-Type-Options: nosniff"), rows.every((row) => /^ {2}[\w-]+: /.test(row))]).toEqual([
      "/*",
      true,
      true,
    ]);
  });

  it("is refused where Netlify and Cloudflare need different files", () => {
    const policy = definePolicy({ xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] });
    expect(() => headersFile(policy)).toThrow(
      new Error("_headers: Netlify and Cloudflare need different files for this policy. Write one for each in site/policy.ts."),
    );
  });
});
