import { Door } from "../../components/Door";
import { Page } from "../../components/Page";
import { queryValue } from "../../lib/query";
import { paths } from "../../paths";

/** An address that asks for what is no id of a CVE: "not open on any host" would answer another question. */
export function NoCve({ text, meant }: { text: string; meant?: string | undefined }) {
  return (
    <Page title="CVE" sentence="This is no id of a CVE.">
      {meant ? (
        <p className="mb-3">
          Meant is probably{" "}
          <Door to={paths.cve(meant)} className="font-semibold">
            {meant}
          </Door>
          .
        </p>
      ) : null}
      <p className="max-w-prose text-muted">
        <code className="font-mono break-all text-ink">{text}</code> is not written as one, and no data says
        anything of it. An id is <code className="font-mono text-ink">CVE-</code>, a year and a number, as in{" "}
        <code className="font-mono text-ink">CVE-2024-3094</code>. Look for it in the{" "}
        <Door to={paths.findings({ q: text })}>findings</Door>, the{" "}
        <Door to={paths.packages({ q: text })}>packages</Door> or the{" "}
        <Door to={paths.hosts({ q: queryValue(text) })}>hosts</Door>.
      </p>
    </Page>
  );
}
