import { useQuery } from "@tanstack/react-query";
import { hostQuery } from "../../api/queries";
import { useHostId } from "./HostPage";
import { RemoveHost } from "./RemoveHost";
import { Assessment } from "./summary/Assessment";
import { Health } from "./summary/Health";
import { Identity } from "./summary/Identity";
import { Kernels } from "./summary/Kernels";
import { Reports } from "./summary/Reports";
import { WaitsMost } from "./summary/WaitsMost";

export function HostSummary() {
  const { data: host } = useQuery(hostQuery(useHostId()));
  if (!host) return null;
  return (
    <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[3fr_2fr]">
      <div className="grid min-w-0 content-start gap-8">
        <WaitsMost host={host} />
        <Assessment host={host} />
        <Kernels host={host} />
      </div>
      <div className="grid min-w-0 content-start gap-8">
        <Identity host={host} />
        <Health host={host} />
        <Reports host={host} />
        <RemoveHost host={host} />
      </div>
    </div>
  );
}
