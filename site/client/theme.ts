/** Makes the button in the header switch between light and dark. A choice that is the system's own is forgotten: the page follows it again. */
export function startThemeSwitch(): void {
  const button = document.querySelector<HTMLButtonElement>("#theme");
  if (button === null) return;
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    choose(isDark() ? "light" : "dark", system.matches ? "dark" : "light");
    show();
  });
  system.addEventListener("change", show);
  show();
}

function choose(theme: string, system: string): void {
  const root = document.documentElement;
  if (theme === system) delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  try {
    if (theme === system) localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Storage is blocked: the choice is for this page.
  }
}
