import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { overviewQuery } from "../api/queries";
import type { Session } from "../api/types";
import { paths } from "../paths";
import { AsOf } from "./AsOf";
import { BottomBar } from "./BottomBar";
import { HelpSheet } from "./HelpSheet";
import { Omnibox } from "./Omnibox";
import { Rail } from "./Rail";
import { UserMenu } from "./UserMenu";
import { useLive } from "./useLive";
import { useShortcuts } from "./useShortcuts";

/** What stands around every page: rail or bottom bar, search, age of the data, user. */
export function Frame({ session }: { session: Session }) {
  const router = useRouter();
  const path = useLocation({ select: (location) => location.pathname });
  const live = useLive();
  const { data: overview } = useQuery(overviewQuery);
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);

  useShortcuts(
    useMemo(
      () => ({
        search: () => search.current?.focus(),
        help: () => setHelp(true),
        back: () => {
          const { pathname, search: now } = router.latestLocation;
          const open = document.querySelector<HTMLElement>('main [data-row-open][aria-expanded="true"]');
          if (open) open.click();
          else if (/^\/(hosts|cves)\/./.test(pathname)) {
            // Back to the list as it was left, where there is one to go back to.
            if (router.history.canGoBack() && Object.keys(now).length === 0) router.history.back();
            else router.history.push(pathname.startsWith("/cves") ? paths.findings() : paths.hosts());
          } else (document.activeElement as HTMLElement | null)?.blur();
        },
      }),
      [router],
    ),
  );

  // A new page begins at its beginning for screen readers too, but not on the first load.
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <div className="flex min-h-dvh">
      {/* biome-ignore lint/a11y/useValidAnchor: a link to a place on this page, which the router must not take for an address */}
      <a
        href="#main"
        className="sr-only z-50 bg-surface p-2 focus:not-sr-only focus:fixed"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <Rail path={path} overview={overview} title={session.title} />
      <div className="flex min-w-0 grow flex-col">
        <header className="sticky top-0 z-20 flex h-12 items-center gap-4 border-b border-line bg-surface px-4 sm:px-6">
          <Omnibox ref={search} />
          <div className="ml-auto flex items-center gap-3">
            <AsOf overview={overview} live={live} />
            <div className="max-rail:hidden">
              <UserMenu session={session} onHelp={() => setHelp(true)} />
            </div>
          </div>
        </header>
        <main
          ref={main}
          id="main"
          tabIndex={-1}
          className="w-full max-w-[1600px] grow px-4 pt-5 pb-24 outline-none sm:px-6 rail:pb-12"
        >
          <Outlet />
        </main>
      </div>
      <BottomBar path={path} session={session} onHelp={() => setHelp(true)} />
      <HelpSheet open={help} onClose={() => setHelp(false)} />
    </div>
  );
}
