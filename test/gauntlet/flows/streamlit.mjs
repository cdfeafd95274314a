export default async ({ page, visit, snapshot }) => {
  await visit("/");
  await page.getByText("Click me").first().click();
  await page.getByText("Clicked 1 times").first().waitFor();
  await snapshot("clicked");
};
