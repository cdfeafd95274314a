import { announce, byId, copy } from "./dom.js";
import { connectBuild, START } from "./panels/build.js";
import { connectCheck } from "./panels/check.js";
import { connectCompare } from "./panels/compare.js";
import { connectExport } from "./panels/export.js";
import { connectImport } from "./panels/import.js";
import type { Page } from "./panels/panel.js";
import { pack, type State, unpack } from "./share.js";
import { makeTabs, type Tabs } from "./tabs.js";

/** The fields of a shared link that are elements of the page. */
const ELEMENTS = {
  check: "check",
  before: "before",
  after: "after",
  target: "target",
  format: "format-name",
  config: "config",
  server: "server",
} as const satisfies Partial<Record<keyof State, string>>;

type Field = HTMLTextAreaElement | HTMLSelectElement | HTMLInputElement;

const fieldOf = (name: keyof typeof ELEMENTS) => byId<Field>(ELEMENTS[name]);

function start(): void {
  const page: Page = {
    open: (place, text) => {
      if (place === "build") build.editor.write(text);
      else if (place !== "export") fieldOf(place).value = text;
      tabs.show(place === "before" || place === "after" ? "compare" : place, true);
    },
    policy: () => build.editor.text(),
  };
  const build = connectBuild(page);
  const refresh: Readonly<Record<string, () => void>> = {
    build: build.refresh,
    check: connectCheck(),
    compare: connectCompare(page),
    export: connectExport(page),
    import: connectImport(page),
  };
  const tabs = makeTabs(byId("tabs"), (name) => refresh[name]?.());
  const state = (): State => ({
    tab: tabs.current(),
    policy: build.editor.text(),
    ...(Object.fromEntries(Object.keys(ELEMENTS).map((name) => [name, fieldOf(name as keyof typeof ELEMENTS).value])) as Record<
      keyof typeof ELEMENTS,
      string
    >),
  });
  byId("share").addEventListener("click", () => void share(state()));
  addEventListener("hashchange", () => void open(tabs, build.editor.write));
  if (build.editor.text() === "") build.editor.write(START);
  void open(tabs, build.editor.write);
  byId("app").hidden = false;
}

async function share(state: State): Promise<void> {
  const fragment = await pack(state);
  if (fragment === undefined) return announce("This is too much text for a link. Shorten it, or copy the policy instead.");
  history.replaceState(null, "", fragment);
  await copy(location.href, "Link copied. It has all texts of the page; they are not sent anywhere.");
}

/** Opens the state of the address, or the tab Build. */
async function open(tabs: Tabs, write: (text: string) => void): Promise<void> {
  const notice = byId("notice");
  notice.hidden = true;
  const { hash } = location;
  // An anchor of the page is no state.
  if (hash.length < 2 || document.getElementById(hash.slice(1)) !== null) return tabs.show(tabs.current());
  const found = await unpack(hash);
  if ("refused" in found) {
    notice.textContent = found.refused;
    notice.hidden = false;
    return tabs.show(tabs.current());
  }
  const { state } = found;
  write(state.policy);
  for (const name of Object.keys(ELEMENTS) as (keyof typeof ELEMENTS)[]) {
    const field = fieldOf(name);
    const isOption = !(field instanceof HTMLSelectElement) || [...field.options].some(({ value }) => value === state[name]);
    if (isOption) field.value = state[name];
  }
  tabs.show(["build", "check", "compare", "export", "import"].includes(state.tab) ? state.tab : "build");
}

start();
