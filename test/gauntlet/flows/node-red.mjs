export default async ({ page, visit, snapshot }) => {
  await visit("/");
  await page.locator(".red-ui-palette-node").first().waitFor();
  await page.locator("#red-ui-header-button-sidemenu").click();
  await snapshot("menu");
  await page.keyboard.press("Escape");
  await page
    .locator(".red-ui-palette-node[data-palette-type=inject]")
    .dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition: { x: 200, y: 200 } });
  await page.locator(".red-ui-flow-node").first().dblclick();
  await page.locator(".red-ui-tray").first().waitFor();
  await snapshot("node");
};
