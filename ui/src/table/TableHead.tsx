import { type Column, hiddenBelow, nextSort, readSort } from "./columns";

interface TableHeadProps<Row> {
  columns: readonly Column<Row>[];
  sort?: string;
  onSort?: (sort: string) => void;
  expandable: boolean;
}

/** The header sticks below the top bar; sorting is a button in it, so that the keyboard has it too. */
export function TableHead<Row>({ columns, sort, onSort, expandable }: TableHeadProps<Row>) {
  const current = readSort(sort);
  return (
    <>
      <colgroup>
        {expandable ? <col className="w-7" /> : null}
        {columns.map((column) => (
          <col
            key={column.id}
            className={`${column.width ?? ""} ${column.from ? hiddenBelow[column.from] : ""}`}
          />
        ))}
      </colgroup>
      <thead>
        <tr>
          {expandable ? (
            <th scope="col" className="sticky top-12 z-10 border-b border-line-strong bg-surface">
              <span className="sr-only">Evidence</span>
            </th>
          ) : null}
          {columns.map((column) => {
            const sorted = column.sort && current.key === column.sort.key ? current.direction : undefined;
            const arrow = sorted === "ascending" ? "↑" : sorted === "descending" ? "↓" : "";
            return (
              <th
                key={column.id}
                scope="col"
                aria-sort={sorted}
                title={column.hint}
                className={`sticky top-12 z-10 h-8 border-b border-line-strong bg-surface px-2 text-xs font-semibold whitespace-nowrap text-muted first:pl-0 last:pr-0 ${
                  column.align === "right" ? "text-right" : "text-left"
                } ${column.from ? hiddenBelow[column.from] : ""}`}
              >
                {column.sort && onSort ? (
                  <button
                    type="button"
                    className={`hover:text-ink ${sorted ? "text-ink" : ""}`}
                    onClick={() => {
                      const { key, first } = column.sort ?? { key: "", first: "ascending" as const };
                      onSort(nextSort(sort, key, first));
                    }}
                  >
                    {column.align === "right" && arrow ? <Arrow arrow={arrow} before /> : null}
                    {column.header}
                    {column.align !== "right" && arrow ? <Arrow arrow={arrow} /> : null}
                  </button>
                ) : (
                  column.header
                )}
              </th>
            );
          })}
        </tr>
      </thead>
    </>
  );
}

/**
 * On the side where it moves no number out of its column. Before a word it stands in the padding of
 * its column, so that a narrow column holds both.
 */
function Arrow({ arrow, before = false }: { arrow: string; before?: boolean }) {
  return (
    <span aria-hidden="true" className={before ? "-ml-2 mr-0.5" : "mx-1"}>
      {arrow}
    </span>
  );
}
