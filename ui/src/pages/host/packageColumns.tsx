import type { HostPackage } from "../../api/types";
import { Door } from "../../components/Door";
import { FindingCount, knownFindings } from "../../components/FindingCount";
import { Mark } from "../../components/Sign";
import { plural } from "../../lib/format";
import { otherSign, securitySign } from "../../lib/states";
import { paths } from "../../paths";
import type { Column } from "../../table/columns";
import { TwoLines } from "../../table/TableRow";

function originWord(each: HostPackage): string {
  if (each.origin.kind === "distribution") return "distribution";
  if (each.origin.kind === "distribution_inferred") return "distribution, inferred";
  return each.origin.name ?? "foreign";
}

/** How much "no update" of a package says: the host's updates are known, and whole. */
interface UpdatesOf {
  known: boolean;
  whole: boolean;
}

function Update({ each, updates }: { each: HostPackage; updates: UpdatesOf }) {
  if (!each.update) {
    const none = updates.whole ? "–" : updates.known ? "none known" : "not known";
    return <span className="text-muted">{none}</span>;
  }
  return <Candidate of={each.update} />;
}

function Candidate({ of }: { of: NonNullable<HostPackage["update"]> }) {
  const sign = of.security ? securitySign : otherSign;
  return (
    <span className="inline-flex max-w-full items-baseline gap-1.5" title={`${sign.word}: ${of.candidate}`}>
      <Mark shape={sign.shape} tone={sign.tone} />
      <span className="truncate">{of.candidate}</span>
      <span className="sr-only">{sign.word}</span>
    </span>
  );
}

function Findings({ each, hostId }: { each: HostPackage; hostId: string }) {
  return (
    <FindingCount
      open={each.open_findings}
      assessed={each.assessed}
      to={paths.hostFindings(hostId, { q: each.name })}
      label={`${plural(each.open_findings, "finding")} of ${each.name}`}
    />
  );
}

export function packageColumns(hostId: string, updates: UpdatesOf): readonly Column<HostPackage>[] {
  return [
    {
      id: "name",
      header: "Package",
      sort: { key: "name", first: "ascending" },
      cell: (each) => (
        <Door
          to={paths.hostsWithPackage(each.name)}
          title={`Hosts that have ${each.name}`}
          className="font-semibold"
        >
          {each.name}
        </Door>
      ),
      fields: [{ name: "name", value: (each) => each.name }],
    },
    {
      id: "version",
      header: "Version",
      width: "w-52",
      cell: (each) => <span title={each.version}>{each.version}</span>,
      fields: [{ name: "version", value: (each) => each.version }],
    },
    {
      id: "arch",
      header: "Arch",
      width: "w-20",
      from: "lg",
      cell: (each) => <span className="text-muted">{each.arch}</span>,
      fields: [{ name: "arch", value: (each) => each.arch }],
    },
    {
      id: "update",
      header: "Update",
      width: "w-52",
      from: "md",
      cell: (each) => <Update each={each} updates={updates} />,
      fields: [
        // Without it an empty candidate would read as "nothing newer", also where nobody knows.
        { name: "updates_known", value: () => updates.known },
        { name: "candidate", value: (each) => each.update?.candidate },
        { name: "security", value: (each) => each.update?.security },
      ],
    },
    {
      id: "source",
      header: "Source",
      width: "w-44",
      from: "lg",
      sort: { key: "source", first: "ascending" },
      cell: (each) => (
        <span className="text-muted" title={`${each.source} ${each.source_version}`}>
          {each.source}
        </span>
      ),
      fields: [
        { name: "source", value: (each) => each.source },
        { name: "source_version", value: (each) => each.source_version },
      ],
    },
    {
      id: "origin",
      header: "Origin",
      hint: "Who built it. Inferred: no list at hand holds this version, and nothing contradicts",
      width: "w-44",
      from: "xl",
      cell: (each) => (
        <span className={each.origin.kind === "foreign" ? "" : "text-muted"} title={originWord(each)}>
          {originWord(each)}
          {each.held ? ", held" : ""}
          {each.status ? `, ${each.status}` : ""}
        </span>
      ),
      fields: [
        { name: "origin", value: originWord },
        { name: "held", value: (each) => each.held },
        { name: "auto", value: (each) => each.auto },
        { name: "status", value: (each) => each.status },
      ],
    },
    {
      id: "findings",
      header: "Findings",
      align: "right",
      width: "w-28",
      sort: { key: "findings", first: "descending" },
      cell: (each) => <Findings each={each} hostId={hostId} />,
      fields: [
        { name: "assessed", value: (each) => each.assessed },
        { name: "open_findings", value: knownFindings },
      ],
    },
  ];
}

export function PackageTwoLines({ each, hostId }: { each: HostPackage; hostId: string }) {
  return (
    <TwoLines
      first={
        <>
          <span className="min-w-0 truncate font-semibold">{each.name}</span>
          <span className="shrink-0 text-xs">
            <Findings each={each} hostId={hostId} />
          </span>
        </>
      }
      second={
        <>
          <span>{each.version}</span>
          {each.update ? (
            <span className="text-ink">
              → <Candidate of={each.update} />
            </span>
          ) : null}
          {each.held ? <span>held</span> : null}
        </>
      }
    />
  );
}
