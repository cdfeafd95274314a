export default async ({ page, visit, snapshot }) => {
  await visit("/");
  await page.locator("a", { hasText: "Start" }).first().click();
  await page.locator("h1", { hasText: "Guide" }).waitFor();
  await page.locator(".vp-code-group label", { hasText: "pnpm" }).click();
  await snapshot("guide");
  await page.locator("button.DocSearch-Button").click();
  await page.locator("#localsearch-input").fill("gate");
  await page.locator("#localsearch-list li").first().waitFor();
  await snapshot("search");
};
