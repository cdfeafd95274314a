globalThis.parts = {};
addEventListener("message", ({ data }) => {
  parts.widget = data;
});
