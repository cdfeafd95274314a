import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { sqliteStore } from "../../src/reports/index.js";
import { loadDriver } from "../../src/reports/stores/sqlite-drivers.js";
import { turnsAt } from "../../src/reports/stores/turns.js";
import { howToGetNodes, nodeBinary } from "../package/install.js";
import { skipWithout } from "../peers.js";
import { folder } from "./support.js";

const ROUNDS = 200;
const NODES = [20, 22, 24].map((version) => ({ name: `Node ${version}`, found: existsSync(nodeBinary(version)), get: howToGetNodes }));

function bundle(): string {
  const outfile = join(folder(), "worker.mjs");
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(dirname(outfile), "node_modules"));
  const entry = new URL("sqlite-worker.ts", import.meta.url).pathname;
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner,
    logLevel: "error",
  });
  return outfile;
}

/** What each writer said was in the file, by its name. */
type Said = Map<string, number>;

function start(node: string, program: string, file: string, writer: string, said: Said): ChildProcess {
  const child = spawn(node, ["--no-warnings", program, file, writer], { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.trim().split("\n")) said.set(writer, Math.max(said.get(writer) ?? 0, Number(line.split(" ")[1])));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

interface Look {
  readonly integrity: unknown;
  readonly writers: ReadonlyMap<string, number>;
  readonly reports: number;
  readonly accepted: number;
}

async function look(file: string, tries = 100): Promise<Look> {
  const open = await loadDriver();
  const looked = turnsAt(`${file}.turn`)(() => {
    const db = open(file);
    try {
      db.exec("PRAGMA locking_mode = EXCLUSIVE");
      return {
        integrity: db.get("PRAGMA integrity_check")?.["integrity_check"],
        writers: new Map(db.all("SELECT id, seq FROM writers").map(({ id, seq }) => [String(id), Number(seq)])),
        reports: Number(db.get("SELECT sum(count) AS n FROM groups")?.["n"]),
        accepted: Number(db.get("SELECT count FROM totals WHERE name = 'accepted'")?.["count"]),
      };
    } finally {
      db.close();
    }
  });
  // A process that was killed a moment ago may not have let go of its locks yet.
  return looked.catch(async (error: unknown) => {
    if (tries === 0 || !String(error).includes("database is locked")) throw error;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return look(file, tries - 1);
  });
}

describe.skipIf(skipWithout("writers of one SQLite file that are killed", NODES))("a file of two SQLites whose writers are killed", () => {
  it(`is whole after ${ROUNDS} kills, and has every batch that was confirmed`, { timeout: 240_000 }, async () => {
    const program = bundle();
    const file = join(folder(), "reports.db");
    const nodes = [20, 22, 20, 24, 22, 20].map(nodeBinary);
    const said: Said = new Map();
    let started = 0;
    const begin = (node: string) => {
      started += 1;
      return { node, child: start(node, program, file, `w${started}`, said) };
    };
    const writers = nodes.map(begin);
    onTestFinished(() => {
      for (const { child } of writers) child.kill("SIGKILL");
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      // At least one more batch by anybody, so that no round passes without a write.
      const before = [...said.values()].reduce((sum, seq) => sum + seq, 0);
      while ([...said.values()].reduce((sum, seq) => sum + seq, 0) === before) {
        expect(writers.map(({ child }) => child.exitCode)).toEqual(writers.map(() => null));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      const index = Math.floor(Math.random() * writers.length);
      const killed = writers[index] as (typeof writers)[number];
      await kill(killed.child);
      writers[index] = begin(killed.node);
      if (round % 10 !== 9) continue;
      const { integrity } = await look(file);
      expect(integrity).toBe("ok");
    }
    for (const { child } of writers) await kill(child);
    const { integrity, writers: stored, reports, accepted } = await look(file);
    expect(integrity).toBe("ok");
    expect(reports).toBe(accepted);
    expect([...said].filter(([writer, seq]) => (stored.get(writer) ?? 0) < seq)).toEqual([]);
    // The last one may be in the file unsaid.
    expect([...stored].filter(([writer, seq]) => seq > (said.get(writer) ?? 0) + 1)).toEqual([]);
  });

  it("is read by a Node that has the other SQLite", async () => {
    const program = bundle();
    const file = join(folder(), "reports.db");
    const said: Said = new Map();
    const child = start(nodeBinary(24), program, file, "w1", said);
    while ((said.get("w1") ?? 0) < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    await kill(child);
    const store = await sqliteStore(file);
    expect((await store.stats()).accepted).toBeGreaterThanOrEqual(60);
    expect(await store.groups()).not.toEqual([]);
  });
});

describe("a turn", () => {
  const holder = (folderOfTurn: string) => readdirSync(folderOfTurn);
  const pass = (name: string, as: string) => renameSync(join(name, "free"), join(name, as));

  it("is one entry, free when nobody has it", async () => {
    const name = join(folder(), "turn");
    const take = turnsAt(name);
    let during: readonly string[] = [];
    await take(() => {
      during = holder(name);
    });
    expect(during).toEqual([expect.stringMatching(new RegExp(`^${process.pid}-\\d+-[\\da-f]{16}-[\\da-f]{16}$`))]);
    expect(holder(name)).toEqual(["free"]);
  });

  it("is handed back when the work throws", async () => {
    const name = join(folder(), "turn");
    await expect(
      turnsAt(name)(() => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(holder(name)).toEqual(["free"]);
  });

  it("of a killed process goes to exactly one of those who wait", async () => {
    const name = join(folder(), "turn");
    let place = "";
    await turnsAt(name)(() => {
      place = holder(name)[0]?.split("-")[2] as string;
    });
    // An id above what Linux gives out belongs to nobody.
    pass(name, `99999999-1-${place}-0123456789abcdef`);
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        turnsAt(name)(() => {
          inside += 1;
          most = Math.max(most, inside, holder(name).length);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(holder(name)).toEqual(["free"]);
  });

  it("of a process whose id another one has by now is over", async () => {
    const name = join(folder(), "turn");
    let place = "";
    await turnsAt(name)(() => {
      place = holder(name)[0]?.split("-")[2] as string;
    });
    pass(name, `1-7-${place}-0123456789abcdef`);
    expect(await turnsAt(name)(() => "mine")).toBe("mine");
  });

  it("of a process that is alive is waited for", async () => {
    const name = join(folder(), "turn");
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    onTestFinished(() => void other.kill("SIGKILL"));
    let parts: readonly string[] = [];
    await turnsAt(name)(() => {
      parts = holder(name)[0]?.split("-") as string[];
    });
    const stat = readFileSync(`/proc/${other.pid}/stat`, "utf8");
    const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    pass(name, `${other.pid}-${began}-${parts[2]}-0123456789abcdef`);
    let got = false;
    const turn = turnsAt(name)(() => {
      got = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(got).toBe(false);
    await kill(other);
    await turn;
    expect(got).toBe(true);
  });

  it("is not given away because a folder holds something else too", async () => {
    const name = join(folder(), "turn");
    await turnsAt(name)(() => undefined);
    writeFileSync(join(name, ".DS_Store"), "");
    expect(await turnsAt(name)(() => holder(name).length)).toBe(2);
    expect(holder(name).sort()).toEqual([".DS_Store", "free"]);
  });

  it("is made anew where its folder was emptied", async () => {
    const name = join(folder(), "turn");
    mkdirSync(name);
    expect(await turnsAt(name)(() => hostname())).toBe(hostname());
    expect(holder(name)).toEqual(["free"]);
  });
});
