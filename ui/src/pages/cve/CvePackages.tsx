import type { FleetFinding } from "../../api/types";
import { Door } from "../../components/Door";
import { Block, Facts } from "../../components/Facts";
import { count } from "../../lib/format";
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
              <More shown={row.packages.length} all={row.package_count} />
            </span>,
          ],
          [
            "Fixed in",
            row.fixed_versions.length > 0 ? (
              <ul key="fixed">
                {row.fixed_versions.map((version) => (
                  <li key={version}>{version}</li>
                ))}
                <More as="li" shown={row.fixed_versions.length} all={row.fixed_version_count} />
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

/** The server names the first of a list and says how long it is. */
function More({ shown, all, as: Element = "span" }: { shown: number; all: number; as?: "span" | "li" }) {
  return all > shown ? <Element className="text-muted">and {count(all - shown)} more</Element> : null;
}
