// The first hour of a new user, on the built server and in a real browser: set up, see this host, hold its
// numbers against apt's own, load security data, let a second host report, sign out and in again.
// One server, one browser, one page; every test stands on those before it.
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { launch, openPage, SIZES, settled, THEMES } from "../scripts/browser.mjs";
import { installedPackages, upgradable } from "./apt.mjs";
import { APACHE, OLD_HOST, unpackDsaList, writeOldHost } from "./oldHost.mjs";
import { startServer } from "./server.mjs";
import { rowsOf, sideways, violations, watch } from "./watch.mjs";

/** The command that mends it; which feeds it names is the server's matter. */
const SYNC = /^mendwatch feeds sync [a-z]/;
const WHO = { name: "admin", password: "correct horse battery" };
/** For one thing to appear, on a machine that is busy with other things. */
const PATIENCE_MS = 20_000;
const count = (n) => n.toLocaleString("en-US");
const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

let server;
let browser;
let context;
let page;
let watched;
/** What apt and dpkg say of this machine; asked at the start, waited for when it is needed. */
let truth;
let asked;
/** Addresses of the two hosts' pages, as the links led there. */
const at = {};

beforeAll(async () => {
  asked = Promise.all([installedPackages(), upgradable()]);
  // Reported where it is waited for.
  asked.catch(() => {});
  // One after the other, so that the one is ended by afterAll when the other does not start.
  server = await startServer();
  browser = await launch();
  ({ page, context } = await openPage(browser, "1440", "light"));
  context.setDefaultTimeout(PATIENCE_MS);
  watched = await watch(context, new URL(server.url).origin);
});

afterAll(async () => {
  const [, how] = await Promise.all([browser?.close(), server?.end()]);
  if (server) expect(how, "how the server ended").toBe("code 0, signal null");
});

/** A step of the journey: what the browser complains of fails it, and a failure says where it happened. */
function step(name, body) {
  it(name, async () => {
    onTestFailed(async () => {
      const heading = await page
        ?.locator("main")
        .innerText({ timeout: 1_000 })
        .catch(() => "");
      console.error(`at ${page?.url()}\n${heading?.slice(0, 1_500)}\nserver:\n${server?.log()}`);
    });
    await body();
    expect(watched.take(), "complaints of the browser").toEqual([]);
  });
}

const main = () => page.getByRole("main");
const heading = (name) => page.getByRole("heading", { level: 1, name, exact: true });
const tab = (name) => page.getByRole("navigation", { name: "Views of the host" }).getByRole("link", { name });
const hostsTable = () => page.getByRole("table", { name: "Hosts" });
const hostRow = (name) => hostsTable().getByRole("row").filter({ hasText: name });

/** The page is not loaded again from here on: what changes on it, changes by itself. */
const stay = () => page.evaluate(() => (window.stayed = true));
const hasStayed = () => page.evaluate(() => window.stayed === true);

