import { afterAll, beforeAll, expect, it } from "vitest";
import { snippet } from "../docs/snippets.js";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const EXAMPLE = snippet("docs/cli.md > The configuration file > 1");

it("the example of the documentation is the policy of the project", async () => {
  put(program, { "portcullis.config.json": EXAMPLE });
  const { code, out } = await run(program, ["headers"]);
  expect(code).toBe(0);
  expect(out).toContain("Referrer-Policy: same-origin\n");
});

it("its options are those of the commands", async () => {
  put(program, { "portcullis.config.json": EXAMPLE, "h.txt": "X-Frame-Options: DENY\n" });
  const { code, err } = await run(program, ["check", "h.txt"]);
  expect(code).toBe(1);
  expect(err).toContain("--fail-under: the score of");
  expect(err).toContain("--fail-on: ");
});

it("services on a policy without a Content-Security-Policy are said to have no effect", async () => {
  put(program, { "p.json": '{ "policy": ["none", { "xFrameOptions": "DENY" }], "services": ["stripe"] }' });
  const { code, out, err } = await run(program, ["headers", "--policy", "p.json", "--no-config"]);
  expect({ code, out, err }).toEqual({
    code: 0,
    out: "X-Frame-Options: DENY\n",
    err: "warning: The policy sends no Content-Security-Policy: its services have nothing to add to.\n",
  });
});
