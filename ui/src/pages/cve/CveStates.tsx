import type { FleetFinding } from "../../api/types";
import { Block } from "../../components/Facts";
import { Mark } from "../../components/Sign";
import { StackedBar } from "../../components/StackedBar";
import { count, plural } from "../../lib/format";
import { OPEN_STATES, stateSign } from "../../lib/states";

/** Hosts by the state that the CVE has on them; the states of a CVE add up to its hosts. */
export function CveStates({ row }: { row: FleetFinding }) {
  const parts = OPEN_STATES.map((state) => ({ state, value: row.states[state] ?? 0 })).filter(
    ({ value }) => value > 0,
  );
  return (
    <Block title="State on its hosts">
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
            <li key={state} className="flex items-center gap-2">
              <Mark shape={stateSign[state].shape} tone={stateSign[state].tone} />
              <span title={stateSign[state].meaning}>{stateSign[state].word}</span>
              <span className="ml-auto" title={plural(value, "host")}>
                {count(value)}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Block>
  );
}
