import type { HostRow } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Door } from "../../components/Door";
import { FindingCount, knownFindings } from "../../components/FindingCount";
import { Mark, Sign } from "../../components/Sign";
import { count, platformName, plural } from "../../lib/format";
import { countsAreWhole, openQuestions, openQuestionsSentence } from "../../lib/notKnown";
import {
  colourOf,
  freshnessSign,
  notAssessedSign,
  rebootSign,
  restNotAssessedSign,
  severitySign,
  signOf,
} from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { TwoLines } from "../../table/TableRow";

/** The host's name without the domain stands out; the domain stays readable. */
export function HostName({ host }: { host: HostRow }) {
  const dot = host.hostname.indexOf(".");
  const [name, domain] =
    dot > 0 ? [host.hostname.slice(0, dot), host.hostname.slice(dot)] : [host.hostname, ""];
  return (
    <Door to={paths.host(host.id)} title={host.hostname} className="min-w-0 truncate">
      <span className="font-semibold">{name}</span>
      <span className="text-muted">{domain}</span>
    </Door>
  );
}

function Count({ host, value, to, label }: { host: HostRow; value: number; to: string; label: string }) {
  if (value === 0) {
    // The host has not said what waits, or not all of it: a zero would be a claim.
    const known = countsAreWhole(host);
    return (
      <span className="text-muted" title={known ? undefined : "What waits is not known"}>
        {known ? "0" : "–"}
      </span>
    );
  }
  return (
    <Door to={to} aria-label={`${count(value)} ${label}`}>
      {count(value)}
    </Door>
  );
}

function Worst({ host }: { host: HostRow }) {
  if (host.open_findings === 0) {
    return host.assessed ? <span className="text-muted">none</span> : <Sign sign={notAssessedSign} />;
  }
  if (!host.worst_severity) return <span className="text-muted">not rated</span>;
  return <Sign sign={signOf(severitySign, host.worst_severity)} />;
}

function Reboot({ required }: { required: boolean | null | undefined }) {
  if (required) return <Sign sign={rebootSign} word="required" />;
  return <span className="text-muted">{required === false ? "no" : "not known"}</span>;
}

/**
 * The number for a file: empty where it is not known. What a host said before it fell silent, or
 * beside what it could not say, is known; a zero of such a host is not.
 */
const known = (pick: (host: HostRow) => number) => (host: HostRow) =>
  countsAreWhole(host) || (host.updates_known && pick(host) > 0) ? pick(host) : null;

/** The colour; where it is grey, why. */
function State({ host }: { host: HostRow }) {
  const sign = colourOf(host);
  const open = openQuestions(host);
  if (open.length === 0) return <Sign sign={sign} />;
  const meaning = openQuestionsSentence(host);
  if (host.colour === "grey") return <Sign sign={{ ...sign, meaning }} word={open[0]} />;
  return (
    <span className="inline-flex items-baseline gap-1.5">
      <Sign sign={sign} />
      <span className="inline-flex self-center" title={meaning}>
        <Mark shape="hatch" tone="unknown" />
      </span>
      <span className="sr-only">, {meaning}</span>
    </span>
  );
}

