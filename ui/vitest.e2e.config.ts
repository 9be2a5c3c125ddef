import { defineConfig } from "vitest/config";

// The journey of a first user, in a real browser on the built server: `npm run e2e`.
// MENDWATCH_BIN and MENDWATCH_AGENT_BIN name other binaries than those of `target/`.
export default defineConfig({
  test: {
    environment: "node",
    include: ["e2e/**/*.test.mjs"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    // Each step stands on the one before it: after the first failure the rest would say nothing.
    bail: 1,
  },
});
