// A process that counts in a file under a lock; bundled by lock.test.ts, which starts several of it.
import fs, { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { takeLock } from "../../src/record/lock.js";

const [, , folder = "", rounds = "0"] = process.argv;
const counter = join(folder, "counter");
const lock = join(folder, "lock");

const wait = (milliseconds: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

// A disk that is slow at times: processes overtake each other between any two calls.
for (const name of ["openSync", "statSync", "readdirSync", "renameSync", "rmSync", "rmdirSync", "unlinkSync", "linkSync"] as const) {
  const real = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      wait(5 * Math.random());
      return real(...args);
    },
  });
}
syncBuiltinESMExports();

/** Makes the lock that of a process which has ended a minute ago. */
function leave(): void {
  const past = new Date(Date.now() - 60_000);
  const places = statSync(lock).isDirectory() ? readdirSync(lock).map((name) => join(lock, name)) : [];
  for (const place of [...places, lock]) utimesSync(place, past, past);
}

for (let round = 0; round < Number(rounds); round += 1) {
  const release = await takeLock(lock);
  const count = Number(readFileSync(counter, "utf8"));
  // Another process that has the lock too reads the same number.
  wait(2);
  writeFileSync(counter, String(count + 1));
  if (round % 2 === 0) leave();
  else release();
}
