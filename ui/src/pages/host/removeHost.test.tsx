import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderApp } from "../../test/renderApp";

const press = async (name: string) => {
  await act(async () => {
    fireEvent.click(screen.getByRole("button", { name }));
  });
};

it("removing a host asks first, says what happens, and leads back to the list", async () => {
  const { mock, asked, href } = await renderApp("/hosts/3");
  await screen.findByRole("button", { name: "Remove host …" });
  await press("Remove host …");
  const dialog = screen.getByRole("dialog", { name: "Remove web-02.example.org?" });
  expect(within(dialog).getByText(/stay on record/)).toBeTruthy();
  expect(within(dialog).getByText(/If it reports again, it comes back/)).toBeTruthy();
  await press("Keep it");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(asked.filter((each) => each.startsWith("DELETE"))).toEqual([]);

  await press("Remove host …");
  await press("Remove host");
  expect(asked.filter((each) => each.startsWith("DELETE"))).toEqual(["DELETE /api/v1/hosts/3"]);
  expect(href()).toBe("/hosts");
  expect(mock.hosts).toHaveLength(13);
  const table = await screen.findByRole("table", { name: "Hosts" });
  expect(within(table).getAllByRole("row")).toHaveLength(1 + 13);
});

it("what the server refuses is said, and nothing is left", async () => {
  const { href } = await renderApp("/hosts/3", {
    answer: (method) =>
      method === "DELETE"
        ? new Response(
            JSON.stringify({ code: "not_allowed", detail: "Only administrators may.", status: 403 }),
            {
              status: 403,
            },
          )
        : undefined,
  });
  await screen.findByRole("button", { name: "Remove host …" });
  await press("Remove host …");
  await press("Remove host");
  expect(screen.getByRole("alert").textContent).toBe("Only administrators may.");
  expect(href()).toBe("/hosts/3");
});

it("is not offered to who may not", async () => {
  await renderApp("/hosts/3", {
    answer: (_, url) =>
      url.startsWith("/api/v1/session")
        ? new Response(
            JSON.stringify({
              state: "signed_in",
              user: { name: "reader", role: "viewer" },
              title: "Mendwatch",
              version: "0.1.0",
            }),
          )
        : undefined,
  });
  expect(await screen.findByText("What the reports hold")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Remove host …" })).toBeNull();
});

it("a host that another stands for leads to that one", async () => {
  // As `absent` in crates/server/src/api/host.rs answers.
  const problem = {
    status: 410,
    code: "removed",
    detail:
      "Host 77 does not count since 2022-11-22 06:12 UTC: host 1 (bookworm-01) stands for the same machine.",
    successor: 1,
  };
  await renderApp("/hosts/77", {
    answer: (_, url) =>
      url.startsWith("/api/v1/hosts/77") ? Response.json(problem, { status: 410 }) : undefined,
  });
  const other = await screen.findByRole("link", { name: "Host 1" });
  expect(other.getAttribute("href")).toBe("/hosts/1");
  expect(screen.getByTitle("2022-11-22 06:12 UTC").textContent).toMatch(/years ago$/);
});
