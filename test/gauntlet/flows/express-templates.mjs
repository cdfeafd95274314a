export default async ({ page, visit, snapshot }) => {
  for (const path of ["/", "/pug"]) {
    await visit(path);
    await page.locator("#greeting", { hasText: "The script with this response's nonce ran." }).waitFor();
  }
  await snapshot("greeted");
};
