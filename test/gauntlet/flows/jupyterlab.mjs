export default async ({ page, visit, snapshot }) => {
  await visit("/lab/tree/walk.ipynb?reset");
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 60_000 });
  await page.locator(".jp-CodeCell .cm-content").first().click();
  await page.keyboard.press("Control+Enter");
  await page.locator(".jp-OutputArea-output", { hasText: "the answer is 42" }).waitFor();
  await snapshot("run");
};
