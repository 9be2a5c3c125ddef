import { useQueryClient } from "@tanstack/react-query";
import { change } from "../api/client";
import { api } from "../api/queries";
import type { Session } from "../api/types";
import { Menu, menuItem } from "../components/Menu";
import { capital } from "../lib/format";
import { THEMES, useTheme } from "./theme";

export function UserMenu({ session, onHelp }: { session: Session; onHelp: () => void }) {
  const name = session.user?.name ?? "you";
  return (
    <Menu
      label={`User menu of ${name}`}
      className="flex h-8 items-center gap-1 rounded-md px-2 text-sm hover:bg-hover"
      button={
        <>
          <span className="max-w-32 truncate">{name}</span>
          <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
            <path d="M2 4l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.6" />
          </svg>
        </>
      }
    >
      {(close) => <UserItems session={session} onHelp={onHelp} close={close} />}
    </Menu>
  );
}

/** Theme, help and the way out; also in the sheet of the phone. */
export function UserItems({
  session,
  onHelp,
  close,
}: {
  session: Session;
  onHelp: () => void;
  close: () => void;
}) {
  const [theme, setTheme] = useTheme();
  const client = useQueryClient();
  const leave = async () => {
    close();
    await change("DELETE", api.session).catch(() => null);
    // Nothing that was read may stay in the page of someone signed out.
    client.clear();
    window.location.assign("/");
  };
  return (
    <>
      {session.user ? (
        <p className="px-3 py-1 text-xs text-muted" role="presentation">
          {session.user.name}, {session.user.role} · {session.title} {session.version}
        </p>
      ) : null}
      {THEMES.map((each) => (
        <button
          key={each}
          type="button"
          role="menuitemradio"
          aria-checked={theme === each}
          className={menuItem}
          onClick={() => setTheme(each)}
        >
          <span aria-hidden="true" className="w-3 text-accent">
            {theme === each ? "●" : ""}
          </span>
          {each === "system" ? "Theme of the system" : `${capital(each)} theme`}
        </button>
      ))}
      <button
        type="button"
        role="menuitem"
        className={`${menuItem} border-t border-line`}
        onClick={() => {
          close();
          onHelp();
        }}
      >
        <span className="w-3" />
        Keys and queries
        <kbd className="ml-auto font-mono text-xs text-muted">?</kbd>
      </button>
      <button type="button" role="menuitem" className={menuItem} onClick={leave}>
        <span className="w-3" />
        Sign out
      </button>
    </>
  );
}
