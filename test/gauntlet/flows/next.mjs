export default async ({ page, visit, snapshot }) => {
  await visit("/");
  await page.locator("html[data-widget=loaded]").waitFor();
  await page.locator("button").click();
  await page.locator("button", { hasText: "clicked 1" }).waitFor();
  await snapshot("clicked");
  await page.locator("a", { hasText: "more" }).click();
  await page.locator("h1", { hasText: "More" }).waitFor();
  await snapshot("more");
};
