import { useUrl } from "../hooks/useUrl";
import { paths } from "../paths";
import { Door } from "./Door";
import { Empty } from "./Notice";

/** A list that its filters have emptied, with the way back to all of it. */
export function NothingLeft({ title }: { title: string }) {
  const { path } = useUrl();
  return (
    <Empty title={title}>
      <Door to={path}>Show all</Door>
    </Empty>
  );
}

/** A list that is empty as there is no host yet. */
export function NoHostYet() {
  return (
    <Empty title="There is nothing to list yet.">
      The <Door to={paths.overview()}>overview</Door> says how the first host reports.
    </Empty>
  );
}
