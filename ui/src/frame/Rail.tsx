import type { Overview } from "../api/types";
import { Door } from "../components/Door";
import { Mark } from "../components/Sign";
import { count, shortCount } from "../lib/format";
import { paths } from "../paths";
import { Icon } from "./Icon";
import { PLACES, type Place, SYSTEM_PLACES } from "./navigation";

export function Rail({ path, overview, title }: { path: string; overview?: Overview; title: string }) {
  return (
    <nav
      aria-label="Pages"
      className="sticky top-0 flex h-dvh w-48 shrink-0 flex-col overflow-y-auto border-r border-line bg-raised px-2 max-rail:hidden"
    >
      <Door plain to={paths.overview()} className="flex h-12 shrink-0 items-center gap-2 px-2 font-semibold">
        <img src="/favicon.svg" alt="" width="20" height="20" />
        {title}
      </Door>
      <div className="flex flex-col gap-4 py-2">
        <Places places={PLACES} path={path} overview={overview} />
        <div>
          <p className="px-2 pb-1 text-xs text-muted">System</p>
          <Places places={SYSTEM_PLACES} path={path} overview={overview} />
        </div>
      </div>
    </nav>
  );
}

function Places({ places, path, overview }: { places: readonly Place[]; path: string; overview?: Overview }) {
  return (
    <ul className="flex flex-col gap-0.5">
      {places.map((place) => {
        const current = place.isCurrent(path);
        const number = overview && place.count ? place.count(overview) : undefined;
        const trouble = overview ? place.trouble?.(overview) : null;
        return (
          <li key={place.name}>
            <Door
              plain
              to={place.to}
              aria-current={current ? "page" : undefined}
              className={`flex h-8 items-center gap-2.5 rounded-md px-2 ${
                current ? "bg-accent-soft font-semibold text-ink" : "text-ink hover:bg-hover"
              }`}
            >
              <span className={current ? "text-accent" : "text-muted"}>
                <Icon name={place.icon} />
              </span>
              {place.name}
              {number === undefined ? null : (
                <span className="ml-auto text-xs font-normal text-muted" title={count(number)}>
                  {shortCount(number)}
                </span>
              )}
              {trouble ? (
                <span className="ml-auto inline-flex items-center" title={trouble}>
                  <Mark shape="triangle" tone="high" />
                  <span className="sr-only">, {trouble}</span>
                </span>
              ) : null}
            </Door>
          </li>
        );
      })}
    </ul>
  );
}
