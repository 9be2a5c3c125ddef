import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderApp, TestEvents } from "../test/renderApp";

const click = async (element: HTMLElement) => {
  await act(async () => {
    fireEvent.click(element);
  });
};
const rows = (table: HTMLElement) => within(table).getAllByRole("row").slice(1);

describe("not assessed is never shown as nothing found", () => {
  it("overview", async () => {
    await renderApp("/", { scenario: "no-feed" });
    expect(await screen.findByText(/Vulnerabilities are not assessed\./)).toBeTruthy();
    expect(screen.getByText("Not assessed")).toBeTruthy();
    expect(screen.queryByText(/0 open findings/)).toBeNull();
    expect(screen.getByRole("button", { name: "Copy: mendwatch feeds sync" })).toBeTruthy();
  });

  it("a host's findings give the command that mends it", async () => {
    await renderApp("/hosts/1/findings", { scenario: "no-feed" });
    expect(await screen.findByText(/No feed for debian:12 is in force/)).toBeTruthy();
    expect(screen.getByText("mendwatch feeds sync")).toBeTruthy();
    expect(screen.getByText(/The 907 installed packages are known/)).toBeTruthy();
    expect(screen.queryByText(/No open finding/)).toBeNull();
    // The tab has no number: 0 would be a claim.
    const views = screen.getByRole("navigation", { name: "Views of the host" });
    expect(within(views).getByRole("link", { name: "Findings" })).toBeTruthy();
  });

  it("the list of hosts has a dash, not a zero", async () => {
    await renderApp("/hosts", { scenario: "no-feed" });
    const [row] = rows(await screen.findByRole("table", { name: "Hosts" }));
    expect(within(row as HTMLElement).getByText("not assessed")).toBeTruthy();
    expect(within(row as HTMLElement).getByText("–")).toBeTruthy();
  });
});

describe("known findings are shown where nothing is assessed", () => {
  const scenario = "positives";

  it("overview: the number, and that the rest is not assessed", async () => {
    await renderApp("/", { scenario });
    expect(await screen.findByRole("link", { name: "10 open findings" })).toBeTruthy();
    expect(screen.getByText("the rest is not assessed")).toBeTruthy();
    expect(screen.queryByText("Not assessed")).toBeNull();
    expect(screen.getByRole("list", { name: "Worst open findings" })).toBeTruthy();
  });

  it("the systems say each feed's own state", async () => {
    await renderApp("/feeds", { scenario });
    expect(await screen.findByText("in part")).toBeTruthy();
    const said = (text: RegExp) =>
      screen.getAllByText(
        (_, element) => element?.tagName === "SPAN" && text.test(element.textContent ?? ""),
      );
    expect(said(/^debian-dsa too old, 3 years ago ·$/)).toHaveLength(1);
    expect(said(/^debian-tracker never fetched$/)).toHaveLength(1);
  });

  it("the list of hosts: a number with the hatching, a dash where nothing is known", async () => {
    await renderApp("/hosts?sort=-open_findings", { scenario });
    const [known, silent] = rows(await screen.findByRole("table", { name: "Hosts" }));
    expect(within(known as HTMLElement).getByRole("link", { name: "10 findings" })).toBeTruthy();
    expect(within(known as HTMLElement).getByText(/the rest is not assessed/)).toBeTruthy();
    expect(within(known as HTMLElement).queryByText("not assessed")).toBeNull();
    // Findings, and both kinds of updates: what waits is not known either.
    expect(within(silent as HTMLElement).getAllByText("–")).toHaveLength(3);
    expect(within(silent as HTMLElement).queryByText("0")).toBeNull();
    expect(within(silent as HTMLElement).getByText("not assessed")).toBeTruthy();
  });

  it("a host: head, tab, summary", async () => {
    await renderApp("/hosts/1", { scenario });
    expect(await screen.findByText(/^Beyond 10 open CVEs nothing of this host is assessed\./)).toBeTruthy();
    expect(screen.getByText("the rest is not assessed")).toBeTruthy();
    expect(await screen.findByRole("link", { name: "Findings 10" })).toBeTruthy();
    expect(screen.queryByText(/vulnerable or safe/)).toBeNull();
    expect(screen.getByText("not collected yet")).toBeTruthy();
    expect(screen.queryByText(/newest version/)).toBeNull();
  });

  it("its findings, its packages, and the fleet's", async () => {
    await renderApp("/hosts/1/findings", { scenario });
    expect(rows(await screen.findByRole("table", { name: /^Findings of/ }))).toHaveLength(10);
    expect(
      screen.getByText(/^Beyond 10 open CVEs nothing of this host is assessed: only lists/),
    ).toBeTruthy();
    await renderApp("/hosts/1/packages?show=findings", { scenario });
    const table = await screen.findByRole("table", { name: /^Packages of/ });
    expect(within(table).getByRole("link", { name: "1 finding of libidn2-0" })).toBeTruthy();
    await renderApp("/findings", { scenario });
    expect(await screen.findByText(/^10 CVEs are open on 1 host/)).toBeTruthy();
    expect(screen.getByText(/What is listed is known; whether more is open on them is not\./)).toBeTruthy();
  });

  it("a host whose updates could not be read does not read as up to date", async () => {
    await renderApp("/hosts/2", { scenario });
    // Once in the head, once where the updates would stand.
    expect(await screen.findAllByText(/What could be upgraded is not known\./)).toHaveLength(2);
    expect(screen.getAllByText(/dnf is not installed/i).length).toBeGreaterThan(0);
    expect(screen.queryByText(/newest version/)).toBeNull();
    // The tab has no number: 0 would be a claim.
    const views = screen.getByRole("navigation", { name: "Views of the host" });
    expect(within(views).getByRole("link", { name: "Updates" })).toBeTruthy();
  });
});