async function signIn(password) {
  await page.getByLabel("Name").fill(WHO.name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

describe("setting up", () => {
  step("without the link there is nothing to see but where to find it", async () => {
    await page.goto(server.url);
    await heading("Mendwatch is not set up yet").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  step("the printed link makes the administrator and lands on the overview", async () => {
    await page.goto(server.setup);
    await heading("Set up the first administrator").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Name").fill(WHO.name);
    await page.getByLabel("Password", { exact: true }).fill("too short");
    expect(await page.getByRole("button", { name: "Set up and sign in" }).isDisabled()).toBe(true);
    await page.getByLabel("Password", { exact: true }).fill(WHO.password);
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await heading("Overview").waitFor();
    // The link's token stays neither in the address nor in the history.
    expect(page.url()).toBe(`${server.url}/`);
  });
});

describe("this host", () => {
  step("is on the overview by itself, with apt's numbers", async () => {
    const [packages, updates] = await asked;
    const waiting = updates.filter((update) => update.security).length;
    truth = { packages, updates, security: waiting, other: updates.length - waiting };
    await main().getByRole("link", { name: "1 host", exact: true }).first().waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    const security = main().getByRole("link", {
      name: plural(truth.security, "security update"),
      exact: true,
    });
    await security.waitFor();
    await main()
      .getByRole("link", { name: plural(truth.other, "other update"), exact: true })
      .waitFor();
  });

  step("says not assessed, and the command that mends it", async () => {
    await main().getByText("Not assessed", { exact: true }).waitFor();
    await main().getByText("Nothing is said to be safe", { exact: false }).waitFor();
    await main().getByText(SYNC).first().waitFor();
  });

  step("is the one row of the list of hosts, with apt's numbers", async () => {
    await page
      .getByRole("navigation", { name: "Pages" })
      .getByRole("link", { name: /^Hosts/ })
      .click();
    await heading("Hosts").waitFor();
    const [row, ...others] = await rowsOf(hostsTable());
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      Security: count(truth.security),
      Other: count(truth.other),
      Findings: "–",
      Worst: "not assessed",
    });
    await hostsTable().getByRole("row").nth(1).getByRole("link").first().click();
    await page.waitForURL(/\/hosts\/\d+$/);
    at.own = page.url();
    await heading(row.Host).waitFor();
    at.ownName = row.Host;
  });

  step("has on its page the counts of apt and dpkg", async () => {
    await tab(`Packages ${count(truth.packages)}`).waitFor();
    await tab(`Updates ${count(truth.updates.length)}`).waitFor();
    for (const [n, noun] of [
      [truth.security, "security update"],
      [truth.other, "other update"],
    ]) {
      const link = main().getByRole("link", { name: plural(n, noun), exact: true });
      if (n > 0) await link.waitFor();
      else expect(await link.count()).toBe(0);
    }
    // On the host's page, too.
    await main().getByText("Nothing of this host is assessed.", { exact: false }).waitFor();
    await main().getByText(SYNC).first().waitFor();
  });

  step("lists the same updates as apt, each with the same candidate", async () => {
    await tab(/^Updates/).click();
    if (truth.updates.length === 0) {
      await main().getByText("No update waits.").waitFor();
      return;
    }
    const rows = await rowsOf(page.getByRole("table", { name: `Updates of ${at.ownName}` }));
    const line = (name, installed, candidate, security) =>
      `${name} ${installed} → ${candidate}${security ? ", security" : ""}`;
    expect(
      rows.map((row) => line(row.Package, row.Installed, row.Candidate, row.Kind === "security")).sort(),
    ).toEqual(
      truth.updates
        .map((update) => line(update.name, update.installed, update.candidate, update.security))
        .sort(),
    );
  });

  step("lists the packages that dpkg has installed", async () => {
    await tab(/^Packages/).click();
    const rows = await rowsOf(page.getByRole("table", { name: `Packages of ${at.ownName}` }));
    expect(rows.length).toBe(truth.packages);
  });
});

describe("security data", () => {
  step("loaded on the command line shows on the page that is open", async () => {
    await page.goto(`${server.url}/feeds`);
    const row = page.getByRole("table", { name: "Feeds" }).getByRole("row").filter({ hasText: "debian-dsa" });
    await row.getByText("never fetched").waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await stay();
    const said = await server.cli("feeds", "import", "debian-dsa", await unpackDsaList(server.dir));
    const [, records] = /([\d,]+) records\b/.exec(said);
    await row.getByText("too old").waitFor();
    await row.getByText(records, { exact: true }).waitFor();
    expect(await hasStayed()).toBe(true);
  });

  step("too old to say what is safe changes nothing of what is not assessed", async () => {
    await page.goto(`${at.own}/findings`);
    await main().getByText("Nothing of this host is assessed: no feed in force", { exact: false }).waitFor();
    await main().getByText(SYNC).first().waitFor();
    expect(await page.getByRole("table").count()).toBe(0);
  });
});

describe("a second host", () => {
  step("appears in the open list when its agent reports", async () => {
    await page.goto(`${server.url}/hosts`);
    await hostRow(at.ownName).waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await stay();
    expect(await hostRow(OLD_HOST.hostname).count()).toBe(0);
    const token = `${server.dir}/token`;
    await writeFile(token, await server.cli("tokens", "create"), { mode: 0o600 });
    const root = await writeOldHost(server.dir);
    await server.agent("once", "--server-url", server.url, "--token-file", token, "--root", root);
    await hostRow(OLD_HOST.hostname).waitFor();
    expect(await hasStayed()).toBe(true);
  });

  step("shows what its files said as text, never as HTML", async () => {
    await hostRow(OLD_HOST.hostname).getByRole("link").first().click();
    await heading(OLD_HOST.hostname).waitFor();
    at.old = page.url();
    await main().getByText(`${OLD_HOST.osName}, amd64`, { exact: true }).waitFor();
    await tab(`Packages ${OLD_HOST.packages}`).click();
    const rows = await rowsOf(page.getByRole("table", { name: `Packages of ${OLD_HOST.hostname}` }));
    expect(rows.map((row) => row.Package)).toContain(OLD_HOST.oddPackage);
    expect(await page.locator("main b").count()).toBe(0);
  });

  step("has the CVEs of the advisory that its version is below, and none of the one it is at", async () => {
    await tab(/^Findings/).click();
    const rows = await rowsOf(page.getByRole("table", { name: `Findings of ${OLD_HOST.hostname}` }));
    const apache = rows.filter((row) => row.Packages.startsWith(APACHE.package));
    expect(apache.map((row) => row.CVE).sort()).toEqual(expect.arrayContaining(APACHE.cves));
    expect(rows.filter((row) => /xserver/.test(row.Packages))).toEqual([]);
  });

  step("shows the evidence: both sides of the comparison, and the data it rests on", async () => {
    const [cve] = APACHE.cves.slice(-1);
    await page.getByRole("button", { name: `Evidence for ${cve}` }).click();
    const packages = page.getByRole("list", { name: `Packages with ${cve}` });
    await packages.getByText(`${APACHE.installed} < ${APACHE.fixed}`, { exact: true }).waitFor();
    await packages.getByText(APACHE.advisory, { exact: false }).waitFor();
    const reasoning = main().getByRole("listitem");
    await reasoning
      .filter({ hasText: `source apache2 ${APACHE.installed} < ${APACHE.fixed} by dpkg` })
      .waitFor();
    await reasoning.filter({ hasText: "too old for a negative" }).first().waitFor();
    // Evidence has an address of its own, to be sent to a colleague.
    await page.reload();
    await packages.getByText(`${APACHE.installed} < ${APACHE.fixed}`, { exact: true }).waitFor();
  });
});

describe("the keyboard", () => {
  step("g h goes to the hosts, j marks a row, Enter opens it, Esc leads back", async () => {
    await page.goto(server.url);
    await heading("Overview").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await hostRow(OLD_HOST.hostname).waitFor();
    await page.keyboard.press("j");
    const name = await page.evaluate(() => document.activeElement?.textContent);
    expect([at.ownName, OLD_HOST.hostname]).toContain(name);
    await page.keyboard.press("Enter");
    await heading(name).waitFor();
    await page.keyboard.press("Escape");
    await hostsTable().waitFor();
  });

  step("/ searches, Esc clears and leaves the field, Enter opens what is marked", async () => {
    const field = page.getByRole("combobox", { name: "Search hosts, packages, CVEs" });
    await page.keyboard.press("/");
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("nothing");
    await page.keyboard.press("Escape");
    expect(await field.inputValue()).toBe("");
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(false);
    await page.keyboard.press("/");
    await page.keyboard.type(OLD_HOST.hostname);
    await page.getByRole("option", { name: OLD_HOST.hostname }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await heading(OLD_HOST.hostname).waitFor();
    expect(page.url()).toBe(at.old);
  });
});

describe("every page", () => {
  const pages = () => [
    "/",
    "/hosts",
    "/hosts?q=os:debian:11",
    "/hosts?q=nonsense:1",
    ...["", "/updates", "/findings", "/packages"].map((view) => new URL(at.own).pathname + view),
    `${new URL(at.old).pathname}/findings?open=${APACHE.cves[0]}`,
    "/findings",
    `/cves/${APACHE.cves[0]}`,
    "/updates",
    "/packages",
    "/feeds?open=debian-dsa",
    "/hosts/999",
    "/no/such/page",
  ];
  // Each size in a context of its own, both at once: most of the time is the browser's.
  it.concurrent.each(Object.keys(SIZES))("is accessible and fits, in both themes, at %s px", async (size) => {
    const { page: other, context: otherContext } = await openPage(browser, size, "light");
    try {
      otherContext.setDefaultTimeout(PATIENCE_MS);
      await otherContext.addCookies(await context.cookies());
      const otherWatched = await watch(otherContext, new URL(server.url).origin);
      for (const path of pages()) {
        await other.goto(server.url + path);
        await other.getByRole("heading", { level: 1 }).waitFor();
        await settled(other);
        for (const theme of THEMES) {
          await other.emulateMedia({ colorScheme: theme });
          await other.waitForFunction((name) => document.documentElement.dataset.theme === name, theme);
          const themeOnly = theme !== THEMES[0];
          expect(await violations(other, { themeOnly }), `${path} ${theme}`).toEqual([]);
          expect(await sideways(other), `${path} ${theme}`).toEqual([]);
        }
      }
      // What the addresses of nothing and of nonsense answer, the browser reports on its console; and
      // that no feed of CVE records is loaded here.
      const expected =
        /status of (404|422) .*\/api\/v1\/(hosts(\/999|\?.*nonsense)|cves\/CVE-[\d-]+\/record)/;
      expect(otherWatched.take().filter((complaint) => !expected.test(complaint))).toEqual([]);
    } finally {
      await otherContext.close();
    }
  });

  it("runs no script that is not the server's own", async () => {
    await page.goto(server.url);
    await heading("Overview").waitFor();
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.intruder = true";
      document.body.append(script);
    });
    expect(await page.evaluate(() => window.intruder)).toBeUndefined();
    expect(watched.take().filter((complaint) => complaint.startsWith("policy: script-src"))).toHaveLength(1);
  });
});

describe("leaving and coming back", () => {
  step("sign out", async () => {
    await page.getByRole("button", { name: `User menu of ${WHO.name}` }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await heading("Sign in").waitFor();
    await page.goto(at.own);
    await heading("Sign in").waitFor();
  });

  it("the set-up link opens nothing any more", async () => {
    await page.goto(server.setup);
    // The same address but for its fragment is not loaded again by itself.
    await page.reload();
    await heading("This set-up link has been used").waitFor();
    expect(watched.take()).toEqual([]);
  });

  it("a wrong password is said, and opens nothing", async () => {
    await page.goto(at.own);
    await heading("Sign in").waitFor();
    await signIn("wrong horse battery");
    await page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
    await heading("Sign in").waitFor();
    expect(await page.getByRole("alert").innerText()).toMatch(/wrong|not right|does not match/i);
    // The browser reports the refusal, and nothing else.
    const complaints = watched.take();
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(/status of 401 .*\/api\/v1\/session/);
  });

  step("the right one leads to the page that was asked for", async () => {
    await signIn(WHO.password);
    await heading(at.ownName).waitFor();
    expect(page.url()).toBe(at.own);
  });
});
