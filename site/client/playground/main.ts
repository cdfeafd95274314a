import { byId } from "./dom.js";
import { replaceAll } from "./editor.js";
import { followLinks } from "./links.js";
import { connectBuild, START } from "./panels/build.js";
import { connectCheck } from "./panels/check.js";
import { connectCompare } from "./panels/compare.js";
import { connectExport } from "./panels/export.js";
import { connectImport } from "./panels/import.js";
import type { Page } from "./panels/panel.js";
import type { State } from "./share.js";
import { makeTabs } from "./tabs.js";

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
      tabs.show(place);
      replaceAll(place === "build" ? byId("policy") : byId("check"), text);
      tabs.show(place, true);
    },
    show: (place) => tabs.show(place, true),
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
  const write = (state: State) => {
    build.editor.write(state.policy);
    for (const name of Object.keys(ELEMENTS) as (keyof typeof ELEMENTS)[]) {
      const field = fieldOf(name);
      const isOption = !(field instanceof HTMLSelectElement) || [...field.options].some(({ value }) => value === state[name]);
      if (isOption) field.value = state[name];
    }
    tabs.show(["build", "check", "compare", "export", "import"].includes(state.tab) ? state.tab : "build");
  };
  if (build.editor.text() === "") build.editor.write(START);
  tabs.show(tabs.current());
  const links = followLinks({ read: state, write, focus: () => tabs.show(tabs.current(), true) });
  byId("share").addEventListener("click", () => void links.share());
  byId("app").hidden = false;
}

start();
