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
    rolldownOptions: {
      output: {
        // Few files that change together, not one for each module that two pages share.
        codeSplitting: {
          groups: [
            // What no other page needs stays with the tables.
            {
              name: "vendor",
              test: /node_modules\/(?!@tanstack\/(react-virtual|virtual-core)\/)/,
              priority: 3,
            },
            { name: "shared", test: /src\/(api|components|hooks|lib)\//, priority: 2 },
            { name: "table", test: /src\/table\/|node_modules/, priority: 1 },
          ],
        },
      },
    },
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
