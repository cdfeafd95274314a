// Runs inline, before the first paint: the theme that the reader chose, and whether scripts run.
export {};

const root = document.documentElement;
root.dataset["js"] = "";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") root.dataset["theme"] = theme;
} catch {
  // Storage is blocked: the theme is that of the system.
}
