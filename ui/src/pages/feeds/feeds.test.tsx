import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createMock } from "../../../mock/api.mjs";
import type { Feeds, Overview } from "../../api/types";
import { renderApp } from "../../test/renderApp";

const ids = (table: HTMLElement) =>
  within(table)
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getByText(/^[a-z]+-[a-z]+$/).textContent);

it("shows the feeds that the fleet needs, and folds the others away", async () => {
  const { href } = await renderApp("/feeds");
  // The mock's fleet: Debian (two feeds), Ubuntu 18.04 (too old), AlmaLinux, for which none speaks.
  expect(
    await screen.findByText(
      "Security data is in force for 11 of 14 hosts; for 1 it is too old, for 2 no feed speaks.",
    ),
  ).toBeTruthy();
  const table = screen.getByRole("table", { name: "Feeds" });
  expect(ids(table)).toEqual(["debian-dsa", "debian-tracker", "ubuntu-oval"]);
  expect(ids(screen.getByRole("table", { name: "Feeds about CVEs" }))).toEqual(["cisa-kev"]);
  expect(screen.queryByRole("table", { name: "Other feeds" })).toBeNull();
  const others = screen.getByRole("button", { name: "Other feeds 3" });
  expect(others.getAttribute("aria-expanded")).toBe("false");
  await act(async () => {
    fireEvent.click(others);
  });
  expect(ids(screen.getByRole("table", { name: "Other feeds" }))).toEqual([
    "alpine-secdb",
    "arch-tracker",
    "redhat-vex",
  ]);
  expect(href()).toBe("/feeds?others=shown");
});

it("the details of a feed that no host needs say so", async () => {
  await renderApp("/feeds?open=redhat-vex");
  expect(
    await screen.findByText("No host runs a system that it speaks for: loading it changes no verdict."),
  ).toBeTruthy();
});

it("a system that no feed speaks for has no command beside it", async () => {
  await renderApp("/");
  const name = await screen.findByText("AlmaLinux 9.0");
  const row = name.closest("li") as HTMLElement;
  expect(within(row).getByText("no feed speaks for it")).toBeTruthy();
  expect(within(row).queryByRole("button", { name: /^Copy/ })).toBeNull();
});

it("says of no feed that it was asked: files are imported", async () => {
  await renderApp("/feeds?open=debian-dsa");
  const table = await screen.findByRole("table", { name: "Feeds" });
  const head = within(table).getByRole("columnheader", { name: "Last loaded" });
  expect(head.title).toBe("When the vendor was last asked, or a file was last imported");
  expect(screen.getByText("Last asked or imported", { selector: "dt" })).toBeTruthy();
});

it("offers nothing to fetch where no feed speaks for any system of the fleet", async () => {
  await renderApp("/feeds", {
    answer: (method, url) => {
      if (!url.startsWith("/api/v1/overview")) return undefined;
      const overview = createMock({ signedIn: true }).handle(method, url).body as Overview;
      const platforms = overview.platforms.filter((each) => each.feeds.length === 0);
      return Response.json({ ...overview, platforms, feeds: [] });
    },
  });
  expect(
    await screen.findByText(
      "No feed speaks for the systems of these hosts: vulnerabilities are not assessed.",
    ),
  ).toBeTruthy();
  expect(screen.queryByText(/^Fetch what this fleet needs/)).toBeNull();
});

it.each([
  [12, 12, "12 records could not be read; what they name is not assessed"],
  [1, 1, "1 record could not be read; what it names is not assessed"],
  [12, 1, "12 records could not be read; what 1 of them names is not assessed"],
  [12, 0, "12 records could not be read; none would have said anything of a package"],
])("says what follows of %i records that were skipped, %i of them lost", async (skipped, lost, text) => {
  await renderApp("/feeds?open=ubuntu-oval", {
    answer: (method, url) => {
      if (!url.startsWith("/api/v1/feeds")) return undefined;
      const feeds = createMock({ signedIn: true }).handle(method, url).body as Feeds;
      const items = feeds.items.map((each) => ({ ...each, url: "", skipped, lost }));
      return Response.json({ ...feeds, items });
    },
  });
  expect(await screen.findByText(text)).toBeTruthy();
  // A feed of many documents has no one address, and an empty line would tell nothing.
  expect(screen.queryByText("Address", { selector: "dt" })).toBeNull();
});
