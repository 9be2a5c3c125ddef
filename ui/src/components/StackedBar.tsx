import { count } from "../lib/format";
import type { Tone } from "../lib/states";

export interface Part {
  key: string;
  value: number;
  tone: Tone;
  label: string;
}

const toneFill: Record<Tone, string> = {
  critical: "fill-critical",
  high: "fill-high",
  medium: "fill-medium",
  low: "fill-low",
  ok: "fill-ok",
  unknown: "fill-unknown",
  act: "fill-accent",
};

/**
 * Shares of a whole in one line; the legend beside it carries the words and the links. Drawn as SVG,
 * so that a share needs no inline style. What is unknown is hatched.
 */
export function StackedBar({ parts, label }: { parts: readonly Part[]; label: string }) {
  const all = parts.reduce((total, part) => total + part.value, 0);
  if (all === 0) return null;
  const WIDTH = 1000;
  const GAP = 4;
  const shown = parts.filter((part) => part.value > 0);
  // A share too small to see still gets a sliver: one host in ten thousand is not nothing.
  const least = 8;
  const raw = shown.map((part) => Math.max(least, (part.value / all) * WIDTH));
  const scale = (WIDTH - GAP * (shown.length - 1)) / raw.reduce((total, width) => total + width, 0);
  let x = 0;
  const text = shown.map((part) => `${part.label} ${count(part.value)}`).join(", ");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} 10`}
      preserveAspectRatio="none"
      className="h-2 w-full"
      role="img"
      aria-label={`${label}: ${text}`}
    >
      <defs>
        <pattern
          id="hatch"
          width="12"
          height="10"
          patternUnits="userSpaceOnUse"
          patternTransform="skewX(-45)"
        >
          <rect width="6" height="10" className="fill-unknown" />
        </pattern>
      </defs>
      {shown.map((part, at) => {
        const width = (raw[at] ?? 0) * scale;
        const left = x;
        x += width + GAP;
        return (
          <rect
            key={part.key}
            x={left}
            width={width}
            height="10"
            className={part.tone === "unknown" ? "" : toneFill[part.tone]}
            fill={part.tone === "unknown" ? "url(#hatch)" : undefined}
          />
        );
      })}
    </svg>
  );
}
