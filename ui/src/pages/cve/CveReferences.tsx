import { plural } from "../../lib/format";

/** Addresses of the web. A feed may name anything, and a `javascript:` address would run here. */
function isWeb(link: string): boolean {
  try {
    return ["https:", "http:"].includes(new URL(link).protocol);
  } catch {
    return false;
  }
}

/** What the feeds link to, folded: there may be dozens. What is no address of the web is shown as text. */
export function CveReferences({ links }: { links: readonly string[] }) {
  if (links.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer text-muted">{plural(links.length, "reference")}</summary>
      <ul className="mt-1 grid gap-y-0.5 text-xs">
        {links.map((link) => (
          <li key={link}>
            {isWeb(link) ? (
              <a href={link} className="door" target="_blank" rel="noopener noreferrer">
                {link}
              </a>
            ) : (
              link
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
