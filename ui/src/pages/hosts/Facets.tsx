import type { Count, HostPage } from "../../api/types";
import { Labelled } from "../../components/Sign";
import { Choices } from "../../components/Tabs";
import { usePhone } from "../../hooks/useMedia";
import { useUrl } from "../../hooks/useUrl";
import { platformName } from "../../lib/format";
import { hasTerm, toggleTerm } from "../../lib/query";
import { COLOURS, colourSign, FRESHNESSES, freshnessSign, signOf } from "../../lib/states";
import { paths } from "../../paths";

/** Platforms shown at once; a fleet with more narrows them by `os:`. */
const PLATFORMS = 8;
const PLATFORMS_ON_PHONE = 3;

/** How the hosts found spread; a click adds the value to the query or takes it out. */
export function Facets({ facets, q }: { facets: HostPage["facets"]; q: string }) {
  const { search } = useUrl();
  const phone = usePhone();
  const link = (term: string) => paths.hosts({ q: toggleTerm(q, term) || undefined, sort: search.sort });
  const choice = (term: string, each: Count, content: React.ReactNode) => ({
    key: each.value,
    to: link(term),
    content,
    count: each.count,
    current: hasTerm(q, term),
  });
  const ordered = (counts: Count[], order: readonly string[]) =>
    counts.filter((each) => each.count > 0).sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value));
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-6 gap-y-2 max-sm:gap-x-3">
      <Choices
        label="By state"
        choices={ordered(facets.colour, COLOURS).map((each) => {
          const sign = signOf(colourSign, each.value);
          return choice(`colour:${each.value}`, each, <Labelled sign={sign} />);
        })}
      />
      <Choices
        label="By freshness"
        choices={ordered(facets.freshness, FRESHNESSES).map((each) =>
          choice(`freshness:${each.value}`, each, <Labelled sign={signOf(freshnessSign, each.value)} />),
        )}
      />
      <Choices
        label="By system"
        choices={facets.platform
          .filter((each) => each.count > 0)
          .slice(0, phone ? PLATFORMS_ON_PHONE : PLATFORMS)
          .map((each) => choice(`os:${each.value}`, each, platformName(each.value)))}
      />
    </div>
  );
}
