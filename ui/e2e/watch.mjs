// What must not happen while the pages are used, and what must be true of each of them.
import { readFileSync } from "node:fs";

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/**
 * Notes whatever the browser complains of in `context`: errors of the console and of scripts, what the policy
 * refused, and requests to anywhere but `origin`. `take()` gives the complaints so far and forgets them.
 */
export async function watch(context, origin) {
  let complaints = [];
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI}`);
    });
  });
  context.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complaints.push(`script: ${error.error()}`));
  context.on("request", (request) => {
    const { origin: to, protocol } = new URL(request.url());
    if (to !== origin && !["data:", "blob:"].includes(protocol))
      complaints.push(`request to ${request.url()}`);
  });
  return {
    take() {
      const taken = complaints;
      complaints = [];
      return taken;
    },
  };
}

/** What a theme can change: colours. */
const THEME_RULES = ["color-contrast"];
/** Rows of a table are alike; those below the first screen are left out for the time they would take. */
const MORE_ROWS = "tbody[data-row]:nth-of-type(n + 21)";

/**
 * Violations of the accessibility rules; with `themeOnly`, of those that look at colours. Evaluated, not injected as a
 * script, so that the page's policy stays as it is.
 */
export async function violations(page, { themeOnly = false } = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const found = await page.evaluate(
    ([rules, exclude]) =>
      window.axe.run(document.querySelector(exclude) ? { include: "html", exclude } : document, {
        runOnly: rules,
        resultTypes: ["violations"],
      }),
    [themeOnly ? THEME_RULES : RULES, MORE_ROWS],
  );
  return found.violations.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.target.join(" ")}`));
}

/** What sticks out of the window to the right. */
export function sideways(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
      .filter((each) => each.getBoundingClientRect().right > width + 0.5)
      .map((each) => `${each.tagName} ${each.textContent?.slice(0, 40)}`);
  });
}

/** Every row of a table as `{ header: text }`, also of one that keeps only the rows in sight in the page. */
export async function rowsOf(table) {
  await table.waitFor();
  return table.evaluate(async (element) => {
    // A page that the browser does not draw at the moment gets no frame.
    const frame = () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => resolve());
        setTimeout(resolve, 250);
      });
    // Without the arrow of the column that is sorted by.
    const headers = [...element.querySelectorAll("thead th")].map((each) =>
      each.textContent.replace(/[↑↓]/, ""),
    );
    const total = Number(element.getAttribute("aria-rowcount")) - 1;
    const rows = new Map();
    const read = () => {
      for (const body of element.querySelectorAll("[data-row]")) {
        const cells = [...body.querySelectorAll("tr:first-child > td")].map((each) =>
          each.textContent.trim(),
        );
        rows.set(body.dataset.row, Object.fromEntries(headers.map((header, at) => [header, cells[at]])));
      }
    };
    read();
    // Twice at most: rows that were scrolled past before they were drawn are met on the second way.
    for (let pass = 0; pass < 2 && rows.size < total; pass += 1) {
      window.scrollTo(0, 0);
      for (let end = false; !end && rows.size < total; ) {
        end = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 1;
        window.scrollBy(0, window.innerHeight);
        await frame();
        await frame();
        read();
      }
    }
    window.scrollTo(0, 0);
    return [...rows.values()];
  });
}
