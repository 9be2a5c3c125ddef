import type { HostDetail } from "../../../api/types";
import { Command } from "../../../components/Command";
import { Door } from "../../../components/Door";
import { Block } from "../../../components/Facts";
import { LegendLine } from "../../../components/LegendLine";
import { FirstLine } from "../../../components/Notice";
import { Mark } from "../../../components/Sign";
import { StackedBar } from "../../../components/StackedBar";
import { Times } from "../../../components/Times";
import { capital, count, percent, plural } from "../../../lib/format";
import { gapWords } from "../../../lib/sentences";
import { OPEN_STATES, SEVERITIES, type Sign, severitySign, stateSign } from "../../../lib/states";
import { paths } from "../../../paths";

/** What is known to be vulnerable, and for how much of the host that can be said at all. */
export function Assessment({ host }: { host: HostDetail }) {
  const { findings, assessment } = host;
  const id = host.id;
  return (
    <Block
      title="What is known to be vulnerable"
      aside={
        findings.open > 0 ? (
          <Door to={paths.hostFindings(id)} className="text-sm">
            {plural(findings.open, "open finding")}
          </Door>
        ) : null
      }
    >
      {findings.open > 0 ? (
        <div className="py-3">
          <StackedBar
            label="Open findings by severity"
            parts={SEVERITIES.map((severity) => ({
              key: severity,
              value: findings.by_severity[severity] ?? 0,
              tone: severitySign[severity].tone,
              label: severitySign[severity].word,
            }))}
          />
          <div className="mt-3 grid gap-x-8 gap-y-1 sm:grid-cols-2">
            <Legend
              rows={SEVERITIES.map((severity) => ({
                key: severity,
                sign: severitySign[severity],
                value: findings.by_severity[severity] ?? 0,
                to: paths.hostFindings(id, { severity }),
              }))}
            />
            <Legend
              rows={OPEN_STATES.map((state) => ({
                key: state,
                sign: stateSign[state],
                value: findings.by_state[state] ?? 0,
                to: paths.hostFindings(id, { state }),
              }))}
            />
          </div>
        </div>
      ) : host.assessed ? (
        <p className="flex items-center gap-2 py-2">
          {assessment.not_assessed > 0 ? (
            <>
              <Mark shape="dash" tone="unknown" />
              No CVE is known to be open.
            </>
          ) : (
            <>
              <Mark shape="check" tone="ok" />
              No CVE is open.
            </>
          )}
        </p>
      ) : null}
      {assessment.packages === 0 ? (
        <p className="flex items-center gap-2 py-2">
          <Mark shape="hatch" tone="unknown" />
          {gapWords(findings.open, false, 0)}: which packages are installed is not known.
        </p>
      ) : null}
      {assessment.not_assessed > 0 ? (
        <div className="py-2">
          <p className="flex items-start gap-2">
            <FirstLine>
              <Mark shape="hatch" tone="unknown" />
            </FirstLine>
            <span>
              {assessment.assessed > 0
                ? `${percent(assessment.assessed, assessment.packages)} of packages assessed.`
                : `${gapWords(findings.open, false, 0)}.`}{" "}
              <Door to={paths.hostPackages(id, { show: "not_assessed" })}>
                {plural(assessment.not_assessed, "package")} not assessed
              </Door>
            </span>
          </p>
          <ul className="mt-2 grid gap-2">
            {assessment.reasons.map((reason) => (
              <li key={reason.reason} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
                <span>
                  <Times text={capital(reason.reason)} /> ({count(reason.packages)})
                </span>
                {reason.command ? <Command text={reason.command} /> : null}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </Block>
  );
}

function Legend({ rows }: { rows: { key: string; sign: Sign; value: number; to: string }[] }) {
  return (
    <ul className="grid content-start gap-y-1">
      {rows
        .filter((row) => row.value > 0)
        .map((row) => (
          <LegendLine key={row.key} sign={row.sign} to={row.to} value={row.value} />
        ))}
    </ul>
  );
}
