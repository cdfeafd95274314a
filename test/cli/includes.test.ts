import { afterAll, beforeAll, expect, it } from "vitest";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

it("a file of a folder whose name only begins as that of the configuration's own is not read", async () => {
  put(program, {
    "inc/site.conf": "server {\n    include ../inc-evil/h.conf;\n}\n",
    "inc-evil/h.conf": "add_header X-Frame-Options DENY always;\n",
  });
  const { out, err } = await run(program, ["import", "nginx", "inc/site.conf", "--json"]);
  expect(JSON.parse(out)).toEqual({ $schema: "./node_modules/portcullis/dist/policy.schema.json", policy: ["none"] });
  expect(err).toContain("inc-evil/h.conf is outside inc");
});

it("a folder whose name only begins as that of the configuration's own is not walked through", async () => {
  put(program, {
    "inc/site.conf": "server {\n    include ../inc-evil/*.conf;\n}\n",
    "inc-evil/h.conf": "add_header X-Frame-Options DENY always;\n",
  });
  const { out, err } = await run(program, ["import", "nginx", "inc/site.conf", "--json"]);
  expect(JSON.parse(out)).toEqual({ $schema: "./node_modules/portcullis/dist/policy.schema.json", policy: ["none"] });
  expect(err).toContain("inc-evil is outside inc");
});

it("the files of a star are read in the order of their names", async () => {
  put(program, {
    "inc/site.conf": "server {\n    include parts/*.conf;\n    add_header X-Part $part always;\n}\n",
    "inc/parts/c.conf": "set $part c;\n",
    "inc/parts/a.conf": "set $part a;\n",
    "inc/parts/b.conf": "set $part b;\n",
  });
  const { out } = await run(program, ["import", "nginx", "inc/site.conf", "--json"]);
  expect(JSON.parse(out)).toEqual({
    $schema: "./node_modules/portcullis/dist/policy.schema.json",
    policy: ["none", { custom: { "X-Part": "c" } }],
  });
});
