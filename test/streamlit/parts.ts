import { expect, vi } from "vitest";
import { holds, type Visit } from "./support.js";

/** A part of Streamlit: the page of the example that has it, and what a user would do there; rejects where it does not work. */
export interface Part {
  readonly path: string;
  works(visit: Visit): Promise<unknown>;
}

const loaded = (selector: string) => `document.querySelector('${selector}')?.naturalWidth > 0`;
const says = ({ page }: Visit, text: string) => page.getByText(text, { exact: true }).waitFor();

export const PARTS = {
  "a button": {
    path: "",
    async works(visit) {
      await visit.page.getByRole("button", { name: "Click me" }).click();
      await says(visit, "Clicked 1 times");
    },
  },
  "a slider": {
    path: "",
    async works(visit) {
      await visit.page.getByRole("slider").first().press("ArrowRight");
      await says(visit, "Slider at 4");
    },
  },
  "a form": {
    path: "",
    async works(visit) {
      await visit.page.getByLabel("Name").fill("Ada");
      await visit.page.getByRole("button", { name: "Send" }).click();
      await says(visit, "Form says Ada");
    },
  },
  "style of one's own": {
    path: "",
    works: (visit) => holds(visit, "getComputedStyle(document.querySelector('.own')).color === 'rgb(1, 2, 3)'"),
  },
  "a formula": { path: "", works: (visit) => visit.page.locator(".katex").first().waitFor() },
  "a metric's chart": { path: "", works: (visit) => visit.page.locator("[data-testid=stMetricChart] svg").waitFor() },
  "another theme": {
    path: "",
    async works(visit) {
      await visit.page.getByTestId("stMainMenuButton").click();
      await visit.page.getByTestId("stThemeSwitcher").getByText("Dark").click();
      await holds(visit, "getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'");
      await visit.page.keyboard.press("Escape");
    },
  },
  "data frames": { path: "data", works: (visit) => visit.page.locator("[data-testid=stDataFrame] canvas").nth(1).waitFor() },
  "line, Altair and Vega-Lite charts": {
    path: "charts",
    works: (visit) =>
      holds(
        visit,
        "document.querySelectorAll(':is([data-testid=stVegaLiteChart], [data-testid=stArrowVegaLiteChart]) :is(canvas, svg)').length >= 3",
      ),
  },
  "a Plotly chart": { path: "charts", works: (visit) => visit.page.locator(".js-plotly-plot .point").first().waitFor() },
  "a figure of Matplotlib": { path: "charts", works: (visit) => holds(visit, loaded("[data-testid=stImage] img")) },
  "a Graphviz chart": { path: "diagrams", works: (visit) => visit.page.locator("[data-testid=stGraphVizChart] .node").first().waitFor() },
  "a Mermaid chart": { path: "diagrams", works: (visit) => holds(visit, loaded("[data-testid=stMermaidChart] img")) },
  "an ECharts chart": { path: "echarts", works: (visit) => visit.page.locator("[data-testid=stEChartsChart] :is(canvas, svg)").waitFor() },
  maps: { path: "maps", works: (visit) => asks(visit, "[data-testid=stDeckGlJsonChart] canvas") },
  "a map of Plotly": { path: "plotly_map", works: (visit) => asks(visit, ".js-plotly-plot canvas") },
  pictures: {
    path: "media",
    works: (visit) =>
      holds(visit, "[...document.querySelectorAll('[data-testid=stImage] img')].filter((img) => img.naturalWidth > 0).length === 2"),
  },
  sound: { path: "media", works: (visit) => holds(visit, "document.querySelector('audio')?.duration === 1") },
  video: { path: "media", works: (visit) => holds(visit, "document.querySelector('video')?.videoWidth === 32") },
  "an upload": {
    path: "files",
    async works(visit) {
      const file = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("hello") };
      await visit.page.locator("input[type=file]").first().setInputFiles(file);
      await says(visit, "Got a.txt, 5 bytes");
    },
  },
  "a download": {
    path: "files",
    async works({ page }) {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
      expect(download.suggestedFilename()).toBe("visits.csv");
      expect(await download.failure()).toBe(null);
    },
  },
  "a chat": {
    path: "chat",
    async works(visit) {
      await visit.page.locator("[data-testid=stChatInput] textarea, textarea[data-testid=stChatInput]").fill("one two");
      await visit.page.keyboard.press("Enter");
      await says(visit, "Echo one Echo two");
    },
  },
  "the camera's and the microphone's widget": {
    path: "devices",
    async works({ page }) {
      await page.getByTestId("stCameraInput").waitFor();
      await page.getByTestId("stAudioInput").waitFor();
    },
  },
  "a declared component": {
    path: "component",
    async works(visit) {
      await visit.page.frameLocator("iframe").getByRole("button", { name: "First" }).click();
      await says(visit, "First says clicked");
    },
  },
  "a component of version 2": {
    path: "component_v2",
    async works(visit) {
      await visit.page.getByRole("button", { name: "Second" }).click();
      await says(visit, "Second says 1");
    },
  },
  "a script in HTML that is framed": {
    path: "framed",
    works: (visit) => visit.page.frameLocator("iframe").getByText("runs", { exact: true }).waitFor(),
  },
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof PARTS;

/** The camera and the microphone, where they are allowed. */
export const DEVICES: Part = {
  path: "devices",
  async works(visit) {
    const { page } = visit;
    // Before the camera's first frame the button does nothing.
    await holds(visit, "document.querySelector('[data-testid=stCameraInput] video')?.videoHeight > 0");
    await page.getByTestId("stCameraInputButton").click();
    await page.getByText(/^Picture of \d+ bytes$/).waitFor();
    const action = page.getByTestId("stAudioInputActionButton").first();
    await action.click();
    await page.getByTestId("stAudioInputWaveformTimeCode").getByText("00:01").waitFor();
    await action.click();
    await page.getByText(/^Sound of \d+ bytes$/).waitFor();
  },
};

/** A map is there, and its background was asked for: what describes it, and its tiles, which a worker asks for. */
async function asks(visit: Visit, canvas: string): Promise<void> {
  await visit.page.locator(canvas).first().waitFor();
  const hosts = ["basemaps.cartocdn.com", "tiles-a.basemaps.cartocdn.com"];
  await vi.waitFor(() => expect([...visit.asked].sort()).toEqual(hosts), { timeout: visit.patience, interval: 50 });
}
