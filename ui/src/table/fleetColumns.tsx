import { Door } from "../components/Door";
import { count, platformName, plural } from "../lib/format";
import type { Column } from "./columns";

/** The system that a row speaks of. */
export function systemColumn<Row extends { platform: string }>(): Column<Row> {
  return {
    id: "platform",
    header: "System",
    width: "w-40",
    from: "md",
    cell: (row) => platformName(row.platform),
    fields: [{ name: "platform", value: (row) => row.platform }],
  };
}

/** On how many hosts, as a door to exactly these. */
export function hostsColumn<Row extends { hosts: number }>(
  to: (row: Row) => string,
  hint?: string,
): Column<Row> {
  return {
    id: "hosts",
    header: "Hosts",
    ...(hint ? { hint } : {}),
    align: "right",
    width: "w-20",
    sort: { key: "hosts", first: "descending" },
    cell: (row) => (
      <Door to={to(row)} aria-label={plural(row.hosts, "host")}>
        {count(row.hosts)}
      </Door>
    ),
    fields: [{ name: "hosts", value: (row) => row.hosts }],
  };
}
