import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Page as ListPage } from "../api/types";
import { Failure, Loading } from "../components/Notice";
import type { Column } from "./columns";
import { DataTable } from "./DataTable";

/** A list over the fleet as it is read, page by page. */
export type FleetQuery<Row> = UseInfiniteQueryResult<InfiniteData<ListPage<Row>>>;

/** What every list over the fleet is given. */
export interface FleetTableProps<Row> {
  list: FleetQuery<Row>;
  /** What is listed, in the plural: names the file of an export. */
  name: string;
  caption: string;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  phone: (row: Row) => ReactNode;
  empty: ReactNode;
  sort?: string;
  onSort?: (sort: string) => void;
}

export function totalOf<Row>(list: FleetQuery<Row>): number | undefined {
  return list.data?.pages[0]?.total;
}

/** The rows read so far; or that they are being read, could not be, or that there is none. */
export function FleetTable<Row>({ list, name, empty, ...table }: FleetTableProps<Row>) {
  const pages = list.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.items);
  if (list.error && pages.length === 0)
    return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (pages.length === 0) return <Loading what={`the ${name}`} />;
  if (rows.length === 0) return empty;
  return (
    <DataTable
      {...table}
      rows={rows}
      total={totalOf(list)}
      more={
        list.hasNextPage ? { load: () => void list.fetchNextPage(), loading: list.isFetchingNextPage } : null
      }
      stale={list.isPlaceholderData}
    />
  );
}
