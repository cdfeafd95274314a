export default async ({ page, visit, snapshot }) => {
  await visit("/castles/castles");
  await page.locator("svg.dropdown-menu-icon").first().click();
  await snapshot("menu");
  await visit("/castles?sql=select+name+from+castles+limit+3");
  await page
    .locator("#sql-format")
    .click({ timeout: 5_000 })
    .catch(() => undefined);
  await snapshot("query");
};
