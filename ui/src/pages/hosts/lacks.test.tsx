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

it("an advisory in the place of a CVE is no matter of feeds", async () => {
  // As `lacks` in crates/fleet/src/query/explain.rs writes it.
  const advisory =
    "A finding has the name DSA-5532-1 only where that advisory names no CVE; advisory:DSA-5532-1 asks for all that it labels.";
  await renderApp("/hosts?q=cve:DSA-5532-1", lacking("no-feed", advisory));
  expect(await screen.findByText(advisory)).toBeTruthy();
  expect(screen.queryByRole("button", { name: /^Copy/ })).toBeNull();
});

it("a slip in a query is answered with the query that was meant", async () => {
  // As the server answers `/hosts?q=secrity>3`.
  const problem = {
    status: 422,
    code: "bad_query",
    detail: "'secrity' is not a field; did you mean 'security'?",
    field: "q",
    position: 0,
    length: 7,
    suggestion: "security",
  };
  await renderApp("/hosts?q=secrity%3E3", {
    answer: (_, url) => (url.includes("secrity") ? Response.json(problem, { status: 422 }) : undefined),
  });
  const ask = await screen.findByRole("link", { name: "Ask security>3" });
  expect(ask.getAttribute("href")).toBe("/hosts?q=security%3E3");
});