describe("every number leads to the list that makes it", () => {
  it("security updates of a host", async () => {
    const { href } = await renderApp("/hosts");
    const table = await screen.findByRole("table", { name: "Hosts" });
    await click(within(table).getByRole("link", { name: "36 security updates" }));
    expect(href()).toBe("/hosts/1/updates?kind=security");
    const updates = await screen.findByRole("table", { name: "Updates of bookworm-01.example.org" });
    expect(rows(updates)).toHaveLength(36);
    expect(screen.getByRole("heading", { name: "bookworm-01.example.org" })).toBeTruthy();
  });

  it("findings of a host, one row a CVE", async () => {
    await renderApp("/hosts");
    const table = await screen.findByRole("table", { name: "Hosts" });
    await click(within(table).getAllByRole("link", { name: "45 findings" })[0] as HTMLElement);
    const findings = await screen.findByRole("table", { name: /^Findings of/ });
    expect(rows(findings)).toHaveLength(45);
  });

  it("colours of the overview", async () => {
    const { mock } = await renderApp("/");
    const link = await screen.findByRole("link", { name: "security: 6" });
    await click(link);
    expect(rows(await screen.findByRole("table", { name: "Hosts" }))).toHaveLength(6);
    expect(mock.hosts).toHaveLength(14);
    expect(screen.getByText("6 of 14 hosts match.")).toBeTruthy();
  });

  it("hosts that wait for an update", async () => {
    const { href } = await renderApp("/updates?q=libexpat1");
    const table = await screen.findByRole("table", { name: "Pending updates" });
    const link = within(table).getByRole("link", { name: "7 hosts" });
    await click(link);
    expect(decodeURIComponent(href())).toContain("pkg:libexpat1<2.5.0-1+deb12u5".replace("+", "+"));
    expect(rows(await screen.findByRole("table", { name: "Hosts" }))).toHaveLength(7);
  });
});

describe("what a report lacks is said", () => {
  it("a section that could not be read, with its reason", async () => {
    await renderApp("/hosts/2");
    expect(await screen.findByText("unavailable")).toBeTruthy();
    expect(screen.getByText(/permission denied/)).toBeTruthy();
    expect(screen.getByText("never reported")).toBeTruthy();
  });

  it("a record that was left out", async () => {
    await renderApp("/hosts/1");
    expect(await screen.findByText(/1 record was left out/)).toBeTruthy();
    expect(screen.getByText("a stanza without a version")).toBeTruthy();
  });

  it("no host yet: the two ways to the first", async () => {
    await renderApp("/", { scenario: "empty" });
    expect(await screen.findByText("No host has reported yet.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Scan this host now" })).toBeTruthy();
    expect(screen.getByText("mendwatch tokens create")).toBeTruthy();
  });
});

