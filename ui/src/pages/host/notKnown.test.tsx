import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { createMock } from "../../../mock/api.mjs";
import type { HostDetail, HostRow } from "../../api/types";
import { renderApp } from "../../test/renderApp";

/** A host without an update, of which one thing is not known (mock/fleet.mjs). */
const OLD_LISTS = 4;

describe("a host that is not wholly known", () => {
  it("says at its head why, and what mends it", async () => {
    await renderApp(`/hosts/${OLD_LISTS}`);
    const note = await screen.findByRole("region", { name: "What is not known of this host" });
    expect(within(note).getByText(/^The package lists were last fetched/)).toBeTruthy();
    expect(within(note).getByRole("button", { name: "Copy: apt-get update" })).toBeTruthy();
  });

  it.each(["", "/updates", "/packages?q=zlib"])("no view of it says that nothing waits: %s", async (view) => {
    await renderApp(`/hosts/${OLD_LISTS}${view}`);
    await screen.findByRole("heading", { level: 1, name: "web-03.example.org" });
    await waitFor(() => expect(document.querySelector("main .appear-late")).toBeNull());
    const said = document.querySelector("main")?.textContent ?? "";
    expect(said).toMatch(/none known to have an update|By the host's own package lists nothing waits;/);
    expect(said).not.toMatch(/No update waits|Nothing waits|newest version|none with an update/);
  });

  it("a silent one says since when", async () => {
    await renderApp("/hosts/14");
    const note = await screen.findByRole("region", { name: "What is not known of this host" });
    expect(note.textContent).toContain("No report since 12 d ago: shown is what was known then.");
  });

  it("one that has updates keeps them, and its gaps are said beside", async () => {
    await renderApp("/hosts/1", {
      answer: (method, url) => {
        if (!/^\/api\/v1\/hosts\/1(\?|$)/.test(url)) return undefined;
        const { body } = createMock({ signedIn: true }).handle(method, url);
        const host = body as HostDetail;
        return new Response(
          JSON.stringify({
            ...host,
            not_known: [{ code: "repositories_skipped", text: "1 repository could not be understood." }],
          }),
        );
      },
    });
    expect(await screen.findByRole("region", { name: "What is not known of this host" })).toBeTruthy();
    expect(screen.getByText("security", { selector: "header span" })).toBeTruthy();
  });

  it("one of which all is known has no such note", async () => {
    await renderApp("/hosts/7");
    await screen.findByRole("heading", { level: 1, name: "ci-runner-1.example.org" });
    expect(screen.queryByRole("region", { name: /not known/ })).toBeNull();
  });
});

it("the list of hosts gives the reason in place of 'unknown', and no zero", async () => {
  const { mock } = await renderApp("/hosts?q=web-03");
  const rows = (mock.handle("GET", "/api/v1/hosts?q=web-03", {}).body as { items: HostRow[] }).items;
  expect(rows[0]).toMatchObject({ not_known: [{ code: "lists_old" }], security_updates: 0 });
  const table = await screen.findByRole("table", { name: "Hosts" });
  const [, row] = within(table).getAllByRole("row");
  expect(within(row as HTMLElement).getByText("lists too old")).toBeTruthy();
  expect(within(row as HTMLElement).getAllByText("–")).toHaveLength(2);
});
