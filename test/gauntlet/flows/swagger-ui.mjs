export default async ({ page, visit, snapshot }) => {
  await visit("/docs/");
  await page.locator(".opblock-summary").first().click();
  await page.locator(".try-out__btn").click();
  await page.locator("button.execute").click();
  await page.locator(".responses-table.live-responses-table").waitFor();
  await snapshot("executed");
};
