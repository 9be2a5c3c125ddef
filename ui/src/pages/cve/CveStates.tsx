import type { FleetFinding } from "../../api/types";
import { Door } from "../../components/Door";
import { Block } from "../../components/Facts";
import { LegendLine } from "../../components/LegendLine";
import { StackedBar } from "../../components/StackedBar";
import { plural } from "../../lib/format";
import { OPEN_STATES, stateSign } from "../../lib/states";
import { paths } from "../../paths";

/** Hosts by the state that the CVE has on them; they add up to its hosts. Each number leads to its hosts. */
export function CveStates({ row, chosen }: { row: FleetFinding; chosen: string | undefined }) {
  const parts = OPEN_STATES.map((state) => ({ state, value: row.states[state] ?? 0 })).filter(
    ({ value }) => value > 0,
  );
  return (
    <Block
      title="State on its hosts"
      aside={chosen ? <Door to={paths.cve(row.cve)}>{`all ${plural(row.hosts, "host")}`}</Door> : null}
    >
      <div className="py-3">
        <StackedBar
          label="Hosts by state"
          parts={parts.map(({ state, value }) => ({
            key: state,
            value,
            tone: stateSign[state].tone,
            label: stateSign[state].word,
          }))}
        />
        <ul className="mt-3 grid gap-y-1" aria-label="Hosts by state">
          {parts.map(({ state, value }) => (
            <LegendLine
              key={state}
              sign={stateSign[state]}
              to={paths.cve(row.cve, { state })}
              value={value}
              said={plural(value, "host")}
              current={chosen === state}
            />
          ))}
        </ul>
      </div>
    </Block>
  );
}
