import type { HostDetail } from "../../../api/types";
import { Ago } from "../../../components/Ago";
import { Block } from "../../../components/Facts";
import { Mark, Sign } from "../../../components/Sign";
import { Words } from "../../../components/Words";
import { plural } from "../../../lib/format";
import { sectionStanding } from "../../../lib/states";

/** What the agent could read and what it could not: what this page rests on. */
export function Reports({ host }: { host: HostDetail }) {
  return (
    <Block title="What the reports hold">
      <ul>
        {host.sections.map((section) => {
          const sign = sectionStanding(section);
          return (
            <li key={section.name} className="border-b border-line py-1.5">
              <div className="flex items-baseline gap-4">
                <span className="w-28 shrink-0 text-muted">{section.name}</span>
                <Sign sign={sign} />
                {section.observed_at ? (
                  <span className="ml-auto text-muted">
                    <Ago time={section.observed_at} />
                  </span>
                ) : null}
              </div>
              {/* Said by the sign already where it is the sign's own meaning. */}
              {section.reason && section.reason !== sign.meaning ? (
                <p className="mt-0.5 text-xs text-muted">
                  <Words text={section.reason} />
                </p>
              ) : null}
            </li>
          );
        })}
      </ul>
      {host.odd.length > 0 ? (
        <details className="py-2">
          <summary className="cursor-pointer">
            <Mark shape="diamond" tone="medium" /> {plural(host.odd.length, "record was", "records were")}{" "}
            left out
          </summary>
          <ul className="mt-1 text-xs">
            {host.odd.map((odd) => (
              <li key={`${odd.section} ${odd.record}`} className="py-0.5">
                <code className="font-mono">{odd.record}</code> <span className="text-muted">{odd.why}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Block>
  );
}
