import type { Overview } from "../../api/types";
import { Door } from "../../components/Door";
import { NotKnown } from "../../components/Notice";
import { Words } from "../../components/Words";
import { lackCommand } from "../../lib/coverage";
import { paths } from "../../paths";

/** What the answer to a query leaves open, above its rows, with what mends it. */
export function Lacks({ lacks, overview }: { lacks: readonly string[]; overview: Overview | undefined }) {
  if (lacks.length === 0) return null;
  return (
    <div className="mb-3 grid gap-1.5">
      {lacks.map((lack) => (
        <NotKnown key={lack} command={overview ? lackCommand(lack, overview) : undefined}>
          <Words text={lack} /> <Door to={paths.feeds()}>Why</Door>
        </NotKnown>
      ))}
    </div>
  );
}
