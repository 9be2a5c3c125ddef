import { expect, it } from "vitest";
import { paths } from "./paths";

it("addresses say the query", () => {
  const shown = {
    hosts: paths.hosts({ q: "os:debian:12 security>10", sort: "hostname" }),
    host: paths.host(17),
    updates: paths.hostUpdates(17, { kind: "security" }),
    finding: paths.hostFindings(17, { open: "CVE-2024-3094" }),
    packages: paths.hostPackages(17, { show: "held", q: "lib" }),
    fleetUpdates: paths.updates({ security: "true" }),
    fleetFindings: paths.findings({ severity: "critical" }),
    colour: paths.hostsOfColour("red"),
    platform: paths.hostsOfPlatform("debian:12"),
    package: paths.hostsWithPackage("libstdc++6"),
    odd: paths.hostsWithPackage("two words"),
    cve: paths.hostsWithCve("CVE-2024-3094"),
    feeds: paths.feeds(),
  };
  expect(shown).toMatchInlineSnapshot(`
    {
      "colour": "/hosts?q=colour%3Ared",
      "cve": "/hosts?q=cve%3ACVE-2024-3094",
      "feeds": "/feeds",
      "finding": "/hosts/17/findings?open=CVE-2024-3094",
      "fleetFindings": "/findings?severity=critical",
      "fleetUpdates": "/updates?security=true",
      "host": "/hosts/17",
      "hosts": "/hosts?q=os%3Adebian%3A12+security%3E10&sort=hostname",
      "odd": "/hosts?q=pkg%3A%22two+words%22",
      "package": "/hosts?q=pkg%3Alibstdc%2B%2B6",
      "packages": "/hosts/17/packages?show=held&q=lib",
      "platform": "/hosts?q=os%3Adebian%3A12",
      "updates": "/hosts/17/updates?kind=security",
    }
  `);
});
