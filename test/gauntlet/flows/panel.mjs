export default async ({ page, visit, snapshot }) => {
  await visit("/panel_app");
  await page.getByRole("button", { name: "Click me" }).click();
  await page.getByText("clicked 1").waitFor();
  await page.getByRole("textbox").fill("hello");
  await page.keyboard.press("Enter");
  await page.getByText("said hello").waitFor();
  await page.locator("canvas").first().waitFor();
  await snapshot("clicked");
};
