import type { ReactNode } from "react";
import type { Params } from "../api/client";
import { Loading } from "../components/Notice";
import { Page } from "../components/Page";
import { FleetExport } from "./FleetExport";
import { FleetTable, type FleetTableProps } from "./FleetTable";
import { TableTools } from "./TableTools";

/** A page that is one list over the fleet: sentence, choices, filter, export, rows. */
export function FleetPage<Row>({
  title,
  sentence,
  note,
  path,
  params,
  filter,
  tools,
  hold = false,
  ...table
}: FleetTableProps<Row> & {
  title: string;
  sentence?: string;
  /** What the list leaves out, above it. */
  note?: ReactNode;
  path: string;
  params: Params;
  /** What the filter looks in. */
  filter: string;
  tools?: ReactNode;
  /** No rows yet, also if they are there: what stands above them is still being read. */
  hold?: boolean;
}) {
  return (
    <Page title={title} sentence={sentence}>
      {note ? <div className="mb-3">{note}</div> : null}
      <TableTools filter={filter} aside={<FleetExport {...table} path={path} params={params} />}>
        {tools}
      </TableTools>
      {hold ? <Loading what={`the ${table.name}`} /> : <FleetTable {...table} />}
    </Page>
  );
}
