// Pictures of the pages at 1440 x 900 and 390 x 844 in both themes.
//
//   npm run screenshots -- OUT                                    the mock (build first)
//   npm run screenshots -- OUT --base http://127.0.0.1:8001 --name admin --password ... [--host 1] [--cve ID]
//                              [--setup http://127.0.0.1:8001/setup#TOKEN]
import { mkdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createMock } from "../mock/api.mjs";
import { serve } from "../mock/http.mjs";
import { enter, launch, openPage, SIZES, settled, THEMES } from "./browser.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: "string" },
    name: { type: "string", default: "admin" },
    password: { type: "string", default: "correct horse battery" },
    setup: { type: "string" },
    host: { type: "string", default: "1" },
    cve: { type: "string", default: "CVE-2019-18224" },
    scenario: { type: "string", default: "fleet" },
    only: { type: "string" },
  },
});
const out = positionals[0] ?? "screenshots";
await mkdir(out, { recursive: true });

const mock = values.base ? null : createMock({ scenario: values.scenario });
const served = mock ? await serve(mock) : null;
const base = values.base ?? served.url;
const host = `/hosts/${values.host}`;
const PAGES = [
  ["overview", "/"],
  ["hosts", "/hosts"],
  ["hosts-filtered", "/hosts?q=os:debian+security%3E0"],
  ["host", host],
  ["host-updates", `${host}/updates`],
  ["host-findings", `${host}/findings`],
  ["host-packages", `${host}/packages`],
  ["findings", "/findings"],
  ["cve", `/cves/${values.cve}`],
  ["updates", "/updates"],
  ["packages", "/packages"],
  ["feeds", "/feeds"],
  ["not-found", "/no/such/page"],
].filter(([name]) => !values.only || values.only.split(",").includes(name));

const browser = await launch();
let setup = values.setup;
for (const size of Object.keys(SIZES)) {
  for (const theme of THEMES) {
    // The mock has one session for all; a real server gives each context its own.
    if (mock) mock.state.session = false;
    const { page, context } = await openPage(browser, size, theme);
    const file = (name) => `${out}/${name}-${size}-${theme}.png`;
    if (!values.only) {
      await page.goto(setup ?? base);
      await page.getByRole("heading").first().waitFor();
      await page.screenshot({ path: file(setup ? "setup" : "sign-in") });
    }
    await enter(page, base, { ...values, setup });
    setup = undefined;
    for (const [name, path] of PAGES) {
      await page.goto(base + path);
      await page.getByRole("heading").first().waitFor();
      await settled(page);
      if (name === "host-findings") {
        // The evidence of the first finding, where there is one.
        const evidence = page.getByRole("button", { name: /^Evidence for/ }).first();
        if (await evidence.count()) {
          await evidence.click();
          await settled(page);
        }
      }
      await page.waitForTimeout(400);
      await page.screenshot({ path: file(name) });
      if (name === "overview" || name === "host") {
        await page.screenshot({ path: file(`${name}-whole`), fullPage: true });
      }
    }
    await context.close();
  }
}
await browser.close();
await served?.close();
console.log(`written to ${out}`);
