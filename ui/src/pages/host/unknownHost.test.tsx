/** A host of which little is known: each thing is said once, in words, with the reason. */
import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { createMock } from "../../../mock/api.mjs";
import type { HostDetail } from "../../api/types";
import { answerOf } from "../../lib/notKnown";
import { renderApp } from "../../test/renderApp";

/** The second host of the mock's "positives": rpm, whose updates no report could say. */
const RPM_HOST = "/hosts/2";
const scenario = "positives";
const REASON =
  "What could be upgraded could not be read (dnf is not installed): what is shown of it is older, if there is anything.";

/** The host with some of its fields replaced. */
const withHost = (path: string, patch: (host: HostDetail) => Partial<HostDetail>) =>
  renderApp(path, {
    scenario,
    answer: (method, url) => {
      if (!/^\/api\/v1\/hosts\/2(\?|$)/.test(url)) return undefined;
      const host = createMock({ scenario, signedIn: true }).handle(method, url).body as HostDetail;
      return Response.json({ ...host, ...patch(host) });
    },
  });
const times = (text: string) => (document.querySelector("main")?.textContent ?? "").split(text).length - 1;

describe("the head", () => {
  it("does not say twice what is listed below it", async () => {
    // The server's sentence holds the first of what is not known (crates/server/src/api/summary.rs).
    await withHost(RPM_HOST, () => ({
      summary: `What could be upgraded is not known. ${REASON} Its vulnerabilities are not assessed.`,
    }));
    expect(
      await screen.findByText("What could be upgraded is not known. Its vulnerabilities are not assessed."),
    ).toBeTruthy();
    expect(times(REASON)).toBe(1);
  });

  it("keeps a sentence that is nothing else", () => {
    expect(answerOf({ summary: REASON, not_known: [{ code: "updates_unavailable", text: REASON }] })).toBe(
      REASON,
    );
  });

  it("gives a command in the server's sentence to be copied", async () => {
    await withHost(RPM_HOST, () => ({ summary: "Nothing is assessed: run `mendwatch feeds sync`." }));
    expect(await screen.findByRole("button", { name: "Copy: mendwatch feeds sync" })).toBeTruthy();
    expect(screen.queryByText(/`/)).toBeNull();
  });
});

it("a remedy's commands are copied, what they name is not", async () => {
  // As the server has it (crates/server/src/not_known.rs).
  const remedy =
    "Add the release's `-security` suite (of Debian before 11: `/updates`) to the host's package sources, then fetch the lists: `apt-get update`.";
  await withHost(RPM_HOST, () => ({
    not_known: [
      { code: "security_repository_missing", text: "No security repository is configured.", remedy },
    ],
  }));
  const note = await screen.findByRole("region", { name: "What is not known of this host" });
  const copied = within(note).getAllByRole("button");
  expect(copied.map((each) => each.getAttribute("aria-label"))).toEqual(["Copy: apt-get update"]);
  expect(within(note).getByText("-security").tagName).toBe("CODE");
});

describe("its summary", () => {
  it("says that nothing is assessed, and why", async () => {
    await renderApp(RPM_HOST, { scenario });
    expect(await screen.findByText(/^Nothing of this host is assessed\./)).toBeTruthy();
    expect(screen.getByText(/^No feed for almalinux:9\.0 is in force\. \(590\)$/)).toBeTruthy();
  });

  it("is never empty, also where the packages are not known", async () => {
    await withHost(RPM_HOST, (host) => ({
      packages: 0,
      assessment: { ...host.assessment, packages: 0, assessed: 0, not_assessed: 0, reasons: [] },
    }));
    expect(
      await screen.findByText("Nothing of this host is assessed: which packages are installed is not known."),
    ).toBeTruthy();
  });

  it.each([
    ["AlmaLinux 9.4 (Seafoam Ocelot)", "x86_64", "AlmaLinux 9.4 (Seafoam Ocelot), x86_64"],
    ["AlmaLinux 9.4 (Seafoam Ocelot)", "", "AlmaLinux 9.4 (Seafoam Ocelot)"],
    ["", "", "not known"],
  ])("names the system without a comma that hangs: %s, %s", async (os_name, arch, text) => {
    await withHost(RPM_HOST, () => ({ os_name, arch }));
    const name = await screen.findByText("System", { selector: "dt" });
    expect(name.nextSibling?.textContent).toBe(text);
  });

  it("calls a reboot a reboot", async () => {
    await withHost(RPM_HOST, () => ({ reboot_required: true }));
    expect(await screen.findByText("reboot required")).toBeTruthy();
    expect(document.querySelector("main")?.textContent).not.toMatch(/restart/);
  });
});

describe("its packages", () => {
  it("say that their updates are not known, and why", async () => {
    await renderApp(`${RPM_HOST}/packages?q=bash`, { scenario });
    const table = await screen.findByRole("table", { name: /^Packages of/ });
    const [, row] = within(table).getAllByRole("row");
    const header = within(table)
      .getAllByRole("columnheader")
      .findIndex((each) => each.textContent === "Update");
    expect((row as HTMLElement).querySelectorAll("td")[header]?.textContent).toBe("not known");
    const said = screen.getByText(/^590 packages/);
    expect(said.textContent).toBe("590 packages. What could be upgraded is not known: dnf is not installed.");
  });

  it("in a file, too", async () => {
    const saved: Blob[] = [];
    URL.createObjectURL = (blob) => {
      saved.push(blob as Blob);
      return "blob:saved";
    };
    URL.revokeObjectURL = () => {};
    await renderApp(`${RPM_HOST}/packages?q=bash`, { scenario });
    await act(async () => {
      fireEvent.click(await screen.findByRole("button", { name: /^Export/ }));
    });
    await act(async () => {
      fireEvent.click(screen.getByRole("menuitem", { name: /JSON/ }));
    });
    const [row] = JSON.parse((await saved[0]?.text()) ?? "[]");
    expect(row).toMatchObject({ updates_known: false, candidate: null });
  });
});
