/**
 * No page may read as an all-clear for what nobody looked at: in fleets where nothing is assessed,
 * or of whose updates nothing is known, these sentences stand nowhere.
 */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderApp } from "../test/renderApp";

const UNASSESSED = [/^No CVE is open\b/, /^No open finding/, /^No finding\b/, /All [\d,]+ packages assessed/];
const UNKNOWN_UPDATES = [/^No (security )?update waits/, /^Nothing waits/, /newest version/];

const PAGES = [
  ["/", "Overview"],
  ["/hosts", "Hosts"],
  ["/findings", "Findings"],
  ["/findings?severity=critical", "Findings"],
  ["/updates", "Updates"],
  ["/updates?security=true", "Updates"],
  ["/packages", "Packages"],
  ["/feeds", "Feeds"],
  ["/cves/CVE-1999-0001", "CVE-1999-0001"],
] as const;

async function said(path: string, scenario: string, heading: string | RegExp): Promise<string[]> {
  await renderApp(path, { scenario });
  // Plain selectors: working out roles takes long on a page of 900 packages.
  const main = await waitFor(() => {
    const title = document.querySelector("main h1")?.textContent ?? "";
    expect(title).toMatch(heading);
    expect(document.querySelector("main .appear-late")).toBeNull();
    return document.querySelector("main") as HTMLElement;
  });
  return [...main.querySelectorAll("p, li")]
    .map((element) => element.textContent?.trim() ?? "")
    .filter(Boolean);
}

function none(texts: string[], forbidden: readonly RegExp[]) {
  expect(texts.filter((text) => text.length < 300 && forbidden.some((each) => each.test(text)))).toEqual([]);
}

describe.each(["no-feed", "positives"])("%s: nothing is assessed", (scenario) => {
  it.each(PAGES)("%s", async (path, heading) => {
    none(await said(path, scenario, heading), UNASSESSED);
  });

  it.each(["", "/findings", "/findings?state=not_affected", "/packages?q=zlib", "/updates"])(
    "a host%s",
    async (view) => {
      none(await said(`/hosts/1${view}`, scenario, /example\.org$/), UNASSESSED);
    },
  );
});

describe("what waits is not known", () => {
  it.each(PAGES)("on a host of the fleet: %s", async (path, heading) => {
    none(await said(path, "positives", heading), UNKNOWN_UPDATES);
  });

  it.each(["", "/updates", "/packages?q=zlib"])("on the host%s", async (view) => {
    none(await said(`/hosts/2${view}`, "positives", /^new-db/), [...UNKNOWN_UPDATES, /none with an update/]);
  });
});

describe("what is known is said, with the command that mends the rest", () => {
  it("no finding and nothing assessed", async () => {
    await renderApp("/findings", { scenario: "no-feed" });
    expect(await screen.findByText("No CVE is known to be open; the host is not assessed.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Copy: mendwatch feeds sync" })).toBeTruthy();
    expect(screen.getByRole("heading", { name: "Findings" }).nextSibling?.textContent).toBe(
      "Vulnerabilities are not assessed.",
    );
  });

  it("no update, and hosts of which that is not known", async () => {
    await renderApp("/updates", { scenario: "positives" });
    expect(
      await screen.findByText("No update is known to wait; for 1 of 2 hosts that is not known as of now."),
    ).toBeTruthy();
  });

  it("a CVE that is open nowhere", async () => {
    await renderApp("/cves/CVE-1999-0001");
    expect(await screen.findByText("It is not known to be open on any host.")).toBeTruthy();
    // Those of the mock run AlmaLinux, for which none of its feeds speaks: fetching would change nothing.
    const note = (
      await screen.findByText(/^2 of 14 hosts are not assessed; no feed speaks for their systems\./)
    ).parentElement as HTMLElement;
    expect(note.textContent).toContain("Whether it is open on them is not known.");
    expect(note.querySelector("button")).toBeNull();
  });
});
