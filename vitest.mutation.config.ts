import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/{values,headers,policy,middleware,http}/**/*.test.ts"] },
});