export const hostColumns: readonly Column<HostRow>[] = [
  {
    id: "state",
    header: "State",
    hint: "Colour by what waits and by what is known",
    width: "w-40",
    cell: (host) => <State host={host} />,
    fields: [{ name: "colour", value: (host) => host.colour }],
  },
  {
    id: "hostname",
    header: "Host",
    sort: { key: "hostname", first: "ascending" },
    cell: (host) => (
      // Tags in what the name leaves: with too little of it they wrap to a line that is not seen. Where
      // there is room they have a column of their own.
      <span className="flex h-5 min-w-0 flex-wrap items-baseline gap-x-3 overflow-hidden">
        <span className="flex max-w-full min-w-0">
          <HostName host={host} />
        </span>
        <span
          className="min-w-20 flex-1 basis-20 truncate text-xs text-muted 2xl:hidden"
          title={host.tags.join(", ")}
        >
          {host.tags.join(", ")}
        </span>
      </span>
    ),
    fields: [
      { name: "id", value: (host) => host.id },
      { name: "hostname", value: (host) => host.hostname },
    ],
  },
  {
    id: "os",
    header: "System",
    width: "w-40",
    from: "md",
    cell: (host) => (
      <span title={host.os_name || platformName(host.platform)}>{platformName(host.platform)}</span>
    ),
    fields: [
      { name: "platform", value: (host) => host.platform },
      { name: "os_name", value: (host) => host.os_name },
    ],
  },
  {
    id: "security",
    header: "Security",
    hint: "Security updates that wait",
    align: "right",
    width: "w-22",
    sort: { key: "security_updates", first: "descending" },
    cell: (host) => (
      <Count
        host={host}
        value={host.security_updates}
        to={paths.hostUpdates(host.id, { kind: "security" })}
        label={host.security_updates === 1 ? "security update" : "security updates"}
      />
    ),
    fields: [{ name: "security_updates", value: known((host) => host.security_updates) }],
  },
  {
    id: "other",
    header: "Other",
    hint: "Other updates that wait",
    align: "right",
    width: "w-16",
    sort: { key: "other_updates", first: "descending" },
    cell: (host) => (
      <Count
        host={host}
        value={host.other_updates}
        to={paths.hostUpdates(host.id, { kind: "other" })}
        label={host.other_updates === 1 ? "other update" : "other updates"}
      />
    ),
    fields: [
      { name: "other_updates", value: known((host) => host.other_updates) },
      { name: "withheld_updates", value: known((host) => host.withheld_updates) },
    ],
  },
  {
    id: "findings",
    header: "Findings",
    hint: "CVEs that are open",
    align: "right",
    width: "w-20",
    sort: { key: "open_findings", first: "descending" },
    cell: (host) =>
      knownFindings(host) === null ? (
        // The column beside it says why.
        <span className="text-muted">–</span>
      ) : (
        <FindingCount
          open={host.open_findings}
          assessed={host.assessed}
          to={paths.hostFindings(host.id)}
          label={plural(host.open_findings, "finding")}
        />
      ),
    fields: [
      { name: "assessed", value: (host) => host.assessed },
      { name: "open_findings", value: knownFindings },
    ],
  },
  {
    id: "worst",
    header: "Worst",
    hint: "The worst severity among open findings",
    width: "w-30",
    from: "lg",
    cell: (host) => <Worst host={host} />,
    fields: [{ name: "worst_severity", value: (host) => host.worst_severity }],
  },
  {
    id: "reboot",
    header: "Reboot",
    hint: "Whether the host must be rebooted to finish an update",
    width: "w-22",
    from: "lg",
    cell: (host) => <Reboot required={host.reboot_required} />,
    fields: [{ name: "reboot_required", value: (host) => host.reboot_required }],
  },
  {
    id: "packages",
    header: "Packages",
    hint: "Packages that are installed",
    align: "right",
    width: "w-24",
    from: "2xl",
    sort: { key: "packages", first: "descending" },
    cell: (host) => <Door to={paths.hostPackages(host.id)}>{count(host.packages)}</Door>,
    fields: [{ name: "packages", value: (host) => host.packages }],
  },
  {
    id: "tags",
    header: "Tags",
    width: "w-40",
    from: "2xl",
    cell: (host) => (
      <span className="text-muted" title={host.tags.join(", ")}>
        {host.tags.join(", ")}
      </span>
    ),
    fields: [{ name: "tags", value: (host) => host.tags.join(" ") }],
  },
  {
    id: "seen",
    header: "Last seen",
    align: "right",
    width: "w-34",
    from: "md",
    sort: { key: "last_seen_at", first: "descending" },
    cell: (host) => (
      <span className="inline-flex items-center gap-2">
        {host.freshness === "fresh" ? null : <Sign sign={signOf(freshnessSign, host.freshness)} />}
        <Ago time={host.last_seen_at} />
      </span>
    ),
    fields: [
      { name: "freshness", value: (host) => host.freshness },
      { name: "last_seen_at", value: (host) => host.last_seen_at },
      { name: "not_known", value: (host) => host.not_known.map((each) => each.code).join(" ") },
    ],
  },
];

/** Colours whose word the number beside it says already. */
const SAID_BY_NUMBER = new Set(["orange", "yellow"]);

export function HostTwoLines({ host }: { host: HostRow }) {
  const sign = colourOf(host);
  return (
    <TwoLines
      first={
        <>
          <span className="inline-flex min-w-0 items-center gap-2">
            <Mark shape={sign.shape} tone={sign.tone} />
            <HostName host={host} />
          </span>
          <span className="shrink-0 text-xs text-muted">
            <Ago time={host.last_seen_at} />
          </span>
        </>
      }
      second={
        <>
          {SAID_BY_NUMBER.has(host.colour) ? null : (
            <span>{host.colour === "grey" ? (openQuestions(host)[0] ?? sign.word) : sign.word}</span>
          )}
          {host.security_updates > 0 ? <span>{count(host.security_updates)} security</span> : null}
          {host.security_updates === 0 && host.other_updates > 0 ? (
            <span>{count(host.other_updates)} other updates</span>
          ) : null}
          <span className="inline-flex items-baseline gap-1">
            {host.assessed ? null : <Mark shape="hatch" tone="unknown" size={9} />}
            {knownFindings(host) === null ? "not assessed" : plural(host.open_findings, "finding")}
            {host.assessed || host.open_findings === 0 ? null : (
              <span className="sr-only">, {restNotAssessedSign.word}</span>
            )}
          </span>
          {host.reboot_required ? <span>{rebootSign.word}</span> : null}
          <span>{platformName(host.platform)}</span>
        </>
      }
    />
  );
}
