export default async ({ page, visit, snapshot }) => {
  await visit("/");
  await page.locator("#text textarea").fill("hello");
  await page.locator("#count").click();
  await page.locator("#draw").click();
  await page.locator("#picture img").first().waitFor();
  await snapshot("drawn");
};
