import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Tokens of both themes, read from the file that the browser gets. */
const css = readFileSync(`${process.cwd()}/src/styles/tokens.css`, "utf8");
function tokens(theme: string): Record<string, string> {
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
}

/** Relative luminance and contrast ratio: WCAG 2.1, definitions. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

it("the formula gives WCAG's own extremes", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  // #767676 on white is the well-known lightest grey that passes AA: 4.54.
  expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
});

const SURFACES = ["surface", "raised", "hover"];
const STATES = ["critical", "high", "medium", "low", "ok", "unknown"];
const TEXT = ["ink", "muted", "accent", ...STATES];

describe.each(["light", "dark"])("theme %s", (theme) => {
  const of = tokens(theme);
  const token = (name: string): string => {
    const value = of[name];
    if (!value) throw new Error(`no token --${name} in ${theme}`);
    return value;
  };

  it.each(TEXT.flatMap((text) => SURFACES.map((surface) => [text, surface] as const)))(
    "text %s on %s has 4.5:1",
    (text, surface) => {
      expect(contrast(token(text), token(surface))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(STATES)("%s on its own fill has 4.5:1", (state) => {
    expect(contrast(token(state), token(`${state}-soft`))).toBeGreaterThanOrEqual(4.5);
  });

  it("ink and muted on the fills of chips and notes have 4.5:1", () => {
    for (const text of ["ink", "muted"]) {
      for (const fill of ["accent-soft", "unknown-soft"]) {
        expect(contrast(token(text), token(fill)), `${text} on ${fill}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it("words on the primary button have 4.5:1", () => {
    expect(contrast(token("on-accent"), token("accent"))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["line-strong", "accent"])("marks and borders of fields, %s, have 3:1", (mark) => {
    for (const surface of SURFACES) expect(contrast(token(mark), token(surface))).toBeGreaterThanOrEqual(3);
  });

  it("both themes define the same tokens", () => {
    expect(Object.keys(of).sort()).toEqual(Object.keys(tokens("light")).sort());
  });
});
