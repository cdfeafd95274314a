import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { NEXT, NEXT_BIN, tsc } from "../package/install.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const COUNTER = `
"use client";
import { useState } from "react";
export function Counter() {
  const [count, setCount] = useState(0);
  return <button type="button" onClick={() => setCount(count + 1)}>clicked {count}</button>;
}`;

const page = (title: string, content = "") => `
import Link from "next/link";
import Script from "next/script";
import { connection } from "next/server";
import { Suspense } from "react";
import { Counter } from "FOLDER/counter.jsx";
async function Late() {
  await connection();
  return <p>late</p>;
}
export default async function Page() {
  return <main><h1>${title}</h1><Counter /><Link href="/more">more</Link><Script src="/widget.js" />${content}</main>;
}`;

/** Rendered for each request; with `cacheComponents` only this part of the page is. */
const LATE = "<Suspense><Late /></Suspense>";

/** A page of the Pages Router, which is not asynchronous. */
const OLD = `
import Script from "next/script";
import { Counter } from "../app/counter.jsx";
export default function Page() {
  return <main><h1>Old</h1><Counter /><Script src="/widget.js" /></main>;
}`;

const FILES: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "site", "private": true }',
  "next.config.mjs": `
import { dirname } from "node:path";
import * as site from "./site.mjs";
export default { ...site.default, turbopack: { root: dirname(import.meta.dirname) } };`,
  "site.mjs": "export default {};",
  "public/widget.js": 'document.documentElement.dataset.widget = "loaded";',
  "public/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
  "public/favicon.ico": "",
  "app/counter.jsx": COUNTER.trim(),
  "app/layout.jsx": `export default ({ children }) => <html lang="en"><body>{children}</body></html>;`,
  "app/page.jsx": page("Dynamic", LATE).replace("FOLDER", "."),
  "app/more/page.jsx": page("More", LATE).replace("FOLDER", ".."),
  "app/built/page.jsx": page("Built").replace("FOLDER", ".."),
  "app/scripts/page.jsx": page(
    "Scripts",
    `<Script src="https://widget.example/w.js" /><Script id="inline">{"document.documentElement.dataset.inline = 'ran'"}</Script>`,
  ).replace("FOLDER", ".."),
  "app/image/page.jsx": `import Image from "next/image";${page(
    "Image",
    `<Image src="/dot.svg" alt="" width={10} height={10} /><div className="box"><Image id="fill" src="/dot.svg" alt="" fill /></div>`,
  ).replace("FOLDER", "..")}`,
  "app/data/route.js": `
import { connection } from "next/server";
import { securityHeaders } from "portcullis/fetch";
export const GET = securityHeaders("none", { xFrameOptions: "SAMEORIGIN", custom: { "X-Handler": "yes" } })(async () => {
  await connection();
  return Response.json({});
});`,
  "app/not-found.jsx": page("Not found").replace("FOLDER", "."),
};

/** What `create-next-app` 16.4 writes into `next.config.ts`. */
export const FRESH: Readonly<Record<string, string>> = {
  "site.mjs": "export default { cacheComponents: true, partialPrefetching: true };",
};

/** Two more pages, of the Pages Router: one that is built, one that is rendered for each request. */
export const PAGES_ROUTER: Readonly<Record<string, string>> = {
  "pages/old.jsx": OLD,
  "pages/old-dynamic.jsx": `export { default } from "./old.jsx"; export const getServerSideProps = async () => ({ props: {} });`,
};

/** A snippet as Next reads it without TypeScript, which it would have to install. */
export function withoutTypes(text: string): string {
  return transformSync(text, { loader: "tsx", jsx: "preserve", target: "esnext" }).code;
}

const COMPILER = {
  ...{ target: "es2022", lib: ["es2023", "dom"], module: "esnext", moduleResolution: "bundler", strict: true, skipLibCheck: true },
  ...{ noEmit: true, types: ["node"], typeRoots: [join(ROOT, "node_modules/@types")] },
};

/** A server of an application. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

export interface Application {
  /** What `next build` printed. */
  build(): Promise<string>;
  run(command: "start" | "dev"): Promise<Running>;
  /** What the compiler says of TypeScript files that lie in it, with Next's own types; empty where they compile. */
  compile(files: readonly string[]): string;
  /** Replaces a text in a file. */
  edit(file: string, from: RegExp, to: string): void;
  remove(): void;
}

/** An application of Next with the library as it is in `dist`, and files beside those that all have. */
export function application(files: Readonly<Record<string, string>>): Application {
  const folder = mkdtempSync(join(NEXT, "app-"));
  const library = join(folder, "node_modules/portcullis");
  mkdirSync(library, { recursive: true });
  cpSync(join(ROOT, "dist"), join(library, "dist"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(library, "package.json"));
  for (const [name, text] of Object.entries({ ...FILES, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return {
    build: () => built(next(folder, "build")),
    run: (command) => running(next(folder, command, "--hostname", "127.0.0.1", "--port", "0")),
    compile: (files) => {
      writeFileSync(join(folder, "compile.json"), JSON.stringify({ compilerOptions: COMPILER, files }));
      return tsc("typescript", join(folder, "compile.json"));
    },
    edit: (file, from, to) => writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").replace(from, to)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** In a group of its own, since `next dev` is two processes. */
function next(folder: string, ...args: readonly string[]): ChildProcess {
  const { NODE_ENV, ...env } = process.env;
  return spawn(process.execPath, [NEXT_BIN, ...args], {
    cwd: folder,
    env: { ...env, NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

async function built(child: ChildProcess): Promise<string> {
  const said = listenTo(child);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`next build ended with ${code}: ${said()}`);
  return said();
}

function running(child: ChildProcess): Promise<Running> {
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-(child.pid as number), "SIGTERM");
    await once(child, "exit");
  };
  return new Promise((resolve, reject) => {
    const said = listenTo(child, (text) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
      if (url !== undefined && text.includes("Ready")) resolve({ url, stop });
    });
    child.on("exit", () => reject(new Error(`next ended: ${said()}`)));
  });
}

function listenTo(child: ChildProcess, hear: (text: string) => void = () => undefined): () => string {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      said += String(chunk);
      hear(said);
    });
  return () => said;
}
