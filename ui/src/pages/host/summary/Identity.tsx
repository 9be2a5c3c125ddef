import type { HostDetail } from "../../../api/types";
import { Ago } from "../../../components/Ago";
import { Block, Facts } from "../../../components/Facts";

export function Identity({ host }: { host: HostDetail }) {
  return (
    <Block title="Identity">
      <Facts
        rows={[
          ["System", `${host.os_name}, ${host.arch}`],
          ["Full name", host.fqdn && host.fqdn !== host.hostname ? host.fqdn : host.hostname],
          ["Addresses", host.ip_addresses.length > 0 ? host.ip_addresses.join(", ") : null],
          [
            "Machine id",
            <code key="id" className="font-mono text-xs">
              {host.machine_id}
            </code>,
          ],
          ["Packages by", host.package_manager || null],
          ["First seen", <Ago key="first" time={host.first_seen_at} />],
          ["Lists fetched", <Ago key="lists" time={host.lists_at} none="not known" />],
        ]}
      />
    </Block>
  );
}
