import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
// @ts-expect-error plain JavaScript, for Node alone
import { mockApi } from "./mock/vite-plugin.mjs";

// The server embeds dist/ and serves it from `/` under `default-src 'self'`, so nothing is inlined:
// no data: URLs for small assets, no module preload script.
export default defineConfig(({ mode }) => ({
  base: "/",
  // `npm run dev` answers /api from the mock, or from a running server named in MENDWATCH_SERVER.
  plugins: [react(), tailwindcss(), ...(process.env.MENDWATCH_SERVER ? [] : [mockApi()])],
  server: process.env.MENDWATCH_SERVER
    ? { proxy: { "/api": { target: process.env.MENDWATCH_SERVER, changeOrigin: true } } }
    : {},
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: mode === "development",
    chunkSizeWarningLimit: 600,
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 30_000,
    // Tests of times must not depend on the machine's zone.
    env: { TZ: "UTC" },
  },
}));
