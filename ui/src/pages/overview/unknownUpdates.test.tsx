/** A red host of which no report says what waits: red hides nothing. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { createMock } from "../../../mock/api.mjs";
import type { HostRow } from "../../api/types";
import { renderApp } from "../../test/renderApp";

/** The mock's "positives", its rpm host turned red as by a critical finding with a fix. */
function red() {
  const scenario = "positives";
  const mock = createMock({ scenario, signedIn: true });
  const rows = mock.hosts.map((each) => each.row as HostRow);
  for (const row of rows) if (!row.updates_known) row.colour = "red";
  return {
    scenario,
    answer: (method: string, url: string) =>
      method === "GET" && /^\/api\/v1\/(overview|hosts)(\?|$)/.test(url)
        ? Response.json(mock.handle(method, url).body)
        : undefined,
  };
}

it("counts it on the overview, with a door to it", async () => {
  await renderApp("/", red());
  const note = await screen.findByText(/it is not known what waits/);
  expect(note.textContent).toBe("On 1 host it is not known what waits");
  expect(note.querySelector("a")?.getAttribute("href")).toBe("/hosts?q=colour:grey+or+-security%3E%3D0");
});

it("the door leads to as many rows", async () => {
  await renderApp("/hosts?q=colour:grey+or+-security%3E%3D0", red());
  expect(await screen.findByText("1 of 2 hosts matches.")).toBeTruthy();
  expect(screen.getByTitle("new-db.example.org").tagName).toBe("A");
});

it("no list of updates reads as if nothing waited on it", async () => {
  await renderApp("/updates", red());
  expect(
    await screen.findByText("No update is known to wait; for 1 of 2 hosts that is not known as of now."),
  ).toBeTruthy();
});
