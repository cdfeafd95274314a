globalThis.parts = {};
addEventListener("message", ({ data }) => {
  parts.widget = data;
});
addEventListener("DOMContentLoaded", () => {
  document.querySelector("button")?.addEventListener("click", () => {
    parts.clicked = true;
  });
});
