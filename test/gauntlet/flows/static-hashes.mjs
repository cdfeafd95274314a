export default async ({ page, visit, snapshot }) => {
  await visit("/");
  await page.locator("#greeting", { hasText: "The script that was hashed ran." }).waitFor();
  await page.locator("a", { hasText: "The guide" }).click();
  await page.locator("#greeting", { hasText: "The guide's script ran." }).waitFor();
  await snapshot("guide");
};
