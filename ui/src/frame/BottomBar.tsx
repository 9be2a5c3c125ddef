import { useState } from "react";
import type { Session } from "../api/types";
import { Door } from "../components/Door";
import { Sheet } from "../components/Sheet";
import { Icon } from "./Icon";
import { PLACES, type Place, SYSTEM_PLACES } from "./navigation";
import { UserItems } from "./UserMenu";

const IN_BAR = 4;
const cell = "flex h-14 grow basis-0 flex-col items-center justify-center gap-0.5 text-xs";

/** The phone's way round: four places, and a sheet with the rest. */
export function BottomBar({ path, session, onHelp }: { path: string; session: Session; onHelp: () => void }) {
  const [open, setOpen] = useState(false);
  const rest = [...PLACES.slice(IN_BAR), ...SYSTEM_PLACES];
  const close = () => setOpen(false);
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] rail:hidden"
    >
      {PLACES.slice(0, IN_BAR).map((place) => (
        <BarItem key={place.name} place={place} path={path} />
      ))}
      <button
        type="button"
        className={`${cell} ${rest.some((place) => place.isCurrent(path)) ? "text-accent" : "text-muted"}`}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="more" size={18} />
        More
      </button>
      <Sheet open={open} onClose={close} title="More" side="bottom">
        <ul className="-mx-3">
          {rest.map((place) => (
            <li key={place.name}>
              <Door
                plain
                to={place.to}
                onClick={close}
                aria-current={place.isCurrent(path) ? "page" : undefined}
                className="flex h-11 items-center gap-3 px-3 hover:bg-hover"
              >
                <Icon name={place.icon} />
                {place.name}
              </Door>
            </li>
          ))}
        </ul>
        <div role="menu" aria-label="Theme, help, sign out" className="-mx-3 mt-2 border-t border-line pt-2">
          <UserItems session={session} onHelp={onHelp} close={close} />
        </div>
      </Sheet>
    </nav>
  );
}

function BarItem({ place, path }: { place: Place; path: string }) {
  const current = place.isCurrent(path);
  return (
    <Door
      plain
      to={place.to}
      aria-current={current ? "page" : undefined}
      className={`${cell} ${current ? "font-semibold text-accent" : "text-muted"}`}
    >
      <Icon name={place.icon} size={18} />
      {place.name}
    </Door>
  );
}
