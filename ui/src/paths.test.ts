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
    waiting: paths.hostsWithUpdate({ name: "libssl3", candidate: "3.0.22-1~deb12u2", platform: "debian:12" }),
    version: paths.hostsWithVersion({ name: "bash", version: "5.2.15-2+b8", platform: "debian:12" }),
    feeds: paths.feeds(),
  };
  expect(shown).toMatchInlineSnapshot(`
    {
      "colour": "/hosts?q=colour:red",
      "cve": "/hosts?q=cve:CVE-2024-3094",
      "feeds": "/feeds",
      "finding": "/hosts/17/findings?open=CVE-2024-3094",
      "fleetFindings": "/findings?severity=critical",
      "fleetUpdates": "/updates?security=true",
      "host": "/hosts/17",
      "hosts": "/hosts?q=os:debian:12+security%3E10&sort=hostname",
      "odd": "/hosts?q=pkg:%22two+words%22",
      "package": "/hosts?q=pkg:libstdc%2B%2B6",
      "packages": "/hosts/17/packages?show=held&q=lib",
      "platform": "/hosts?q=os:debian:12",
      "updates": "/hosts/17/updates?kind=security",
      "version": "/hosts?q=os:debian:12+pkg:bash%3D5.2.15-2%2Bb8",
      "waiting": "/hosts?q=os:debian:12+update:libssl3+pkg:libssl3%3C3.0.22-1%7Edeb12u2",
    }
  `);
});
