import type { HostDetail } from "../../../api/types";
import { Ago } from "../../../components/Ago";
import { Block, Facts } from "../../../components/Facts";
import { listing } from "../../../lib/format";

/** Half of a machine id of 32 letters. */
const MIDDLE = 16;

export function Identity({ host }: { host: HostDetail }) {
  return (
    <Block title="Identity">
      <Facts
        rows={[
          ["System", [host.os_name, host.arch].filter(Boolean).join(", ") || null],
          ["Full name", host.fqdn && host.fqdn !== host.hostname ? host.fqdn : host.hostname],
          ["Addresses", host.ip_addresses.length > 0 ? host.ip_addresses.join(", ") : null],
          [
            "Machine id",
            <code key="id" className="font-mono text-xs">
              {/* Where it does not fit it breaks in the middle, not before its last letter. */}
              {host.machine_id.slice(0, MIDDLE)}
              <wbr />
              {host.machine_id.slice(MIDDLE)}
            </code>,
          ],
          ...(host.replaces.length > 0
            ? [["Replaces", `${listing(host.replaces.map((id) => `host ${id}`))}, kept on record`] as const]
            : []),
          ...(host.possible_clones.length > 0
            ? [
                [
                  "Heard as",
                  <ul key="clones">
                    {host.possible_clones.map((each) => (
                      <li key={`${each.hostname} ${each.boot_id}`}>
                        {each.hostname}{" "}
                        <span className="text-muted">
                          <Ago time={each.last_seen_at} />
                        </span>
                      </li>
                    ))}
                  </ul>,
                ] as const,
              ]
            : []),
          ["Packages by", host.package_manager || null],
          ["First seen", <Ago key="first" time={host.first_seen_at} />],
          ["Lists fetched", <Ago key="lists" time={host.lists_at} none="not known" />],
        ]}
      />
    </Block>
  );
}
