// npm run streamlit:newest: the suite against the newest release of Streamlit, for a scheduler to call, such as once a week.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "portcullis-streamlit-"));
const python = join(folder, "bin/python");
const packages = ["altair", "matplotlib", "numpy", "pandas", "plotly", "pyarrow", "pydeck", "streamlit"];

try {
  execFileSync("python3", ["-m", "venv", folder]);
  execFileSync(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...packages], { stdio: "inherit" });
  const version = execFileSync(python, ["-c", "import streamlit; print(streamlit.__version__)"], { encoding: "utf8" }).trim();
  console.log(`Streamlit ${version}`);
  const env = { ...process.env, PEERS: "required", PORTCULLIS_STREAMLIT: folder, PORTCULLIS_STREAMLIT_VERSION: version };
  const { status } = spawnSync("npx", ["vitest", "run", "test/streamlit/streamlit.test.ts"], { stdio: "inherit", env });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
