import type { Overview } from "../../api/types";
import { Door } from "../../components/Door";
import { LegendLine } from "../../components/LegendLine";
import { FirstLine } from "../../components/Notice";
import { Mark } from "../../components/Sign";
import { StackedBar } from "../../components/StackedBar";
import { count, percent, plural } from "../../lib/format";
import { FRESHNESSES, freshnessSign, notAssessedSign } from "../../lib/states";
import { paths } from "../../paths";
import { Big } from "./Big";
import { Section } from "./Section";

/** How many hosts speak, how lately, and for how much of what they said there is data. */
export function Trust({ overview }: { overview: Overview }) {
  const { hosts, assessment, findings } = overview;
  return (
    <Section title="Can this page be trusted">
      <Big>
        <Door to={paths.hosts()} className="text-ink">
          <span className="text-big font-semibold">{count(hosts.total)}</span>{" "}
          {hosts.total === 1 ? "host" : "hosts"}
        </Door>
        <span>{percent(hosts.fresh, hosts.total)} reported in time</span>
      </Big>
      <StackedBar
        label="Hosts by freshness"
        parts={FRESHNESSES.map((freshness) => ({
          key: freshness,
          value: hosts[freshness],
          tone: freshnessSign[freshness].tone,
          label: freshnessSign[freshness].word,
        }))}
      />
      <ul className="mt-3 grid grid-cols-2 gap-x-6 gap-y-1">
        {FRESHNESSES.map((freshness) => (
          <LegendLine
            key={freshness}
            sign={freshnessSign[freshness]}
            to={paths.hostsOfFreshness(freshness)}
            value={hosts[freshness]}
          />
        ))}
      </ul>
      <p className="mt-3 text-muted">
        {assessment.not_assessed > 0 ? (
          <span className="inline-flex items-start gap-1.5">
            <FirstLine>
              <Mark shape={notAssessedSign.shape} tone={notAssessedSign.tone} />
            </FirstLine>
            <span>
              <Door to={paths.feeds()}>
                {percent(assessment.assessed, assessment.packages)} of packages assessed
              </Door>
              {assessment.hosts_not_assessed > 0
                ? findings.open > 0
                  ? `, on ${plural(assessment.hosts_not_assessed, "host")} nothing beyond open findings`
                  : `, ${plural(assessment.hosts_not_assessed, "host")} not at all`
                : ""}
            </span>
          </span>
        ) : assessment.packages > 0 ? (
          <>All {plural(assessment.packages, "package")} assessed</>
        ) : (
          "No report says what is installed"
        )}
      </p>
    </Section>
  );
}
