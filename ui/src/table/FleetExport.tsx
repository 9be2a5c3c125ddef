import { getAll, type Params } from "../api/client";
import { fieldsOf } from "./columns";
import { ExportMenu } from "./ExportMenu";
import { type FleetTableProps, totalOf } from "./FleetTable";

/** Every row of a list over the fleet as a file, also those not read yet. */
export function FleetExport<Row>({
  list,
  name,
  columns,
  path,
  params,
}: Pick<FleetTableProps<Row>, "list" | "name" | "columns"> & { path: string; params: Params }) {
  const total = totalOf(list) ?? 0;
  if (total === 0) return null;
  return (
    <ExportMenu
      name={name}
      fields={fieldsOf(columns)}
      total={total}
      rows={async (progress) => (await getAll<Row>(path, params, undefined, progress)).items}
    />
  );
}
