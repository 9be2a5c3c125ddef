// Chromium of the system, driven by playwright-core; CHROMIUM names another.
import { chromium } from "playwright-core";

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export const SIZES = { 1440: { width: 1440, height: 900 }, 390: { width: 390, height: 844 } };
export const THEMES = ["light", "dark"];

/** A page in one size and theme; the theme is set as a user's choice would be. */
export async function openPage(browser, size, theme) {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: theme,
    deviceScaleFactor: 1,
    ...(size === "390" ? { hasTouch: true, isMobile: true } : {}),
  });
  const page = await context.newPage();
  return { page, context };
}

/** Signs in through the form, or through the set-up page when given its link. */
export async function enter(page, base, { name, password, setup }) {
  if (setup) {
    await page.goto(setup);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Set up and sign in" }).click();
  } else {
    await page.goto(base);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await page.getByRole("main").waitFor();
  await page.getByRole("navigation", { name: "Pages" }).last().waitFor();
}

/** Waits until nothing is being read any more. */
export async function settled(page) {
  await page.waitForLoadState("load");
  await page.waitForFunction(() => !document.querySelector('[role="status"].appear-late'), undefined, {
    timeout: 15_000,
  });
  await page.evaluate(() => document.fonts.ready);
}
