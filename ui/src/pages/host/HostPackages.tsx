import { useQuery } from "@tanstack/react-query";
import { hostPackagesQuery, hostQuery } from "../../api/queries";
import type { HostPackage } from "../../api/types";
import { Cut } from "../../components/Cut";
import { NothingLeft } from "../../components/NothingLeft";
import { Empty, Failure, Loading } from "../../components/Notice";
import { Choices } from "../../components/Tabs";
import { useUrl } from "../../hooks/useUrl";
import { count, plural } from "../../lib/format";
import { paths } from "../../paths";
import { fieldsOf, hasWords, sortRows } from "../../table/columns";
import { DataTable } from "../../table/DataTable";
import { ExportMenu } from "../../table/ExportMenu";
import { TableTools } from "../../table/TableTools";
import { useHostId } from "./HostPage";
import { PackageTwoLines, packageColumns } from "./packageColumns";
import { noUpdates } from "./updates";

const SHOW: Record<string, { word: string; keep: (each: HostPackage) => boolean }> = {
  updates: { word: "With an update", keep: (each) => Boolean(each.update) },
  findings: { word: "With findings", keep: (each) => each.open_findings > 0 },
  held: { word: "Held", keep: (each) => each.held },
  foreign: { word: "Not the distribution's", keep: (each) => each.origin.kind === "foreign" },
  odd: { word: "Not plainly installed", keep: (each) => Boolean(each.status) },
  not_assessed: { word: "Not assessed", keep: (each) => !each.assessed },
};

export function HostPackages() {
  const id = useHostId();
  const { search, set } = useUrl();
  const { data: host } = useQuery(hostQuery(id));
  const { data, error, refetch } = useQuery(hostPackagesQuery(id));
  if (!host) return null;
  if (!data)
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what="the packages" />;
  const section = host.sections.find((each) => each.name === "packages");
  if (data.items.length === 0) {
    return (
      <Empty title="No package is known." bare>
        {section?.reason ?? "No report of this host has said what is installed."}
      </Empty>
    );
  }
  const all = data.items;
  const show = SHOW[search.show ?? ""];
  const rows = sortRows(
    all.filter((each) => (show?.keep(each) ?? true) && hasWords(search.q, `${each.name} ${each.source}`)),
    search.sort,
    {
      name: (each) => each.name,
      source: (each) => each.source,
      findings: (each) => each.open_findings,
    },
  );
  const choices = Object.entries(SHOW)
    .map(([key, each]) => ({ key, each, n: all.filter(each.keep).length }))
    .filter(({ key, n }) => n > 0 || search.show === key);
  const waiting = all.filter((each) => each.update).length;
  const unlisted = all.filter((each) => each.origin.kind === "distribution_inferred").length;
  const updates = noUpdates(host);
  const said = [
    plural(all.length, "package"),
    waiting > 0
      ? `${count(waiting)} with an update`
      : !updates.known
        ? ""
        : updates.whole
          ? "none with an update"
          : "none known to have an update",
    // Of a host without lists that is every package, and says nothing.
    unlisted > 0 && unlisted < all.length ? `${count(unlisted)} in a version that no list at hand holds` : "",
  ].filter(Boolean);
  const columns = packageColumns(id, updates);
  return (
    <>
      <p className="mb-3">
        {said.join(", ")}.{" "}
        {updates.known ? null : (
          <span className="text-muted">
            {updates.title.replace(/\.$/, "")}: {updates.text}
          </span>
        )}
      </p>
      <Cut list={data} order="by name" />
      <TableTools
        filter="Filter by name or source"
        rows={{ shown: rows.length, all: all.length }}
        aside={
          <ExportMenu
            name={`${host.hostname}-packages`}
            fields={fieldsOf(columns)}
            total={rows.length}
            rows={async () => rows}
          />
        }
      >
        <Choices
          label="Packages shown"
          choices={[
            {
              key: "all",
              to: paths.hostPackages(id, { q: search.q, sort: search.sort }),
              content: "All",
              count: all.length,
              current: !show,
            },
            ...choices.map(({ key, each, n }) => ({
              key,
              to: paths.hostPackages(id, { show: key, q: search.q, sort: search.sort }),
              content: each.word,
              count: n,
              current: search.show === key,
            })),
          ]}
        />
      </TableTools>
      {rows.length === 0 ? (
        <NothingLeft title="No package is left under this filter." />
      ) : (
        <DataTable
          caption={`Packages of ${host.hostname}`}
          columns={columns}
          rows={rows}
          rowKey={(each) => `${each.name} ${each.version} ${each.arch}`}
          phone={(each) => <PackageTwoLines each={each} hostId={id} />}
          sort={search.sort}
          onSort={(sort) => set({ sort })}
        />
      )}
    </>
  );
}
