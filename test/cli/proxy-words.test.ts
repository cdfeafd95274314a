import { afterAll, beforeAll, expect, it } from "vitest";
import { bundle, type Program, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

it.each([
  ["http://localhost:8080", "8080"],
  ["http://127.0.0.1:8080", "8080"],
  ["http://[::1]:8080", "8080"],
  ["http://localhost", "80"],
])("a proxy that is its own target is refused: %s on port %s", async (target, port) => {
  const { code, err } = await run(program, ["proxy", "--target", target, "--port", port]);
  expect([code, err.split("\n")[0]]).toEqual([2, `error: --target ${target} is the address of the proxy itself. Write another --port.`]);
});

it.each([
  ["--health-target", "--health-target and --no-health cannot be combined."],
  ["--health-path", "--health-path and --no-health cannot be combined."],
])("--no-health beside %s is refused", async (flag, message) => {
  const { code, err } = await run(program, ["proxy", "--target", "http://127.0.0.1:1", "--port", "0", "--no-health", flag, "/up"]);
  expect([code, err.split("\n")[0]]).toEqual([2, `error: ${message}`]);
});
