import type { Overview } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Command } from "../../components/Command";
import { Door } from "../../components/Door";
import { LegendLine } from "../../components/LegendLine";
import { Mark, Sign } from "../../components/Sign";
import { StackedBar } from "../../components/StackedBar";
import { mending } from "../../lib/coverage";
import { count, plural } from "../../lib/format";
import { noneOpen, updatesUnknown } from "../../lib/sentences";
import {
  COLOURS,
  colourSign,
  notAssessedSign,
  rebootSign,
  restNotAssessedSign,
  SEVERITIES,
  severitySign,
} from "../../lib/states";
import { paths } from "../../paths";
import { Big, BigDoor } from "./Big";
import { Exploited } from "./Exploited";
import { Section } from "./Section";

/** Where a number would be a claim. */
function NotKnownBig({ words }: { words: string }) {
  return (
    <span className="inline-flex items-center gap-2 text-ink">
      <Mark shape="hatch" tone="unknown" size={16} />
      <span className="text-big font-semibold">{words}</span>
    </span>
  );
}

export function WaitingUpdates({ overview }: { overview: Overview }) {
  const { hosts, updates, restarts } = overview;
  const parts = COLOURS.map((colour) => ({
    key: colour,
    value: hosts.colours[colour],
    tone: colourSign[colour].tone,
    label: colourSign[colour].word,
  }));
  const unknown = updatesUnknown(overview);
  return (
    <Section title="What waits">
      <Big>
        {updates.security === 0 && unknown === hosts.total ? (
          <NotKnownBig words="Not known" />
        ) : (
          <>
            <BigDoor
              to={paths.updates({ security: "true" })}
              value={updates.security}
              noun={updates.security === 1 ? "security update" : "security updates"}
            />
            {updates.hosts_with_security > 0 ? (
              <span>
                on{" "}
                <Door to={paths.hostsWithSecurityUpdates()}>
                  {plural(updates.hosts_with_security, "host")}
                </Door>
              </span>
            ) : null}
          </>
        )}
      </Big>
      <StackedBar label="Hosts by colour" parts={parts} />
      <ul className="mt-3 grid grid-cols-2 gap-x-6 gap-y-1">
        {COLOURS.map((colour) => (
          <LegendLine
            key={colour}
            sign={colourSign[colour]}
            to={paths.hostsOfColour(colour)}
            value={hosts.colours[colour]}
          />
        ))}
        <LegendLine sign={rebootSign} to={paths.hostsToReboot()} value={restarts.hosts_reboot_required} />
      </ul>
      <p className="mt-3 text-muted">
        {updates.other === 0 && unknown === hosts.total ? (
          "No report says what could be upgraded"
        ) : (
          <Door to={paths.updates({ security: "false" })}>{plural(updates.other, "other update")}</Door>
        )}
        {updates.withheld > 0 ? (
          <>
            , <Door to={paths.hostsWithWithheld()}>{count(updates.withheld)} withheld by the hosts</Door>
          </>
        ) : null}
        {overview.lists.oldest_at ? (
          <>
            {" "}
            · package lists up to <Ago time={overview.lists.oldest_at} />
          </>
        ) : null}
      </p>
      {overview.hosts_unknown > 0 && unknown < hosts.total ? (
        <p className="mt-2 flex items-center gap-1.5 text-muted">
          <Mark shape={notAssessedSign.shape} tone={notAssessedSign.tone} />
          <span>
            On <Door to={paths.hostsWithUnknownUpdates()}>{plural(overview.hosts_unknown, "host")}</Door> it
            is not known what waits
          </span>
        </p>
      ) : null}
    </Section>
  );
}

export function OpenFindings({ overview }: { overview: Overview }) {
  const { findings, assessment, hosts } = overview;
  const unassessed = assessment.assessed === 0;
  const none = unassessed && findings.open === 0;
  const { command, silent } = mending(overview);
  const fixable = findings.by_state.fix_available ?? 0;
  return (
    <Section title="What is known to be vulnerable">
      <Big>
        {none ? (
          <NotKnownBig words="Not assessed" />
        ) : (
          <>
            <BigDoor
              to={paths.findings()}
              value={findings.open}
              noun={findings.open === 1 ? "open finding" : "open findings"}
            />
            {findings.hosts > 0 ? (
              <span>
                on <Door to={paths.hostsWithFindings()}>{plural(findings.hosts, "host")}</Door>
              </span>
            ) : null}
          </>
        )}
      </Big>
      {none ? (
        <>
          <p className="mb-2 text-muted">
            {command
              ? `No security data is in force for ${hosts.total === 1 ? "this host" : "these hosts"}. Nothing is said to be safe until there is.`
              : `No feed speaks for the ${hosts.total === 1 ? "system of this host" : "systems of these hosts"}: nothing is said to be vulnerable or safe.`}
            {command && silent > 0 ? ` For ${count(silent)} of them no feed speaks.` : ""}
          </p>
          {command ? <Command text={command} /> : null}
        </>
      ) : (
        <>
          <StackedBar
            label="Open findings by severity"
            parts={SEVERITIES.map((severity) => ({
              key: severity,
              value: findings.by_severity[severity],
              tone: severitySign[severity].tone,
              label: severitySign[severity].word,
            }))}
          />
          <ul className="mt-3 grid grid-cols-2 gap-x-6 gap-y-1">
            {SEVERITIES.map((severity) => (
              <LegendLine
                key={severity}
                sign={severitySign[severity]}
                to={paths.findings({ severity })}
                value={findings.by_severity[severity]}
              />
            ))}
          </ul>
          <Exploited overview={overview} />
          <p className="mt-3 text-muted">
            {fixable > 0 ? (
              <Door to={paths.findings({ state: "fix_available" })}>
                {count(fixable)} with a fix available
              </Door>
            ) : findings.open > 0 ? (
              "None has a fix available"
            ) : (
              noneOpen(overview)
            )}
            {findings.open > 0 ? " · counted once per host and CVE" : ""}
          </p>
          {unassessed ? (
            <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
              <Sign sign={restNotAssessedSign} />
              {command ? <Command text={command} /> : null}
            </div>
          ) : null}
        </>
      )}
    </Section>
  );
}
