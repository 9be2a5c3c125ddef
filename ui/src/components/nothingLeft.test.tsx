import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderApp } from "../test/renderApp";

it.each(["/findings", "/findings?severity=high", "/updates", "/packages", "/packages?q=x"])(
  "without a host %s says so and leads to where the first one comes from",
  async (path) => {
    await renderApp(path, { scenario: "empty" });
    expect(await screen.findByText("There is nothing to list yet.")).toBeTruthy();
    expect(screen.getByText("No host has reported yet.")).toBeTruthy();
    expect(screen.getByRole("link", { name: "overview" }).getAttribute("href")).toBe("/");
  },
);

it.each([
  ["/findings?q=zzzz", "No open CVE is known to match."],
  ["/updates?q=zzzz", /^No update is known to match\. For \d+ of \d+ hosts it is not known what waits/],
  ["/packages?q=zzzz", "No known package matches."],
])("a filter that leaves nothing is no all-clear, and can be taken off: %s", async (path, sentence) => {
  await renderApp(path);
  expect(await screen.findByText(sentence)).toBeTruthy();
  const all = await screen.findByRole("link", { name: "Show all" });
  expect(all.getAttribute("href")).toBe(path.split("?")[0]);
});
