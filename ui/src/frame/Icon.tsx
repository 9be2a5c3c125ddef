/** Icons of the rail and the bottom bar, drawn on a 16 px grid; the word always stands beside them. */
const drawings = {
  overview: "M2 2h5v7H2zM9 2h5v4H9zM9 8h5v6H9zM2 11h5v3H2z",
  hosts: "M2 2.5h12v4H2zM2 9.5h12v4H2zM4.5 4.5h1M4.5 11.5h1",
  findings: "M8 1.5 14 4v4c0 3.4-2.4 5.6-6 6.5C4.4 13.6 2 11.4 2 8V4zM8 5v3.5M8 10.8v.4",
  updates: "M8 2v8.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  packages: "M8 1.5 14 4.5v7l-6 3-6-3v-7zM2 4.5l6 3 6-3M8 7.5v7",
  feeds: "M2.5 2.5a11 11 0 0 1 11 11M2.5 7.5a6 6 0 0 1 6 6M3 13h.1",
  more: "M3 8h.1M8 8h.1M13 8h.1",
  search: "M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2zM10.7 10.7 14 14",
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" className="shrink-0">
      <path
        d={drawings[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={name === "more" ? 2.4 : 1.4}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
