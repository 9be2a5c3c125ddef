import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { createMock } from "../../../mock/api.mjs";
import type { HostFindings } from "../../api/types";
import { renderApp } from "../../test/renderApp";

/** Rows that the browser reads of one list (api/client.ts). */
const LIMIT = 50_000;

it("a list that is too long to be read whole says so, and does not count what it has not read", async () => {
  const { body } = createMock({ signedIn: true }).handle("GET", "/api/v1/hosts/1/findings?limit=500");
  const page = body as HostFindings;
  const [row] = page.items;
  const items = Array.from({ length: 500 }, (_, at) => ({ ...row, package: `package-${at}` }));
  const { asked } = await renderApp("/hosts/1/findings", {
    answer: (_, url) =>
      url.startsWith("/api/v1/hosts/1/findings")
        ? Response.json({ ...page, items, total: 4_000_000, next_cursor: "more" })
        : undefined,
  });
  expect(
    await screen.findByText(/^Of 4,000,000 rows the first 50,000 are read, the most pressing first\./),
  ).toBeTruthy();
  expect(asked.filter((each) => each.includes("/findings"))).toHaveLength(LIMIT / 500);
  // As many as the server counts, not as many as were read.
  expect(screen.getByText("45 open CVEs.")).toBeTruthy();
});
