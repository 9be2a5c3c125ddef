import { useQuery } from "@tanstack/react-query";
import { hostUpdatesQuery } from "../../../api/queries";
import type { HostDetail } from "../../../api/types";
import { Door } from "../../../components/Door";
import { Block } from "../../../components/Facts";
import { Loading } from "../../../components/Notice";
import { Mark, Sign } from "../../../components/Sign";
import { count, plural } from "../../../lib/format";
import { otherSign, sectionStanding, securitySign } from "../../../lib/states";
import { paths } from "../../../paths";
import { bySourceGuess, noUpdates } from "../updates";

const SHOWN = 8;

/** The security updates first: what a reader of this page came for. */
export function WaitsMost({ host }: { host: HostDetail }) {
  const id = String(host.id);
  const { data } = useQuery(hostUpdatesQuery(id));
  const section = host.sections.find((each) => each.name === "updates");
  const none = noUpdates(host);
  const rows = bySourceGuess(data?.items ?? []);
  const { security, other, withheld } = host.updates;
  return (
    <Block
      title="What waits"
      aside={
        <span className="flex gap-4 text-sm">
          {security > 0 ? (
            <Door to={paths.hostUpdates(id, { kind: "security" })}>
              {plural(security, "security update")}
            </Door>
          ) : null}
          {other > 0 ? (
            <Door to={paths.hostUpdates(id, { kind: "other" })}>{plural(other, "other update")}</Door>
          ) : null}
          {withheld > 0 ? (
            <Door to={paths.hostUpdates(id, { kind: "withheld" })}>{count(withheld)} withheld</Door>
          ) : null}
        </span>
      }
    >
      {none.known ? null : (
        <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2">
          <Sign sign={sectionStanding(section ?? { state: "never" })} />
          <span>
            {rows.length > 0 ? "Shown is what was known before." : none.title}{" "}
            {/* Above stands why, with what else is not known. */}
            {host.not_known.length === 0 ? <span className="text-muted">{none.text}</span> : null}
          </span>
        </p>
      )}
      {!data ? (
        <Loading what="the updates" />
      ) : rows.length === 0 ? (
        none.known ? (
          <p className="flex items-center gap-2 py-2">
            <Mark shape={none.sure ? "check" : "dash"} tone={none.sure ? "ok" : "unknown"} />
            {none.text}
          </p>
        ) : null
      ) : (
        <ul>
          {rows.slice(0, SHOWN).map((row) => (
            <li key={row.key} className="flex min-h-8 items-center gap-3 border-b border-line py-1">
              <Sign sign={row.security ? securitySign : otherSign} className="w-20 shrink-0" />
              <span className="flex min-w-0 grow items-baseline gap-x-1.5" title={row.names.join(", ")}>
                <Door
                  to={paths.hostUpdates(id, { q: row.names[0] })}
                  className="min-w-0 truncate font-semibold sm:shrink-0 sm:max-w-full"
                >
                  {row.names[0]}
                </Door>
                {row.names.length > 1 ? (
                  <span className="min-w-0 truncate text-muted max-sm:shrink-0">
                    <span className="sm:hidden">+{count(row.names.length - 1)} more</span>
                    <span className="max-sm:hidden">
                      and {count(row.names.length - 1)} more to this version
                    </span>
                  </span>
                ) : null}
              </span>
              <span className="max-w-[45%] shrink-0 truncate text-muted max-sm:hidden" title={row.candidate}>
                → {row.candidate}
              </span>
            </li>
          ))}
          {rows.length > SHOWN ? (
            <li className="py-2">
              <Door to={paths.hostUpdates(id)}>All {plural(data.items.length, "update")}</Door>
            </li>
          ) : null}
        </ul>
      )}
    </Block>
  );
}
