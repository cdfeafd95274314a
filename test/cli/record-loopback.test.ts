import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, program as chromium, serveSite } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { bundle, type Program, run } from "./support.js";

let program: Program;

beforeAll(async () => {
  program = await bundle();
  symlinkSync(
    fileURLToPath(new URL("../../node_modules/playwright-core", import.meta.url)),
    join(program.folder, "node_modules/playwright-core"),
  );
});

afterAll(() => program.remove());

describe.skipIf(skipWithout("portcullis record on loopback", [CHROMIUM]))("portcullis record on loopback", () => {
  it("lets a page open a WebSocket to its own host, with the policy enforced too", async () => {
    const script =
      'const socket = new WebSocket("ws://localhost:PORT/"); const say = (text) => { document.querySelector("p").textContent = text; }; socket.onerror = () => say("failed");';
    const { port } = await serveSite({
      "/": { body: "<!doctype html><title>page</title><p>waiting</p><script src=/socket.js></script>" },
      "/socket.js": { type: "text/javascript", body: script },
    });
    const { out } = await run(program, ["record", `http://localhost:${port}/`, "--browser", chromium, "--json"]);
    const { outcome, pages } = JSON.parse(out);
    expect({ outcome, errors: pages.flatMap(({ errors }: { errors: readonly string[] }) => errors) }).toEqual({
      outcome: "proven",
      errors: [],
    });
  });
});
