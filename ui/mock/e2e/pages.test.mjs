// The built dashboard in a real browser against the mock: accessibility, width, keyboard, policy.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sideways, violations } from "../../e2e/watch.mjs";
import { enter, launch, openPage, SIZES, settled, THEMES } from "../../scripts/browser.mjs";
import { createMock } from "../api.mjs";
import { serve } from "../http.mjs";

const WHO = { name: "admin", password: "correct horse battery" };
const PAGES = [
  "/",
  "/hosts",
  "/hosts?q=os:debian+security%3E0",
  "/hosts?q=nonsense:1",
  "/hosts/1",
  "/hosts/1/updates",
  "/hosts/9/findings?open=CVE-2019-18224",
  "/hosts/12/findings",
  "/hosts/1/packages",
  "/hosts/999",
  "/findings",
  "/findings?severity=negligible",
  "/cves/CVE-2019-18224",
  "/cves/CVE-1999-0001",
  "/updates",
  "/packages",
  "/feeds?open=ubuntu-oval",
  "/no/such/page",
];

/** The same pages where only lists of fixed issues are in force: an old host, and one that says little. */
const POSITIVES = [
  ...PAGES.filter((path) => !/^\/hosts\/(9|12)\b/.test(path)),
  "/hosts/1/findings?open=CVE-2019-18224",
  "/hosts/1/findings?state=not_affected",
  "/hosts/2",
  "/hosts/2/updates",
  "/hosts/2/findings",
  "/hosts/2/packages",
  "/updates?security=true",
];

/** A host's name of 253 characters, a package's of 200: cut or broken, but never wider than the window. */
const LONG = [
  "/",
  "/hosts",
  "/hosts/1",
  "/hosts/1/updates?sort=name",
  "/hosts/1/findings?q=libxxx&open=CVE-2019-5094",
  "/hosts/1/packages?q=libxxx",
  "/findings?q=libxxx",
  "/cves/CVE-2019-5094",
  "/updates?q=libxxx",
  "/packages?q=libxxx",
];

let browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

describe.each(Object.keys(SIZES))("at %s px", (size) => {
  describe.each(THEMES)("%s", (theme) => {
    it.each([
      ["fleet", PAGES],
      ["positives", POSITIVES],
      ["long", LONG],
    ])(
      "every page of %s: no accessibility violation, nothing scrolls sideways, no error in the console",
      async (scenario, pages) => {
        const server = await serve(createMock({ scenario }));
        const { page, context } = await openPage(browser, size, theme);
        const errors = [];
        page.on("console", (message) => {
          // Answers 401, 404 and 422 that the test asks for are reported by the browser, too.
          if (message.type() === "error" && !/status of 4/.test(message.text())) errors.push(message.text());
        });
        page.on("pageerror", (error) => errors.push(String(error)));
        try {
          await page.goto(server.url);
          await page.getByRole("heading", { name: "Sign in" }).waitFor();
          expect(await violations(page), "sign-in").toEqual([]);
          await enter(page, server.url, WHO);
          expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
          for (const path of pages) {
            await page.goto(server.url + path);
            await page.getByRole("main").waitFor();
            await page.getByRole("heading").first().waitFor();
            await settled(page);
            // The dark phone differs from what the other three have shown by nothing that axe looks at.
            if (size !== "390" || theme === "light") expect(await violations(page), path).toEqual([]);
            expect(await sideways(page), path).toEqual([]);
          }
          expect(errors).toEqual([]);
        } finally {
          await context.close();
          await server.close();
        }
      },
    );
  });
});

describe("before there is an administrator", () => {
  it("the set-up page signs in, and leaves no token in the address", async () => {
    const server = await serve(createMock({ scenario: "setup" }));
    const { page, context } = await openPage(browser, "1440", "light");
    try {
      await page.goto(server.url);
      await page.getByRole("heading", { name: "Mendwatch is not set up yet" }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.goto(`${server.url}/setup#first-light`);
      // A new fragment alone does not load the page again.
      await page.reload();
      await page.getByRole("heading", { name: "Set up the first administrator" }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByLabel("Password", { exact: true }).fill(WHO.password);
      await page.getByRole("button", { name: "Set up and sign in" }).click();
      await page.getByText("No host has reported yet.").waitFor();
      expect(page.url()).toBe(`${server.url}/`);
      expect(await violations(page)).toEqual([]);
    } finally {
      await context.close();
      await server.close();
    }
  });
});

describe("at work", () => {
  let server;
  let mock;
  let page;
  let context;
  beforeAll(async () => {
    mock = createMock({ scenario: "large" });
    server = await serve(mock);
    ({ page, context } = await openPage(browser, "1440", "light"));
    await enter(page, server.url, WHO);
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
  });

  it("a list of 2,000 hosts is read while one scrolls, with few rows in the page", async () => {
    await page.goto(`${server.url}/hosts?sort=hostname`);
    const table = page.getByRole("table", { name: "Hosts" });
    await table.waitFor();
    expect(await table.getAttribute("aria-rowcount")).toBe("2001");
    for (let step = 0; step < 12; step += 1) {
      await page.mouse.wheel(0, 4000);
      await page.waitForTimeout(150);
    }
    await page.waitForFunction(() => Number(document.querySelector("table")?.dataset.rows) >= 500);
    expect(await page.locator("[data-row]").count()).toBeLessThan(150);
    // The header is still there, below the top bar.
    const head = await page.getByRole("columnheader", { name: "Host", exact: true }).boundingBox();
    expect(Math.round(head.y)).toBe(48);
  });

  it("keys: go to, rows, open, back, search, help", async () => {
    await page.goto(server.url);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    const table = page.getByRole("table", { name: "Hosts" });
    await table.waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    const name = await page.evaluate(() => document.activeElement?.textContent);
    expect(name).toBe(await table.getByRole("row").nth(2).getByRole("link").first().textContent());
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name }).waitFor();
    await page.keyboard.press("Escape");
    await table.waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys, queries and signs" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page
      .getByRole("dialog")
      .waitFor({ state: "detached" })
      .catch(() => {});
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("/");
    await page.keyboard.type("web-0002");
    await page.getByRole("option", { name: /web-0002/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "web-0002.example.org" }).waitFor();
  });

  it("menus: theme, export", async () => {
    await page.goto(`${server.url}/hosts?q=os:almalinux`);
    await page.getByRole("table", { name: "Hosts" }).waitFor();
    await page.getByRole("button", { name: "User menu of admin" }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("menuitemradio", { name: "Dark theme" }).click();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    const total = await page.getByText(/^[\d,]+ of 2,000 hosts match/).textContent();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: /^Export/ }).click();
    await page.getByRole("menuitem", { name: /CSV/ }).click();
    const file = readFileSync(await (await download).path(), "utf8")
      .trim()
      .split("\r\n");
    // Every row of the query, also those not loaded yet.
    expect(file.length - 1).toBe(Number(total.split(" ")[0].replace(",", "")));
    expect(file[0].split(",").slice(0, 4)).toEqual(["colour", "id", "hostname", "platform"]);
  });

  it("rows change by themselves, and the sign says when they don't", async () => {
    await page.goto(`${server.url}/hosts/1`);
    await page.getByRole("heading", { name: "bookworm-0001.example.org" }).waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    const before = mock.hosts[0].updates.length;
    expect(before).toBeGreaterThan(0);
    server.api.announce(mock.report(1));
    await page.getByRole("link", { name: `Updates ${before - 1}` }).waitFor();
    server.api.drop();
    await page.getByText("reconnecting", { exact: true }).waitFor();
    await page.getByText("live", { exact: true }).waitFor();
  });
});
