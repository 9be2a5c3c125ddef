import { act, fireEvent, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { createMock } from "../../../mock/api.mjs";
import type { Session } from "../../api/types";
import { renderApp } from "../../test/renderApp";
import { addressNote } from "./FirstHost";

const commands = () =>
  screen.getAllByRole("button", { name: /^Copy: / }).map((each) => each.getAttribute("aria-label")?.slice(6));

describe("no host yet", () => {
  it("gives the lines of the README, the token outside of the list of processes", async () => {
    await renderApp("/", { scenario: "empty" });
    await screen.findByText("No host has reported yet.");
    expect(commands()).toEqual([
      "mendwatch tokens create",
      `MENDWATCH_TOKEN=... ./mendwatch-agent once --server-url ${window.location.origin}`,
      "./mendwatch-agent print > report.json",
      "mendwatch hosts import report.json",
    ]);
  });

  it("a scan that is refused says why", async () => {
    const detail = "An agent reports this machine as host 7.";
    await renderApp("/", {
      scenario: "empty",
      answer: (method, url) =>
        method === "POST" && url === "/api/v1/hosts/own/scan"
          ? Response.json({ code: "reported_by_agent", detail, status: 409 }, { status: 409 })
          : undefined,
    });
    await act(async () => {
      fireEvent.click(await screen.findByRole("button", { name: "Scan this host now" }));
    });
    expect(screen.getByText(detail)).toBeTruthy();
  });

  it("a server that does not look at its own host says so, and offers nothing", async () => {
    const session = createMock({ signedIn: true }).handle("GET", "/api/v1/session").body as Session;
    await renderApp("/", {
      scenario: "empty",
      answer: (method, url) =>
        method === "GET" && url.startsWith("/api/v1/session")
          ? Response.json({ ...session, own_host: false })
          : undefined,
    });
    expect(await screen.findByText(/started with --own-host off/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Scan this host now" })).toBeNull();
  });

  it.each([
    ["http:", "127.0.0.1", /^Only this machine reaches 127\.0\.0\.1/],
    ["http:", "localhost", /^Only this machine reaches localhost/],
    ["https:", "[::1]", /^Only this machine reaches/],
    ["http:", "mendwatch.example.org", /--allow-http\.$/],
    ["https:", "mendwatch.example.org", /^$/],
  ])("says what stands between an agent and %s//%s", (protocol, hostname, note) => {
    expect(addressNote({ protocol, hostname })).toMatch(note);
  });
});
