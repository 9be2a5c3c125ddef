import type { Shape, Sign as SignType, Tone } from "../lib/states";

const toneText: Record<Tone, string> = {
  critical: "text-critical",
  high: "text-high",
  medium: "text-medium",
  low: "text-low",
  ok: "text-ok",
  unknown: "text-unknown",
  act: "text-accent",
};

const drawings: Record<Shape, React.ReactNode> = {
  disc: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  triangle: <path d="M6 1.2 11.2 10.6H.8z" fill="currentColor" />,
  diamond: <path d="M6 .8 11.2 6 6 11.2.8 6z" fill="currentColor" />,
  ring: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  hatch: (
    <path
      d="M1.5 1.5h9v9h-9zM1.5 6 6 1.5M1.5 10.5l9-9M6 10.5 10.5 6"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.1"
    />
  ),
  check: <path d="m1.5 6.5 3 3 6-7" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  arrow: (
    <path d="M6 1v8.500M2.2 6 6 9.8 9.8 6M1.5 11.300h9" fill="none" stroke="currentColor" strokeWidth="1.6" />
  ),
  dots: <path d="M1.5 6h.1M6 6h.1M10.5 6h.1" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />,
  dash: <path d="M2 6h8" stroke="currentColor" strokeWidth="1.8" />,
};

/** The shape of a state alone; the word stands beside it. */
export function Mark({ shape, tone, size = 10 }: { shape: Shape; tone: Tone; size?: number }) {
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      aria-hidden="true"
      className={`inline-block shrink-0 self-center ${toneText[tone]}`}
    >
      {drawings[shape]}
    </svg>
  );
}

/** A state said three times: colour, shape and word. */
export function Sign({ sign, word, className = "" }: { sign: SignType; word?: string; className?: string }) {
  return (
    <span
      className={`inline-flex items-baseline gap-1.5 whitespace-nowrap ${className}`}
      title={sign.meaning}
    >
      <Mark shape={sign.shape} tone={sign.tone} />
      <span className={toneText[sign.tone]}>{word ?? sign.word}</span>
    </span>
  );
}

/** The shape with its word in plain text: for chips, where the colour of the word would be too much. */
export function Labelled({ sign }: { sign: SignType }) {
  return (
    <span className="inline-flex items-center gap-1.5" title={sign.meaning}>
      <Mark shape={sign.shape} tone={sign.tone} size={9} />
      {sign.word}
    </span>
  );
}
