import type { HostDetail } from "../../../api/types";
import { Ago } from "../../../components/Ago";
import { Block } from "../../../components/Facts";
import { Mark } from "../../../components/Sign";

/** The kernel that runs, the one that boots next, and why that may need a reboot. */
export function Kernels({ host }: { host: HostDetail }) {
  const { kernel } = host;
  const role = (release: string) =>
    [release === kernel.running ? "runs" : "", release === kernel.next ? "boots next" : ""]
      .filter(Boolean)
      .join(", ");
  // A running kernel that no package owns (a container, a kernel of one's own) is still what runs.
  const rows = [...kernel.installed];
  if (kernel.running && !rows.some((each) => each.release === kernel.running)) {
    rows.unshift({ release: kernel.running, package: null, version: null });
  }
  return (
    <Block title="Kernel and reboot">
      {host.reboot_required ? (
        <ul className="py-2">
          {(host.reboot_reasons.length > 0
            ? host.reboot_reasons
            : ["The host says that it must be rebooted."]
          ).map((reason) => (
            <li key={reason} className="flex items-baseline gap-2">
              <Mark shape="triangle" tone="high" />
              {reason}
            </li>
          ))}
        </ul>
      ) : null}
      {rows.length > 0 ? (
        <ul>
          {rows.map((each) => (
            <li
              key={`${each.release} ${each.package ?? ""}`}
              className="flex min-h-8 flex-wrap items-baseline gap-x-4 border-b border-line py-1.5"
            >
              <span className={role(each.release) ? "font-semibold" : ""}>{each.release}</span>
              <span className="text-muted">{each.version ?? "no package owns it"}</span>
              <span className="ml-auto">{role(each.release)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="py-2 text-muted">No report has said which kernels there are.</p>
      )}
      <p className="pt-2 text-muted">
        Booted <Ago time={host.boot_time} none="at a time that is not known" />
        {host.reboot_required === false ? "; no reboot required." : "."}
        {host.reboot_required === null || host.reboot_required === undefined
          ? " Whether a reboot is required is not known."
          : ""}{" "}
        {/* No report looks into processes yet; a reboot that is not required says nothing of them. */}
        Which programs still run replaced files is not known.
      </p>
    </Block>
  );
}
