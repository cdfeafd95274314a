// Evaluates the bundle under polluted prototypes: before boot, and after it. Prints what came out otherwise, as JSON.
// Twelve names at a time, and each alone where something differs.
const { readFileSync, writeSync } = require("node:fs");
const vm = require("node:vm");

const [file, list] = process.argv.slice(2);
const script = new vm.Script(`(function (exports, require, module) { ${readFileSync(file, "utf8")}\n})`);

function evaluate() {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module);
  return module.exports;
}

const VALUES = [true, false, ["https://evil.example"], { defaultSrc: ["*"], allow: "*", policy: "unsafe-none", "X-Evil": "1" }];
const CHUNK = 12;

// Before boot they are not enumerable: zod walks with `for … in` as it builds its classes, and stops with an error of its own.
async function polluted(names, value, enumerable, run) {
  for (const name of names) Object.defineProperty(Object.prototype, name, { value, enumerable, configurable: true, writable: true });
  try {
    return await run();
  } catch (error) {
    return { boot: String(error.stack) };
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
}

async function main() {
  const clean = evaluate();
  const names = [...new Set([...clean.registryNames, ...JSON.parse(readFileSync(list, "utf8"))])];
  const all = async (made) => ({ ...made.outputsOf(), ...(await made.laterOutputsOf()) });
  const expected = await all(clean.prepare());
  const changed = (got) =>
    Object.keys({ ...expected, ...got })
      .filter((of) => expected[of] !== got[of])
      .map((of) => ({ of, expected: expected[of], got: got[of] }));

  const moments = {
    "before boot": (some, value) => polluted(some, value, false, () => all(evaluate().prepare())),
    "after boot": (some, value) => {
      const prepared = clean.prepare();
      return polluted(some, value, true, () => all(prepared));
    },
  };
  const found = [];
  for (const [when, run] of Object.entries(moments)) {
    for (const value of VALUES) {
      for (let start = 0; start < names.length; start += CHUNK) {
        const chunk = names.slice(start, start + CHUNK);
        if (changed(await run(chunk, value)).length === 0) continue;
        for (const name of chunk) for (const one of changed(await run([name], value))) found.push({ when, name, value, ...one });
      }
    }
  }
  writeSync(1, JSON.stringify({ names, results: expected, found: found.slice(0, 300) }));
}

main();
