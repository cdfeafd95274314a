import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserType } from "playwright-core";
import { Failure } from "../failure.js";
import { optionalPackage } from "../optional-package.js";

/** Packages that have Playwright's `chromium`, the smallest first. */
const PACKAGES = ["playwright-core", "playwright", "@playwright/test"];

/** Where Chromium, Chrome and Edge are installed. */
function installed(): readonly string[] {
  switch (process.platform) {
    case "darwin":
      return ["/Applications", join(homedir(), "Applications")].flatMap((folder) => [
        `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
        `${folder}/Chromium.app/Contents/MacOS/Chromium`,
        `${folder}/Microsoft Edge.app/Contents/MacOS/Microsoft Edge`,
      ]);
    case "win32":
      return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) => {
        const folder = process.env[name];
        return folder === undefined
          ? []
          : [`${folder}\\Google\\Chrome\\Application\\chrome.exe`, `${folder}\\Microsoft\\Edge\\Application\\msedge.exe`];
      });
    default:
      return ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge"].flatMap((name) =>
        ["/usr/bin", "/usr/local/bin", "/snap/bin"].map((folder) => `${folder}/${name}`),
      );
  }
}

/**
 * The browser takes the last list only, so this one repeats what Playwright switches off of what changes how pages load. Local network
 * access: a response that the recorder passes on has no address, and its page could not open a WebSocket to its own host on loopback.
 */
const DISABLED_FEATURES = [
  ...["LocalNetworkAccessChecks", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "AvoidUnnecessaryBeforeUnloadCheckSync"],
  ...["PaintHolding", "ThirdPartyStoragePartitioning", "MediaRouter", "OptimizationHints", "NetworkTimeServiceQuerying", "LensOverlay"],
];

const ARGUMENTS = [
  ...["--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync", "--disable-background-networking"],
  `--disable-features=${DISABLED_FEATURES.join(",")}`,
];

/** Playwright would end the browser at once, and leave its folder: the command ends the walk first, and then the browser. */
const SIGNALS = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false } as const;

/**
 * Starts Chromium: the program of `--browser`, that of Playwright, or one that is installed on this machine.
 *
 * @param program the path of `--browser`.
 * @throws {Failure} where Playwright or a browser is missing, or the browser does not start.
 */
export async function launchBrowser(program: string | undefined): Promise<Browser> {
  const chromium = await playwright();
  const path = program ?? [chromium.executablePath(), ...installed()].find((one) => one !== "" && existsSync(one));
  if (path === undefined) {
    throw new Failure(["No browser was found. Run npx playwright-core install chromium, or write --browser /path/to/chromium."], 2);
  }
  if (!existsSync(path)) throw new Failure([`--browser: ${path} does not exist.`], 2);
  const launch = (chromiumSandbox: boolean) =>
    chromium.launch({ executablePath: path, chromiumSandbox, args: ARGUMENTS, timeout: 60_000, ...SIGNALS });
  // Chromium refuses its sandbox to root, and so do some containers.
  if (process.getuid?.() !== 0) {
    try {
      return await launch(true);
    } catch {
      // Once more without it.
    }
  }
  try {
    return await launch(false);
  } catch (error) {
    throw new Failure([`${path} does not start: ${firstLine(error)}`]);
  }
}

async function playwright(): Promise<BrowserType> {
  for (const name of PACKAGES) {
    const found = (await optionalPackage(name)) as { chromium?: BrowserType; default?: { chromium?: BrowserType } } | undefined;
    const chromium = found?.chromium ?? found?.default?.chromium;
    if (chromium !== undefined) return chromium;
  }
  throw new Failure(
    ["The browser is driven with the package playwright-core, which is not installed. Run npm install --save-dev playwright-core."],
    2,
  );
}

const firstLine = (error: unknown) => String((error as Error)?.message ?? error).split("\n")[0];
