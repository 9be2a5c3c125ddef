/** What the answer to a query lacks stands above its rows: an empty list alone would read as "none". */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { createMock } from "../../../mock/api.mjs";
import type { HostPage } from "../../api/types";
import { renderApp } from "../../test/renderApp";

const NOT_ASSESSED = "1 of 1 hosts are not assessed: what is not known to be open on them may be.";
const NO_CATALOGUE =
  "No catalogue of exploited vulnerabilities is at hand, so kev: finds none; the feed is cisa-kev.";

const lacking = (scenario: string, ...lacks: string[]) => ({
  scenario,
  answer: (_: string, url: string) => {
    if (!url.startsWith("/api/v1/hosts?") || !url.includes("cve:")) return undefined;
    const body = createMock({ scenario, signedIn: true }).handle("GET", url).body as HostPage;
    return Response.json({ ...body, lacks });
  },
});

it("no row is no answer, and the command is given that mends it", async () => {
  await renderApp("/hosts?q=cve:CVE-2021-3156", lacking("no-feed", NOT_ASSESSED));
  expect(await screen.findByText("No host is known to match.")).toBeTruthy();
  expect(screen.queryByText(/No host matches/)).toBeNull();
  expect(screen.getByText(NOT_ASSESSED)).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Copy: mendwatch feeds sync" })).toBeTruthy();
});

it("a feed that the sentence names is the one to fetch", async () => {
  await renderApp("/hosts?q=cve:CVE-2021-3156", lacking("fleet", NO_CATALOGUE));
  expect(await screen.findByText(NO_CATALOGUE)).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Copy: mendwatch feeds sync cisa-kev" })).toBeTruthy();
});
