import type { HostDetail } from "../../../api/types";
import { Block, Facts } from "../../../components/Facts";
import { Mark } from "../../../components/Sign";
import { bytes, bytesOf, count, dfPercent, diskUse, duration } from "../../../lib/format";

/** Below this share of free space updates begin to fail. */
const TIGHT = 0.1;

export function Health({ host }: { host: HostDetail }) {
  const memory =
    host.memory_bytes === null || host.memory_bytes === undefined
      ? null
      : host.memory_available_bytes === null || host.memory_available_bytes === undefined
        ? bytes(host.memory_bytes)
        : `${bytesOf(host.memory_available_bytes, host.memory_bytes)} available`;
  return (
    <Block title="Machine">
      <Facts
        rows={[
          [
            "Processor",
            // The count alone where the model is not known: "2 ×" would be half a sentence.
            host.cpu_count && host.cpu_model
              ? `${host.cpu_count} × ${host.cpu_model}`
              : (host.cpu_model ?? (host.cpu_count ? count(host.cpu_count) : null)),
          ],
          ["Load", host.load?.length ? host.load.map((each) => each.toFixed(2)).join(", ") : null],
          ["Memory", memory],
          ["Runs on", host.virtualization === "none" ? "bare metal" : (host.virtualization ?? null)],
          ["Up for", host.uptime_seconds ? duration(host.uptime_seconds) : null],
        ]}
      />
      {host.disks.map((disk) => (
        <Disk key={disk.mount} disk={disk} />
      ))}
    </Block>
  );
}

function Disk({ disk }: { disk: HostDetail["disks"][number] }) {
  const { used, of } = diskUse(disk);
  const tight = of > 0 && disk.available_bytes / of < TIGHT;
  return (
    <div className="border-b border-line py-1.5">
      <div className="flex items-baseline gap-4">
        <span className="w-28 shrink-0 font-mono text-xs text-muted">{disk.mount}</span>
        {/* Where there is no room for both, the share goes below as a whole. */}
        <span className="flex min-w-0 grow flex-wrap items-baseline justify-between gap-x-4 whitespace-nowrap">
          <span>{bytesOf(disk.available_bytes, disk.size_bytes)} free</span>
          <span className="inline-flex items-center gap-1.5">
            {tight ? <Mark shape="triangle" tone="high" /> : null}
            <span className={tight ? "text-high" : "text-muted"}>{dfPercent(used, of)} used</span>
          </span>
        </span>
      </div>
    </div>
  );
}
