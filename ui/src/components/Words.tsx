import { Command } from "./Command";

/** A sentence of the server, in which what stands between backticks is a command to be copied. */
export function Words({ text }: { text: string }) {
  const parts = text.split("`");
  // An odd backtick out is no command: the text stands as it is.
  if (parts.length % 2 === 0) return text;
  return parts.map((part, at) => {
    if (at % 2 === 1) return <Command key={at} text={part} />;
    // A full stop alone, after a command, would hang in the air.
    return part === "." ? null : part;
  });
}
