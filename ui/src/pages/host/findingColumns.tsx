import { CveLine } from "../../components/CveLine";
import { Sign } from "../../components/Sign";
import { count } from "../../lib/format";
import { signOf, stateSign } from "../../lib/states";
import type { Column } from "../../table/columns";
import { cveColumn, severityColumn } from "../../table/cveColumns";
import { TwoLines } from "../../table/TableRow";
import type { CveRow } from "./findings";

function Packages({ names }: { names: readonly string[] }) {
  const [first, ...rest] = names;
  return (
    <span title={names.join(", ")}>
      {first}
      {rest.length > 0 ? <span className="text-muted"> and {count(rest.length)} more</span> : null}
    </span>
  );
}

export const findingColumns: readonly Column<CveRow>[] = [
  severityColumn<CveRow>("The vendor's, for this package and release"),
  cveColumn<CveRow>(),
  {
    id: "state",
    header: "State",
    width: "w-40",
    sort: { key: "state", first: "descending" },
    cell: (row) => <Sign sign={signOf(stateSign, row.state)} />,
    fields: [{ name: "state", value: (row) => row.state }],
  },
  {
    id: "packages",
    header: "Packages",
    sort: { key: "packages", first: "descending" },
    cell: (row) => <Packages names={row.packages} />,
    fields: [{ name: "packages", value: (row) => row.packages.join(" ") }],
  },
  {
    id: "installed",
    header: "Installed",
    width: "w-44",
    from: "lg",
    cell: (row) => (
      <span className="text-muted" title={row.installed.join(", ")}>
        {row.installed.join(", ")}
      </span>
    ),
    fields: [{ name: "installed", value: (row) => row.installed.join(" ") }],
  },
  {
    id: "fixed",
    header: "Fixed in",
    width: "w-44",
    from: "md",
    cell: (row) =>
      row.fixed.length > 0 ? (
        <span title={row.fixed.join(", ")}>{row.fixed.join(", ")}</span>
      ) : (
        <span className="text-muted">–</span>
      ),
    fields: [{ name: "fixed_version", value: (row) => row.fixed.join(" ") }],
  },
  {
    id: "advisory",
    header: "Advisory",
    width: "w-30",
    from: "xl",
    cell: (row) => <span className="text-muted">{row.advisory || "–"}</span>,
    fields: [
      { name: "advisory", value: (row) => row.advisory },
      { name: "feed", value: (row) => [...new Set(row.findings.map((each) => each.feed))].join(" ") },
    ],
  },
];

export function FindingTwoLines({ row }: { row: CveRow }) {
  return (
    <TwoLines
      first={
        <>
          <CveLine row={row} />
          <Sign sign={signOf(stateSign, row.state)} className="shrink-0 text-xs" />
        </>
      }
      second={
        <>
          <span>
            <Packages names={row.packages} />
          </span>
          {row.fixed.length > 0 ? <span>fixed in {row.fixed.join(", ")}</span> : null}
        </>
      }
    />
  );
}
