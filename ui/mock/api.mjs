// The API of the mock as one function from a request to an answer; servers wrap it.

import { cveOnFleet } from "./cve.mjs";
import { feedRows } from "./feeds.mjs";
import { detailOf, freshnessOf, gapReason, makeFleet } from "./fleet.mjs";
import { makeLists, OPEN, SEVERITIES, sorted } from "./lists.mjs";
import { matcher } from "./query.mjs";
import { ago } from "./time.mjs";

function problem(status, code, detail, more = {}) {
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(more.retry ? { "retry-after": String(more.retry) } : {}),
    },
    body: { type: "about:blank", title: "Problem", status, code, detail, ...more },
  };
}

function page(rows, params, seq) {
  const limit = Number(params.get("limit") ?? 50);
  const from = Number(params.get("cursor") ?? 0);
  const end = from + limit;
  return {
    items: rows.slice(from, end),
    total: rows.length,
    next_cursor: end < rows.length ? String(end) : null,
    seq,
  };
}

function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}

const contains = (q, ...texts) => !q || texts.some((text) => text.toLowerCase().includes(q.toLowerCase()));

export function createMock({ scenario = "fleet", signedIn = false } = {}) {
  const hosts = makeFleet(scenario);
  const state = { seq: 1412, session: signedIn, setup: scenario === "setup", failures: 0 };
  const noFeed = scenario === "no-feed" || scenario === "empty" || scenario === "setup";
  const positives = scenario === "positives";
  const SYNC = "mendwatch feeds sync";
  /** Answers over the fleet are the same until the next report. */
  const once = (make) => {
    let held;
    return () => {
      if (held?.seq !== state.seq) held = { seq: state.seq, value: make() };
      return held.value;
    };
  };

  const feeds = () => feedRows({ noFeed, positives });

  function overview() {
    const rows = hosts.map((host) => host.row);
    const open = hosts.flatMap((host) => [...host.byCve.values()].map((finding) => ({ finding, host })));
    const sum = (pick) => rows.reduce((total, row) => total + pick(row), 0);
    const of = (pick, values) =>
      Object.fromEntries(values.map((value) => [value, rows.filter((row) => pick(row) === value).length]));
    const platforms = tally(rows.map((row) => row.platform)).map(({ value, count }) => {
      const covering = feeds().filter((feed) => feed.platforms.includes(value));
      const inForce = covering.filter((feed) => feed.state === "in_force");
      const feedState =
        positives && covering.length
          ? "partial"
          : inForce.length
            ? "in_force"
            : covering.some((feed) => feed.state === "too_old")
              ? "too_old"
              : "none";
      return {
        platform: value,
        hosts: count,
        feed_state: feedState,
        feeds: covering.map((feed) => feed.id),
        as_of: (inForce[0] ?? covering[0])?.as_of,
        ...(feedState === "in_force" || !covering.length ? {} : { command: "mendwatch feeds sync" }),
      };
    });
    const findings = fleetFindings();
    return {
      as_of: ago(0),
      seq: state.seq,
      hosts: {
        total: rows.length,
        ...of((row) => row.freshness, ["fresh", "late", "stale", "lost"]),
        colours: of((row) => row.colour, ["green", "yellow", "orange", "red", "grey"]),
      },
      updates: {
        hosts_with_security: rows.filter((row) => row.security_updates).length,
        hosts_with_any: rows.filter((row) => row.security_updates + row.other_updates).length,
        security: sum((row) => row.security_updates),
        other: sum((row) => row.other_updates),
        withheld: 0,
      },
      restarts: { hosts_reboot_required: rows.filter((row) => row.reboot_required).length },
      findings: {
        open: open.length,
        hosts: rows.filter((row) => row.open_findings).length,
        by_state: Object.fromEntries(
          OPEN.map((each) => [each, open.filter(({ finding }) => finding.state === each).length]),
        ),
        by_severity: Object.fromEntries(
          SEVERITIES.map((each) => [each, open.filter(({ finding }) => finding.severity === each).length]),
        ),
      },
      assessment: {
        packages: sum((row) => row.packages),
        assessed: sum((row) => (row.assessed ? row.packages : 0)),
        not_assessed: sum((row) => (row.assessed ? 0 : row.packages)),
        hosts_not_assessed: rows.filter((row) => !row.assessed).length,
      },
      platforms,
      feeds: feeds(),
      top_updates: sourceUpdates().slice(0, 10),
      top_findings: findings.slice(0, 10),
      lists: { oldest_at: ago(6.5 * 3600) },
    };
  }

  const { fleetUpdates, sourceUpdates, fleetFindings, fleetPackages } = makeLists(hosts, once);

  function hostList(params) {
    let match;
    try {
      match = matcher(params.get("q") ?? "");
    } catch (error) {
      return problem(
        422,
        "bad_query",
        `${error.message}. Fields: os, freshness, colour, security, other, findings, pkg, cve, reboot, tag.`,
        { field: "q", position: error.position },
      );
    }
    const found = hosts.filter(match);
    const sort = params.get("sort") || "-security_updates";
    const key = sort.replace(/^-/, "");
    const sign = sort.startsWith("-") ? -1 : 1;
    const value = (host) => host.row[key];
    found.sort((a, b) =>
      value(a) < value(b) ? -sign : value(a) > value(b) ? sign : a.row.hostname.localeCompare(b.row.hostname),
    );
    return {
      ...page(
        found.map((host) => host.row),
        params,
        state.seq,
      ),
      lacks: [],
      facets: {
        platform: tally(found.map((host) => host.row.platform)),
        freshness: tally(found.map((host) => host.row.freshness)),
        colour: tally(found.map((host) => host.row.colour)),
      },
    };
  }

  function explanation(host, cve, name) {
    const rows = host.findings.filter((each) => each.cve === cve && (!name || each.package === name));
    if (rows.length === 0)
      return problem(
        404,
        "not_found",
        `Nothing in force says anything of ${cve} about a package of this host.`,
      );
    const lines = rows.flatMap((row, at) => {
      const source = host.packages.find((each) => each.name === row.package);
      return [
        ...(at > 0 ? [""] : []),
        `${row.package} ${row.version} (${row.arch}) is installed, built from source ${source?.source} ${source?.source_version}.`,
        `Origin: ${source?.origin.kind === "distribution" ? "the version stands in a list of the distribution" : "the distribution, inferred: no list at hand holds this version and nothing contradicts"}.`,
        `Feed ${row.feed}, as of ${ago(2.4 * 3600)}, sha256 a3f1b2c4d5e6: ${cve} affects ${source?.source} in ${host.row.platform}.`,
        row.fixed_version
          ? `Compared by dpkg's order: ${row.version} < ${row.fixed_version}, so the fix is not installed.`
          : "The feed names no fixed version for this release.",
        `State: ${row.state.replaceAll("_", " ")}, severity ${row.severity}.`,
      ];
    });
    return {
      findings: rows,
      finding_count: rows.length,
      explanation: lines,
      explanation_count: rows.length,
    };
  }

  function read(path, params) {
    if (path === "/api/v1/overview") return overview();
    if (path === "/api/v1/hosts") return hostList(params);
    if (path === "/api/v1/feeds") return page(feeds(), params, state.seq);
    const q = params.get("q");
    const fleetList = (name, rows) => {
      const ordered = sorted(name, rows, params.get("sort"));
      return ordered
        ? page(ordered, params, state.seq)
        : problem(422, "invalid_sort", `${name} can't be sorted by ${params.get("sort")}.`, {
            field: "sort",
          });
    };
    if (path === "/api/v1/updates") {
      const security = params.get("security");
      return fleetList(
        "updates",
        fleetUpdates().filter(
          (each) => (security === null || String(each.security) === security) && contains(q, each.name),
        ),
      );
    }
    if (path === "/api/v1/packages")
      return fleetList(
        "packages",
        fleetPackages().filter((each) => contains(q, each.name)),
      );
    if (path === "/api/v1/findings") {
      const rows = fleetFindings().filter(
        (each) =>
          contains(q, each.cve, ...each.packages) &&
          (!params.get("severity") || each.severity === params.get("severity")) &&
          (!params.get("state") || each.states[params.get("state")]),
      );
      return fleetList("findings", rows);
    }
    const about = /^\/api\/v1\/cves\/([^/]+)\/record$/.exec(path);
    if (about) {
      const said = [
        "rejected",
        "titles",
        "descriptions",
        "scores",
        "weaknesses",
        "exploited",
        "epss",
        "dates",
      ];
      const silent = [...said, "references"].map((name) => [name, []]);
      return { id: decodeURIComponent(about[1]), asked: [], ...Object.fromEntries(silent) };
    }
    const one = /^\/api\/v1\/cves\/([^/]+)$/.exec(path);
    if (one) {
      const id = decodeURIComponent(one[1]);
      const rows = (all) => page(all, params, state.seq);
      return (
        cveOnFleet(hosts, fleetFindings, id, params, rows) ??
        problem(404, "not_found", `${id} is open on no host, and no data in force names it.`)
      );
    }
    const match = /^\/api\/v1\/hosts\/(\d+)(?:\/(packages|updates|findings)(?:\/([^/]+))?)?$/.exec(path);
    const host = match && hosts.find((each) => String(each.row.id) === match[1]);
    if (!host)
      return problem(404, "not_found", match ? `There is no host ${match[1]}.` : `There is no ${path}.`);
    const [, , list, cve] = match;
    if (!list) return detailOf(host, host.row.platform.startsWith("debian") ? SYNC : undefined);
    if (list === "findings" && cve) return explanation(host, decodeURIComponent(cve), params.get("package"));
    if (list === "packages")
      return page(
        host.packages.filter((each) => contains(q, each.name)),
        params,
        state.seq,
      );
    if (list === "updates")
      return page(
        host.updates.map((each) => ({
          ...each,
          cves: host.findings
            .filter((f) => f.package === each.name)
            .map(({ cve, severity }) => ({ cve, severity })),
          cve_count: host.findings.filter((f) => f.package === each.name).length,
        })),
        params,
        state.seq,
      );
    const wanted = params.get("state");
    const rows = host.findings.filter((each) => (wanted ? each.state === wanted : OPEN.includes(each.state)));
    return {
      ...page(rows, params, state.seq),
      not_assessed: host.row.assessed
        ? null
        : {
            reason: gapReason(host.row),
            command: host.row.platform.startsWith("debian") ? SYNC : undefined,
            packages: host.row.packages,
          },
    };
  }

  function session() {
    const known = { title: "Mendwatch", version: "0.1.0", own_host: true };
    if (state.setup) return { state: "setup_needed", ...known };
    return state.session
      ? { state: "signed_in", user: { name: "admin", role: "admin" }, ...known }
      : { state: "signed_out", ...known };
  }

  /** The mock keeps no record: what is removed is gone. */
  function remove(id) {
    const at = hosts.findIndex((each) => each.row.id === id);
    if (at < 0) return problem(404, "not_found", `There is no host ${id}.`);
    hosts.splice(at, 1);
    state.seq += 1;
    return { status: 204 };
  }

  function change(method, path, headers, body) {
    if (headers["x-mendwatch-csrf"] !== "1")
      return problem(403, "csrf", "The header X-Mendwatch-Csrf is missing.");
    if (path === "/api/v1/setup") {
      if (!state.setup) return problem(410, "setup_link_used", "This set-up link has been used.");
      if (body.token !== "first-light")
        return problem(410, "setup_link_unknown", "This set-up link is not known.");
      if ((body.password ?? "").length < 12)
        return problem(422, "weak_password", "The password needs 12 characters or more.", {
          field: "password",
        });
      state.setup = false;
      state.session = true;
      return { status: 201, body: session() };
    }
    if (path === "/api/v1/session" && method === "DELETE") {
      state.session = false;
      return { status: 204 };
    }
    if (path === "/api/v1/session") {
      if (body.name === "admin" && body.password === "correct horse battery") {
        state.session = true;
        return { status: 201, body: session() };
      }
      state.failures += 1;
      return state.failures > 4
        ? problem(429, "too_many_attempts", "Too many attempts.", { retry: 30 })
        : problem(401, "wrong_credentials", "Name or password is wrong.");
    }
    const removed = method === "DELETE" && /^\/api\/v1\/hosts\/(\d+)$/.exec(path);
    if (removed) return remove(Number(removed[1]));
    if (path === "/api/v1/hosts/own/scan") return { status: 202, body: {} };
    return problem(404, "not_found", `There is no ${method} ${path}.`);
  }

  return {
    state,
    hosts,
    freshnessOf,
    /** @returns {{status: number, headers?: Record<string, string>, body?: unknown}} */
    handle(method, url, headers = {}, body = {}) {
      const { pathname, searchParams } = new URL(url, "http://mock");
      if (pathname === "/api/v1/session" && method === "GET") return { status: 200, body: session() };
      if (method !== "GET") return change(method, pathname, headers, body);
      if (!state.session) return problem(401, "signed_out", "Sign in first.");
      const answer = read(pathname, searchParams);
      if (answer.status && answer.headers) return answer;
      return { status: 200, headers: { "mendwatch-seq": String(state.seq) }, body: answer };
    },
    /** A report came in: the next answers differ, and listeners are told. */
    report(id) {
      const host = hosts.find((each) => each.row.id === id);
      state.seq += 1;
      if (host) {
        const [done] = host.updates.splice(0, 1);
        if (done?.security) host.row.security_updates -= 1;
        else if (done) host.row.other_updates -= 1;
        host.row.last_seen_at = ago(0);
      }
      return { seq: state.seq, hosts: [id], cause: "report" };
    },
  };
}
