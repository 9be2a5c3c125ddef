import { defineConfig } from "vitest/config";

// Tests in a real browser against the built dashboard and the mock: `npm run e2e:mock`.
export default defineConfig({
  test: {
    environment: "node",
    include: ["mock/e2e/**/*.test.mjs"],
    // A test looks at some twenty pages with axe; builds that share the machine make each slow.
    testTimeout: 240_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
