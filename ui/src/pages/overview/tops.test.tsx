import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderApp } from "../../test/renderApp";

const lines = async () =>
  within(await screen.findByRole("list", { name: "Updates that help most" })).getAllByRole("listitem");

it("what closes the most stands first, by source package", async () => {
  await renderApp("/");
  const said = (await lines()).map((line) => line.textContent ?? "");
  const closes = said.map((text) => Number(/closes (\d+)/.exec(text)?.[1] ?? 0));
  expect(closes).toEqual([...closes].sort((a, b) => b - a));
  expect(closes[0]).toBeGreaterThan(0);
  // libncursesw6, ncurses-bin and others are one line, by their source.
  expect(said.filter((text) => text.includes("ncurses"))).toHaveLength(1);
});

it("without a finding that it closes, what settles the most updates", async () => {
  await renderApp("/", { scenario: "no-feed" });
  const updates = (await lines()).map((line) =>
    Number.parseInt(within(line).getByText(/^\d+ updates?$/).textContent ?? "", 10),
  );
  expect(updates).toEqual([...updates].sort((a, b) => b - a));
  expect(updates[0]).toBeGreaterThan(1);
});

it("its hosts are those of the list behind the number", async () => {
  const { href } = await renderApp("/");
  const line = (await lines()).find((each) => each.textContent?.includes("python3.11")) as HTMLElement;
  await act(async () => {
    fireEvent.click(within(line).getByRole("link", { name: "7 hosts" }));
  });
  expect(href()).toBe("/hosts?q=os:debian:12+update:python3.11");
  const table = await screen.findByRole("table", { name: "Hosts" });
  expect(within(table).getAllByRole("row")).toHaveLength(1 + 7);
});
