import type { FleetFinding } from "../../api/types";
import { Door } from "../../components/Door";
import { Block, Facts } from "../../components/Facts";
import { paths } from "../../paths";

/** What carries it, and the first versions that no longer do. */
export function CvePackages({ row }: { row: FleetFinding }) {
  return (
    <Block title="Packages">
      <Facts
        rows={[
          [
            "Carried by",
            <span key="packages" className="flex flex-wrap gap-x-3">
              {row.packages.map((name) => (
                <Door key={name} to={paths.packages({ q: name })}>
                  {name}
                </Door>
              ))}
            </span>,
          ],
          [
            "Fixed in",
            row.fixed_versions.length > 0 ? (
              <ul key="fixed">
                {row.fixed_versions.map((version) => (
                  <li key={version}>{version}</li>
                ))}
              </ul>
            ) : (
              <span key="fixed" className="text-muted">
                no version named yet
              </span>
            ),
          ],
        ]}
      />
    </Block>
  );
}
