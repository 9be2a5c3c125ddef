import type { Overview, SourceUpdate } from "../../api/types";
import { Door } from "../../components/Door";
import { Sign } from "../../components/Sign";
import { capital, count, cutListing, plural } from "../../lib/format";
import { noneOpen, noneWaits } from "../../lib/sentences";
import { otherSign, securitySign, severitySign, signOf, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import { Section } from "./Section";

/** As many as leave the coverage below on the first screen. */
const SHOWN = 8;

const row = "flex min-h-8 items-center gap-3 border-t border-line py-1";

/** What helps most: source packages by what their updates close, then by what they settle. */
export function TopUpdates({ overview }: { overview: Overview }) {
  const { top_updates: updates } = overview;
  return (
    <Section title="What helps most" more={{ to: paths.updates(), text: "All updates" }}>
      {updates.length === 0 ? (
        <p className="border-t border-line py-3 text-muted">{noneWaits(overview, false)}</p>
      ) : (
        <ol aria-label="Updates that help most">
          {updates.slice(0, SHOWN).map((each) => (
            <li key={`${each.source} ${each.platform}`} data-row className={row}>
              <Sign sign={each.security ? securitySign : otherSign} className="w-20 shrink-0" />
              <span
                className="min-w-0 grow truncate"
                title={`${cutListing(each.packages, each.package_count)} → ${cutListing(each.candidates, each.candidate_count)}`}
              >
                <Door to={paths.updates({ q: each.packages[0] })} className="font-semibold">
                  {each.source}
                </Door>{" "}
                <span className="text-muted max-sm:hidden">
                  → {each.candidates[0]}
                  {each.candidate_count > 1 ? ` and ${count(each.candidate_count - 1)} more` : ""}
                </span>
              </span>
              <span className="shrink-0 whitespace-nowrap text-muted" title={settlesMeaning(each)}>
                {settles(each)}
              </span>
              <Door
                to={paths.hostsWithSourceUpdate(each)}
                className="w-16 shrink-0 text-right whitespace-nowrap"
              >
                {plural(each.hosts, "host")}
              </Door>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

/** What an update is ordered by: findings that it closes, else how many updates one decision settles. */
function settles(update: SourceUpdate): string {
  return update.findings > 0 ? `closes ${count(update.findings)}` : plural(update.updates, "update");
}

function settlesMeaning(update: SourceUpdate): string {
  const packages = `${plural(update.updates, "update")} of ${plural(update.package_count, "package")}, counted per host`;
  return update.findings > 0
    ? `Closes ${plural(update.findings, "open finding")}, counted per host; ${packages}`
    : capital(packages);
}

export function TopFindings({ overview }: { overview: Overview }) {
  const { top_findings: findings } = overview;
  return (
    <Section title="Worst findings" more={{ to: paths.findings(), text: "All findings" }}>
      {findings.length === 0 ? (
        <p className="border-t border-line py-3 text-muted">{noneOpen(overview)}</p>
      ) : (
        <ol aria-label="Worst open findings">
          {findings.slice(0, SHOWN).map((each) => (
            <li key={each.cve} data-row className={row}>
              <Sign sign={signOf(severitySign, each.severity)} className="w-20 shrink-0" />
              <span className="min-w-0 grow truncate" title={cutListing(each.packages, each.package_count)}>
                <Door to={paths.cve(each.cve)} className="font-semibold">
                  {each.cve}
                </Door>{" "}
                <span className="text-muted max-sm:hidden">
                  {cutListing(each.packages, each.package_count)}
                </span>
              </span>
              <Sign sign={signOf(stateSign, each.state)} className="shrink-0 max-md:hidden" />
              <Door to={paths.hostsWithCve(each.cve)} className="w-16 shrink-0 text-right whitespace-nowrap">
                {plural(each.hosts, "host")}
              </Door>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
