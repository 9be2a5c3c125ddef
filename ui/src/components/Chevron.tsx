/** Points at what a button opens, and down once it is open; the button itself says which. */
export function Chevron({ open }: { open: boolean }) {
  return (
    <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true" className={open ? "rotate-90" : ""}>
      <path d="m4 1.5 4.5 4.5L4 10.5" fill="none" stroke="currentColor" strokeWidth="1.8" />
    </svg>
  );
}
