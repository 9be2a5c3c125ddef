import type { Overview } from "../../api/types";
import { Door } from "../../components/Door";
import { Sign } from "../../components/Sign";
import { count } from "../../lib/format";
import { otherSign, securitySign, severitySign, signOf, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import { Section } from "./Section";

/** As many as leave the coverage below on the first screen. */
const SHOWN = 8;

const row = "flex min-h-8 items-center gap-3 border-t border-line py-1";

/** What helps most: the updates that the most hosts wait for, security first. */
export function TopUpdates({ overview }: { overview: Overview }) {
  const { top_updates: updates } = overview;
  return (
    <Section title="What helps most" more={{ to: paths.updates(), text: "All updates" }}>
      {updates.length === 0 ? (
        <p className="border-t border-line py-3 text-muted">No host waits for an update.</p>
      ) : (
        <ol aria-label="Updates that the most hosts wait for">
          {updates.slice(0, SHOWN).map((each) => (
            <li key={`${each.name} ${each.candidate} ${each.suite}`} data-row className={row}>
              <Sign sign={each.security ? securitySign : otherSign} className="w-20 shrink-0" />
              <span className="min-w-0 grow truncate" title={`${each.name} → ${each.candidate}`}>
                <Door to={paths.packages({ q: each.name })} className="font-semibold">
                  {each.name}
                </Door>{" "}
                <span className="text-muted max-sm:hidden">→ {each.candidate}</span>
              </span>
              <Door to={paths.hostsWithUpdate(each)} className="shrink-0 whitespace-nowrap">
                {count(each.hosts)} {each.hosts === 1 ? "host" : "hosts"}
              </Door>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

export function TopFindings({ overview }: { overview: Overview }) {
  const { top_findings: findings } = overview;
  return (
    <Section title="Worst findings" more={{ to: paths.findings(), text: "All findings" }}>
      {findings.length === 0 ? (
        <p className="border-t border-line py-3 text-muted">No open finding on what is assessed.</p>
      ) : (
        <ol aria-label="Worst open findings">
          {findings.slice(0, SHOWN).map((each) => (
            <li key={each.cve} data-row className={row}>
              <Sign sign={signOf(severitySign, each.severity)} className="w-20 shrink-0" />
              <span className="min-w-0 grow truncate" title={each.packages.join(", ")}>
                <Door to={paths.findings({ q: each.cve })} className="font-semibold">
                  {each.cve}
                </Door>{" "}
                <span className="text-muted max-sm:hidden">{each.packages.join(", ")}</span>
              </span>
              <Sign sign={signOf(stateSign, each.state)} className="shrink-0 max-md:hidden" />
              <Door to={paths.hostsWithCve(each.cve)} className="w-16 shrink-0 text-right whitespace-nowrap">
                {count(each.hosts)} {each.hosts === 1 ? "host" : "hosts"}
              </Door>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