describe("evidence", () => {
  it("opens below the finding, and the address says so", async () => {
    const { href } = await renderApp("/hosts/9/findings");
    const toggle = await screen.findByRole("button", { name: "Evidence for CVE-2019-18224" });
    expect(toggle.getAttribute("aria-expanded")).toBe("false");
    await click(toggle);
    expect(href()).toContain("open=CVE-2019-18224");
    expect(await screen.findByText(/Compared by dpkg's order/)).toBeTruthy();
    expect(screen.getByText("2.0.5-1 < 2.0.5-1+deb10u1")).toBeTruthy();
  });

  it("is open when the address says so", async () => {
    await renderApp("/hosts/9/findings?open=CVE-2019-18224");
    expect(await screen.findByText(/Compared by dpkg's order/)).toBeTruthy();
  });
});

describe("errors", () => {
  it("a query that can't be read says where, and keeps the text", async () => {
    await renderApp("/hosts?q=os:debian+nonsense:3");
    expect(await screen.findByText(/'nonsense:3' can't be read/)).toBeTruthy();
    expect(screen.getByText("nonsense:3").tagName).toBe("MARK");
    expect((screen.getByRole("combobox", { name: "Query on hosts" }) as HTMLInputElement).value).toBe(
      "os:debian nonsense:3",
    );
  });

  it("no such host", async () => {
    await renderApp("/hosts/999");
    expect(await screen.findByText("There is no host 999.")).toBeTruthy();
  });

  it("no such page", async () => {
    await renderApp("/no/such/page");
    expect(await screen.findByText("There is no such page.")).toBeTruthy();
  });

  it("a read that fails says its code and can be tried again", async () => {
    let broken = true;
    await renderApp("/feeds", {
      answer: (_, url) =>
        broken && url.startsWith("/api/v1/feeds")
          ? new Response(
              JSON.stringify({ code: "internal", detail: "The index is being built.", status: 500 }),
              { status: 500 },
            )
          : undefined,
    });
    expect(await screen.findByText("The index is being built.")).toBeTruthy();
    broken = false;
    await click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("table", { name: "Feeds" })).toBeTruthy();
  });

  it("a server that starts is waited for", async () => {
    let starting = true;
    await renderApp("/feeds", {
      answer: (_, url) =>
        starting && url.startsWith("/api/v1/feeds")
          ? new Response(
              JSON.stringify({ code: "busy", detail: "It still reads its record.", status: 503 }),
              {
                status: 503,
              },
            )
          : undefined,
    });
    expect(await screen.findByText("It still reads its record.")).toBeTruthy();
    starting = false;
    expect(await screen.findByRole("table", { name: "Feeds" })).toBeTruthy();
  });

  it("a session that ended leads to the sign-in, at the same address", async () => {
    const { mock, href } = await renderApp("/feeds");
    await screen.findByRole("table", { name: "Feeds" });
    mock.state.session = false;
    await act(async () => {
      TestEvents.open.at(-1)?.say("change", { seq: 2000, hosts: null, cause: "feed" });
    });
    expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
    expect(href()).toBe("/feeds");
  });
});

it("names of hosts are text, whatever they hold", async () => {
  const evil = '<img src=x onerror="alert(1)">';
  await renderApp("/hosts", {
    answer: (_, url) =>
      url.startsWith("/api/v1/hosts")
        ? new Response(
            JSON.stringify({
              items: [
                {
                  id: 1,
                  hostname: evil,
                  platform: "debian:12",
                  os_name: evil,
                  colour: "purple",
                  freshness: "fresh",
                  security_updates: 0,
                  other_updates: 0,
                  withheld_updates: 0,
                  open_findings: 0,
                  packages: 1,
                  last_seen_at: "2026-11-22T06:00:00Z",
                  tags: [evil],
                  assessed: true,
                  updates_known: true,
                  not_known: [],
                },
              ],
              total: 1,
              seq: 1,
              lacks: [],
              facets: { platform: [], freshness: [], colour: [] },
            }),
            { status: 200 },
          )
        : undefined,
  });
  expect(await screen.findByText(evil, { selector: "a span" })).toBeTruthy();
  expect(document.querySelector("main img")).toBeNull();
  // A colour that a newer server may add is shown by its name.
  expect(screen.getByText("purple")).toBeTruthy();
});

it("rows change without a reload when a report comes in", async () => {
  const { mock } = await renderApp("/hosts");
  await screen.findByRole("link", { name: "29 other updates" });
  await act(async () => {
    TestEvents.open.at(-1)?.say("hello", { seq: mock.state.seq });
    TestEvents.open.at(-1)?.say("change", mock.report(1));
  });
  expect(screen.getByText("live")).toBeTruthy();
  await waitFor(() => expect(screen.getByRole("link", { name: "28 other updates" })).toBeTruthy());
});

it("says when it does not follow", async () => {
  await renderApp("/hosts");
  await screen.findByRole("table", { name: "Hosts" });
  await act(async () => TestEvents.open.at(-1)?.onerror?.());
  expect(screen.getByText("reconnecting")).toBeTruthy();
});

it("a header sorts, says how, and the address holds it", async () => {
  const { href } = await renderApp("/hosts");
  const head = async (name: string) => {
    const table = await screen.findByRole("table", { name: "Hosts" });
    return within(table).getByRole("columnheader", { name: new RegExp(`^${name}`) });
  };
  expect((await head("Security")).getAttribute("aria-sort")).toBe("descending");
  await click(within(await head("Host")).getByRole("button", { name: /^Host/ }));
  expect(href()).toBe("/hosts?sort=hostname");
  expect((await head("Host")).getAttribute("aria-sort")).toBe("ascending");
  expect((await head("Security")).hasAttribute("aria-sort")).toBe(false);
  await waitFor(() => {
    const names = rows(screen.getByRole("table", { name: "Hosts" })).map(
      (row) => within(row).getAllByRole("link")[0]?.textContent ?? "",
    );
    expect(names).toEqual([...names].sort());
  });
});

describe("lists over the fleet sort by their headers, on the server", () => {
  // [page, table, header that is sorted at first, header clicked, address then]
  it.each([
    ["/findings", "Open CVEs", "Severity", "Hosts", "/findings?sort=-hosts"],
    ["/findings", "Open CVEs", "Severity", "CVE", "/findings?sort=-cve"],
    ["/updates?security=true", "Pending updates", "Kind", "Hosts", "/updates?security=true&sort=-hosts"],
    ["/updates", "Pending updates", "Kind", "Package", "/updates?sort=name"],
    ["/packages?q=zlib", "Packages", "Hosts", "Findings", "/packages?q=zlib&sort=-findings"],
    ["/packages?q=zlib", "Packages", "Hosts", "Package", "/packages?q=zlib&sort=name"],
  ])("%s: %s by %s, then %s", async (path, caption, first, header, address) => {
    const { href, asked } = await renderApp(path);
    const head = async (name: string) =>
      within(await screen.findByRole("table", { name: caption })).getByRole("columnheader", {
        name: new RegExp(`^${name}`),
      });
    expect((await head(first)).hasAttribute("aria-sort")).toBe(true);
    // Without a choice the order is the server's own.
    expect(asked.some((each) => each.includes("sort="))).toBe(false);
    await click(within(await head(header)).getByRole("button"));
    expect(href()).toBe(address);
    const sort = new URL(address, "http://mock").searchParams.get("sort") ?? "";
    await waitFor(() => expect(asked.some((each) => each.includes(`sort=${sort}`))).toBe(true));
    expect((await head(header)).getAttribute("aria-sort")).toBe(
      sort.startsWith("-") ? "descending" : "ascending",
    );
    expect((await head(first)).hasAttribute("aria-sort")).toBe(false);
    // The default is no parameter.
    await click(within(await head(first)).getByRole("button"));
    expect(href()).toBe(path);
  });
});

it("a host that was removed says so, with nothing to try again", async () => {
  await renderApp("/hosts/3", {
    answer: (_, url) =>
      url.startsWith("/api/v1/hosts/3")
        ? new Response(
            JSON.stringify({ code: "removed", detail: "Host 3 was removed at noon.", status: 410 }),
            { status: 410 },
          )
        : undefined,
  });
  expect(await screen.findByText("Host 3 was removed at noon.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});
