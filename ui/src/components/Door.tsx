import { useRouter } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, MouseEvent } from "react";

interface DoorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** An address made by `paths`. */
  to: string;
  /** Without the underline, where the place says that it is a link (rail, tabs). */
  plain?: boolean;
}

/** A link within the dashboard. Opening in a new tab works as everywhere. */
export function Door({ to, plain, className = "", onClick, ...rest }: DoorProps) {
  const router = useRouter();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const other = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (event.defaultPrevented || other) return;
    event.preventDefault();
    router.history.push(to);
  };
  return <a {...rest} href={to} onClick={follow} className={`${plain ? "" : "door"} ${className}`.trim()} />;
}
