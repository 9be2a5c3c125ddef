import { Command } from "./Command";
import { Times } from "./Times";

/**
 * A sentence of the server. What stands between backticks is typed: several words are a command, to be
 * copied, one word is the name of a suite or a file.
 */
export function Words({ text }: { text: string }) {
  const parts = text.split("`");
  // An odd backtick out marks nothing: the text stands as it is.
  if (parts.length % 2 === 0) return <Times text={text} />;
  return parts.map((part, at) => {
    if (at % 2 === 1)
      return part.includes(" ") ? (
        <Command key={at} text={part} />
      ) : (
        <code key={at} className="font-mono text-xs">
          {part}
        </code>
      );
    // A full stop alone, after a command, would hang in the air.
    return part === "." ? null : <Times key={at} text={part} />;
  });
}
