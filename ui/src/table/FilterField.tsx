import { useEffect, useRef, useState } from "react";
import { useUrl } from "../hooks/useUrl";

/** Free text that narrows the table; it lives in the address, written once the typing pauses. */
export function FilterField({ label }: { label: string }) {
  const { search, set } = useUrl();
  const inUrl = search.q ?? "";
  const [text, setText] = useState(inUrl);
  const typed = useRef(inUrl);
  useEffect(() => {
    // The address changed under the field: back, a chip, a link.
    if (inUrl !== typed.current) {
      typed.current = inUrl;
      setText(inUrl);
    }
  }, [inUrl]);
  useEffect(() => {
    if (text === typed.current) return;
    const timer = setTimeout(() => {
      typed.current = text;
      set({ q: text || undefined }, "replace");
    }, 200);
    return () => clearTimeout(timer);
  }, [text, set]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setText(event.target.value)}
      className="h-7 w-56 min-w-0 rounded-md max-sm:grow border border-line-strong bg-surface px-2 text-sm placeholder:text-muted"
    />
  );
}
