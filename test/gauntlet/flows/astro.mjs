export default async ({ page, visit, snapshot }) => {
  await visit("/");
  await page.locator("#count").click();
  await page.locator("#count", { hasText: "clicked 1" }).waitFor();
  await snapshot("clicked");
};
