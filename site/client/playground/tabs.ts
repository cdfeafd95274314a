/** The tabs of the page. */
export interface Tabs {
  /** Shows a tab; `focus` moves the focus to its button too. */
  show(name: string, focus?: boolean): void;
  readonly current: () => string;
}

/** Tabs by the ARIA pattern: arrows, Home and End move between the tabs, one of which is in the order of Tab. */
export function makeTabs(list: HTMLElement, onShow: (name: string) => void): Tabs {
  const tabs = [...list.querySelectorAll<HTMLButtonElement>("[role=tab]")];
  const nameOf = (tab: HTMLElement) => tab.id.replace("pg-tab-", "");
  const select = (tab: HTMLButtonElement, focus: boolean) => {
    for (const one of tabs) {
      const isIt = one === tab;
      one.setAttribute("aria-selected", String(isIt));
      one.tabIndex = isIt ? 0 : -1;
      const panel = document.getElementById(one.getAttribute("aria-controls") ?? "");
      if (panel !== null) panel.hidden = !isIt;
    }
    if (focus) tab.focus();
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    onShow(nameOf(tab));
  };
  const MOVES: Readonly<Record<string, (at: number) => number>> = {
    ArrowRight: (at) => (at + 1) % tabs.length,
    ArrowLeft: (at) => (at + tabs.length - 1) % tabs.length,
    Home: () => 0,
    End: () => tabs.length - 1,
  };
  for (const tab of tabs) tab.addEventListener("click", () => select(tab, false));
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target as HTMLButtonElement);
    const to = at < 0 || !Object.hasOwn(MOVES, event.key) ? undefined : tabs[MOVES[event.key]?.(at) ?? 0];
    if (to === undefined) return;
    event.preventDefault();
    select(to, true);
  });
  return {
    show: (name, focus = false) => {
      const tab = tabs.find((one) => nameOf(one) === name);
      if (tab !== undefined) select(tab, focus);
    },
    current: () => nameOf(tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? (tabs[0] as HTMLElement)),
  };
}
