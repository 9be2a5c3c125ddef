import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { getAll, type Params } from "../api/client";
import type { Page as ListPage } from "../api/types";
import { Failure, Loading } from "../components/Notice";
import { type Column, fieldsOf } from "./columns";
import { DataTable } from "./DataTable";
import { ExportMenu } from "./ExportMenu";
import { FilterField } from "./FilterField";

/** A list over the fleet: read page by page, sorted by the server, with a filter and an export. */
export function FleetList<Row>({
  list,
  path,
  params,
  name,
  caption,
  columns,
  rowKey,
  phone,
  filter,
  tools,
  empty,
}: {
  list: UseInfiniteQueryResult<InfiniteData<ListPage<Row>>>;
  path: string;
  params: Params;
  /** Begins the file's name. */
  name: string;
  caption: string;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  phone: (row: Row) => ReactNode;
  filter: string;
  tools?: ReactNode;
  empty: ReactNode;
}) {
  const pages = list.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.items);
  const total = pages[0]?.total ?? 0;
  if (list.error && pages.length === 0)
    return <Failure error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-x-6 gap-y-2">
        {tools}
        <FilterField label={filter} />
        {total > 0 ? (
          <span className="ml-auto">
            <ExportMenu
              name={name}
              fields={fieldsOf(columns)}
              total={total}
              rows={async (progress) => (await getAll<Row>(path, params, undefined, progress)).items}
            />
          </span>
        ) : null}
      </div>
      {pages.length === 0 ? (
        <Loading what={`the ${name}`} />
      ) : rows.length === 0 ? (
        empty
      ) : (
        <DataTable
          caption={caption}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          phone={phone}
          total={total}
          more={
            list.hasNextPage
              ? { load: () => void list.fetchNextPage(), loading: list.isFetchingNextPage }
              : null
          }
          stale={list.isPlaceholderData}
        />
      )}
    </>
  );
}
