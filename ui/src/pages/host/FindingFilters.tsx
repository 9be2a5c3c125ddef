import type { State } from "../../api/types";
import { Labelled } from "../../components/Sign";
import { Choices } from "../../components/Tabs";
import { type Search, useUrl } from "../../hooks/useUrl";
import { OPEN_STATES, SEVERITIES, severitySign, stateSign } from "../../lib/states";
import { paths } from "../../paths";
import type { CveRow } from "./findings";

/** States and severities with how many there are; a second click removes the choice. */
export function FindingFilters({
  id,
  rows,
  closed,
}: {
  id: string;
  rows: readonly CveRow[];
  closed: State | undefined;
}) {
  const { search } = useUrl();
  const link = (patch: Search) =>
    paths.hostFindings(id, {
      state: search.state,
      severity: search.severity,
      q: search.q,
      sort: search.sort,
      ...patch,
    });
  const states = closed ? [closed] : OPEN_STATES;
  return (
    <>
      <Choices
        label="By state"
        choices={states
          .map((state) => ({ state, n: rows.filter((row) => row.state === state).length }))
          .filter(({ state, n }) => n > 0 || search.state === state)
          .map(({ state, n }) => ({
            key: state,
            to: link({ state: search.state === state ? undefined : state }),
            content: <Labelled sign={stateSign[state]} />,
            count: n,
            current: search.state === state,
          }))}
      />
      <Choices
        label="By severity"
        choices={SEVERITIES.map((severity) => ({
          severity,
          n: rows.filter((row) => row.severity === severity && (!search.state || row.state === search.state))
            .length,
        }))
          .filter(({ severity, n }) => n > 0 || search.severity === severity)
          .map(({ severity, n }) => ({
            key: severity,
            to: link({ severity: search.severity === severity ? undefined : severity }),
            content: <Labelled sign={severitySign[severity]} />,
            count: n,
            current: search.severity === severity,
          }))}
      />
    </>
  );
}
