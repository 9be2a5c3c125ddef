import type { Severity } from "../api/types";
import { Exploited } from "../components/CveLine";
import { Door } from "../components/Door";
import { Sign } from "../components/Sign";
import { severitySign, signOf } from "../lib/states";
import { paths } from "../paths";
import type { Column } from "./columns";

/** The severity that stands for a row; whose it is differs by list. */
export function severityColumn<Row extends { severity: Severity }>(hint: string): Column<Row> {
  return {
    id: "severity",
    header: "Severity",
    hint,
    width: "w-28",
    sort: { key: "severity", first: "descending" },
    cell: (row) => <Sign sign={signOf(severitySign, row.severity)} />,
    fields: [{ name: "severity", value: (row) => row.severity }],
  };
}

/** A CVE as a door to its page, marked where it is known to be exploited. */
export function cveColumn<Row extends { cve: string; exploited: boolean }>(): Column<Row> {
  return {
    id: "cve",
    header: "CVE",
    width: "w-60",
    sort: { key: "cve", first: "descending" },
    cell: (row) => (
      <span className="inline-flex items-baseline gap-2">
        <Door to={paths.cve(row.cve)} className="font-semibold">
          {row.cve}
        </Door>
        {row.exploited ? <Exploited /> : null}
      </span>
    ),
    fields: [
      { name: "cve", value: (row) => row.cve },
      { name: "exploited", value: (row) => String(row.exploited) },
    ],
  };
}
