export default async ({ page, visit, snapshot }) => {
  await visit("/");
  await page.locator("#text").fill("hello");
  await page.locator("#server", { hasText: "server: hello" }).waitFor();
  await page.locator("#browser", { hasText: "browser: hello" }).waitFor();
  await page.locator("#graph .main-svg").first().waitFor();
  await snapshot("filled");
};
