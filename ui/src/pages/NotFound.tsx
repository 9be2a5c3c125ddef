import { useLocation } from "@tanstack/react-router";
import { Door } from "../components/Door";
import { Page } from "../components/Page";
import { paths } from "../paths";

export function NotFound() {
  const path = useLocation({ select: (location) => location.pathname });
  return (
    <Page title="Not found" sentence="There is no such page.">
      <p className="max-w-prose text-muted">
        Nothing stands at <code className="font-mono text-ink">{path}</code>. The search above finds hosts,
        packages and CVEs; or go to the <Door to={paths.overview()}>overview</Door> or the{" "}
        <Door to={paths.hosts()}>list of hosts</Door>.
      </p>
    </Page>
  );
}
