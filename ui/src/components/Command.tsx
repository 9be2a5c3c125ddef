import { useEffect, useState } from "react";

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain HTTP has no clipboard API: the text is selected instead, one key away from copied.
    return false;
  }
}

/** A shell line that mends something, to be copied. */
export function Command({ text, label }: { text: string; label?: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const select = (element: HTMLElement | null) => {
    if (!element) return;
    window.getSelection()?.selectAllChildren(element);
  };
  return (
    <span className="inline-flex max-w-full items-stretch rounded-md border border-line bg-raised align-middle font-mono text-xs leading-6">
      <code className="min-w-0 whitespace-pre-wrap py-0.5 pl-2 pr-1">{text}</code>
      <button
        type="button"
        className="shrink-0 rounded-r-md border-l border-line px-2 font-sans text-muted hover:bg-hover hover:text-ink"
        aria-label={`Copy: ${label ?? text}`}
        onClick={async (event) => {
          const code = event.currentTarget.previousElementSibling as HTMLElement | null;
          if (await copy(text)) setSaid("Copied");
          else {
            select(code);
            setSaid("Selected");
          }
        }}
      >
        <span aria-live="polite">{said || "Copy"}</span>
      </button>
    </span>
  );
}
