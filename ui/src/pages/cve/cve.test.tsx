import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createMock } from "../../../mock/api.mjs";
import type { CveOnFleet } from "../../api/types";
import { renderApp } from "../../test/renderApp";

const CVE = "CVE-2019-18224";

it("says where it is open, in which state, in what and by which data", async () => {
  await renderApp(`/cves/${CVE}`);
  // By the mock's hosts: legacy-01 and build-01 have the fixed package at hand, nine have no fix.
  expect(
    await screen.findByText("Open on 11 of 14 hosts: fix available on 2 and no fix yet on 9."),
  ).toBeTruthy();
  const states = screen.getByRole("list", { name: "Hosts by state" });
  expect(
    within(states)
      .getAllByRole("listitem")
      .map((each) => each.textContent),
  ).toEqual(["fix available2", "no fix yet9"]);
  expect(screen.getByRole("link", { name: "libidn2-0" }).getAttribute("href")).toBe("/packages?q=libidn2-0");
  expect(screen.getByText("2.0.5-1+deb10u1")).toBeTruthy();
  const feed = await screen.findByRole("link", { name: "debian-tracker" });
  expect(feed.getAttribute("href")).toBe("/feeds?open=debian-tracker");
  expect(screen.getByText("in force")).toBeTruthy();
});

it("its hosts add up, and each leads to the evidence", async () => {
  const { href } = await renderApp(`/cves/${CVE}`);
  const table = await screen.findByRole("table", { name: `Hosts with ${CVE}` });
  expect(within(table).getAllByRole("row")).toHaveLength(1 + 11);
  const systems = screen.getByRole("list", { name: "By system" });
  const counts = within(systems)
    .getAllByRole("link")
    .map((each) => Number(/(\d+)$/.exec(each.textContent ?? "")?.[1]));
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(11);
  await act(async () => {
    fireEvent.click(within(table).getByRole("link", { name: "Evidence for legacy-01.example.org" }));
  });
  expect(href()).toBe(`/hosts/9/findings?q=${CVE}&open=${CVE}`);
  expect(await screen.findByText("2.0.5-1 < 2.0.5-1+deb10u1")).toBeTruthy();
});

it("a number of a state leads to exactly these hosts", async () => {
  const { href } = await renderApp(`/cves/${CVE}`);
  const states = await screen.findByRole("list", { name: "Hosts by state" });
  await act(async () => {
    fireEvent.click(within(states).getByRole("link", { name: "fix available: 2 hosts" }));
  });
  expect(href()).toBe(`/cves/${CVE}?state=fix_available`);
  await waitFor(() => {
    const table = screen.getByRole("table", { name: `Hosts with ${CVE}` });
    expect(within(table).getAllByRole("row")).toHaveLength(1 + 2);
  });
  expect(screen.getByRole("link", { name: "all 11 hosts" }).getAttribute("href")).toBe(`/cves/${CVE}`);
});

/** An answer by which the data names a CVE for some systems, and no host has it open. */
const named = (...platforms: string[]) => ({
  answer: (_: string, url: string) =>
    url.startsWith("/api/v1/cves/CVE-2024-3094") && !url.includes("/record")
      ? Response.json({
          cve: "CVE-2024-3094",
          hosts: { items: [], total: 0, seq: 1 },
          platforms: [],
          statements: [],
          named_for: platforms,
        })
      : undefined,
});

it("one that the data names but no host has open is told from one that no data names", async () => {
  await renderApp("/cves/CVE-1999-0001");
  expect(await screen.findByText(/^No data in force for a system of this fleet names it/)).toBeTruthy();
  cleanup();
  await renderApp("/cves/CVE-2024-3094", named("debian:12", "debian:10"));
  expect(await screen.findByText(/^The data in force names it for Debian 12 and Debian 10:/)).toBeTruthy();
  expect(screen.queryByText(/clears no host/)).toBeNull();
});

it("data that is too old to clear a host does not say that none has it", async () => {
  await renderApp("/cves/CVE-2024-3094", { ...named("debian:12"), scenario: "positives" });
  expect(await screen.findByText(/^For Debian 12 it is named by data that clears no host/)).toBeTruthy();
  expect(screen.queryByText(/fixed, not affected/)).toBeNull();
});

it.each(["foo", "CVE-2024-1", "CVE-24-3094", "<b>"])(
  "%s is no id, and no answer is given for it",
  async (text) => {
    await renderApp(`/cves/${encodeURIComponent(text)}`);
    expect(await screen.findByText("This is no id of a CVE.")).toBeTruthy();
    expect(screen.getByText(text, { selector: "code" })).toBeTruthy();
    expect(screen.queryByText(/not known to be open/)).toBeNull();
  },
);

it("what the server refuses as an id is shown with what was meant", async () => {
  // As `check_id` in crates/server/src/api/cves.rs answers.
  const problem = {
    status: 422,
    code: "invalid_cve",
    field: "id",
    detail: "'2024-3094' is no id of a CVE or an advisory; did you mean 'CVE-2024-3094'?",
    suggestion: "CVE-2024-3094",
  };
  await renderApp("/cves/2024-3094", {
    answer: (_, url) =>
      url.startsWith("/api/v1/cves/") ? Response.json(problem, { status: 422 }) : undefined,
  });
  const meant = await screen.findByRole("link", { name: "CVE-2024-3094" });
  expect(meant.getAttribute("href")).toBe("/cves/CVE-2024-3094");
});

it("lists that the server cut say how much is missing", async () => {
  await renderApp(`/cves/${CVE}`, {
    answer: (_, url) => {
      // Not its record, which has another shape.
      if (!url.startsWith(`/api/v1/cves/${CVE}`) || url.includes("/record")) return undefined;
      const body = createMock({ signedIn: true }).handle("GET", url).body as CveOnFleet;
      const { packages = [], fixed_versions = [] } = body.finding ?? {};
      const finding = {
        ...body.finding,
        package_count: packages.length + 411,
        fixed_version_count: fixed_versions.length + 2,
      };
      return Response.json({ ...body, finding });
    },
  });
  expect(await screen.findByText("and 411 more")).toBeTruthy();
  expect(screen.getByText("and 2 more")).toBeTruthy();
});

it("is found whatever the case of its name", async () => {
  await renderApp("/cves/cve-2019-18224");
  expect(await screen.findByRole("heading", { level: 1, name: CVE })).toBeTruthy();
});
