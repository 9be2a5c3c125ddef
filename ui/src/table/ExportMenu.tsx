import { useState } from "react";
import { Menu, menuItem } from "../components/Menu";
import { download, type Field, toCsv, toJson } from "../lib/export";
import { count } from "../lib/format";

interface ExportMenuProps<Row> {
  /** Begins the file's name: `hosts`. */
  name: string;
  fields: readonly Field<Row>[];
  total: number;
  /** Every row of the table under its filters, also those not loaded yet. */
  rows: (progress: (rows: number, total: number) => void) => Promise<readonly Row[]>;
}

/** The table shown, as a file: the same rows, the same order, the same columns. */
export function ExportMenu<Row>({ name, fields, total, rows }: ExportMenuProps<Row>) {
  const [state, setState] = useState<string | null>(null);
  const save = async (format: "csv" | "json") => {
    setState("Reading …");
    try {
      const all = await rows((done, of) => setState(`${count(done)} of ${count(of)} …`));
      const stamp = new Date().toISOString().slice(0, 10);
      if (format === "csv") download(`mendwatch-${name}-${stamp}.csv`, "text/csv", toCsv(fields, all));
      else download(`mendwatch-${name}-${stamp}.json`, "application/json", toJson(fields, all));
      setState(null);
    } catch {
      setState("Export failed");
    }
  };
  return (
    <Menu label={`Export ${count(total)} rows`} button={<span aria-live="polite">{state ?? "Export"}</span>}>
      {(close) =>
        (["csv", "json"] as const).map((format) => (
          <button
            key={format}
            type="button"
            role="menuitem"
            className={menuItem}
            onClick={() => {
              close();
              void save(format);
            }}
          >
            {format.toUpperCase()}
            <span className="ml-auto text-xs text-muted">{count(total)} rows</span>
          </button>
        ))
      }
    </Menu>
  );
}
