#!/usr/bin/env python3
"""What a fleet costs at growing sizes: filling, the database, the start, memory, questions, check-ins, changed reports.

    benches/fleet/run.py --mendwatch target/release/mendwatch [--shared ../shared] [--hosts 1000,10000,100000] [--out FILE]

Each size gets a data directory of its own with the whole feeds at hand, filled by `mendwatch simulate --data`; then a server
is started on it, asked over HTTP, and driven by `mendwatch simulate --server`. Costs are processor seconds of the server, from
/proc: on a machine that others use, times on the clock are upper bounds. A growth of 1 is "ten times the hosts, ten times the
cost". The table stands beside the goals of the project; what is not measured here is not in it.
"""

import argparse
import http.client
import json
import math
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FEEDS = [
    ("redhat-oval", "redhat/rhel-6-including-unpatched.oval.xml.bz2"),
    ("redhat-oval", "redhat/rhel-7-including-unpatched.oval.xml.bz2"),
    ("redhat-oval", "redhat/rhel-8-including-unpatched.oval.xml.bz2"),
    ("ubuntu-oval", "ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2"),
    ("ubuntu-oval", "ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2"),
    ("ubuntu-oval", "ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2"),
    ("almalinux-osv", "almalinux/osv-database.tar.zst"),
]

# Asked as a browser does; CVE and HOST are those with most hosts and most findings.
QUESTIONS = {
    "overview": "overview",
    "hosts, first page": "hosts",
    "hosts by name": "hosts?sort=hostname",
    "hosts by findings": "hosts?sort=-open_findings",
    "hosts, page 2": "hosts?cursor=NEXT",
    "hosts, q=pkg:bash": "hosts?q=pkg:bash",
    "hosts, q=security_updates>10": "hosts?q=security_updates%3E10",
    "cves/ID": "cves/CVE",
    "findings": "findings",
    "findings by hosts": "findings?sort=-hosts",
    "updates": "updates",
    "packages": "packages",
    "a host's page": "hosts/HOST",
    "a host's findings": "hosts/HOST/findings",
}

TICKS = os.sysconf("SC_CLK_TCK")

# The goals of the project for its sizes: row, hosts, value, unit.
GOALS = {
    "check-in, CPU": ("P1", {}, "<= 50 us"),
    "changed report and its check-in, CPU": ("P2", {}, "<= 600 us for 600 packages"),
    "memory when ready": ("P7", {1_000: 100, 100_000: 500, 1_000_000: 4096}, "MiB"),
    "database, a host": ("P8", {}, "<= 10 KB with a year"),
    "start to ready": ("P9", {100_000: 2, 1_000_000: 60}, "s"),
}


class Server:
    """A server on a data directory, with the administrator signed in."""

    def __init__(self, mendwatch, data):
        self.mendwatch, self.data = mendwatch, data
        arguments = ["server", "--data", data, "--listen", "127.0.0.1:0", "--own-host", "off", "--feed-max-age-days", "3650"]
        environment = {**os.environ, "MENDWATCH_LOG": "error"}
        environment.pop("DATABASE_URL", None)
        begun = time.monotonic()
        self.process = subprocess.Popen([mendwatch, *arguments], stdout=subprocess.PIPE, text=True, env=environment)
        setup = None
        for line in self.process.stdout:
            if " on http://" in line:
                self.address = line.split(" on http://")[1].strip()
            if "/setup#" in line:
                setup = line.split("/setup#")[1].strip()
            if line.strip().startswith("stop"):
                break
        else:
            sys.exit("the server ended before it was ready")
        self.start_wall = time.monotonic() - begun
        self.start_cpu, self.memory = self.cpu(), self.status("VmRSS")
        self.connection, self.cookie = http.client.HTTPConnection(self.address, timeout=300), ""
        account = {"name": "bench", "password": "correct horse battery"}
        if setup:
            self.ask("POST", "/api/v1/setup", {**account, "token": setup})
        else:
            self.ask("POST", "/api/v1/session", account)

    def ask(self, method, path, body=None):
        headers = {"cookie": self.cookie, "x-mendwatch-csrf": "1", "content-type": "application/json"}
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status >= 300:
            sys.exit(f"{method} {path}: {response.status} {text[:300]}")
        if response.headers.get("set-cookie"):
            self.cookie = response.headers["set-cookie"].split(";")[0]
        return json.loads(text) if text else None

    def get(self, path):
        return self.ask("GET", f"/api/v1/{path}")

    def cpu(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def status(self, name):
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))

    def drive(self, hosts, at, changed, seconds):
        """Check-ins for some seconds; what the client saw, and the server's own processor time."""
        token = subprocess.run([self.mendwatch, "tokens", "create", "--data", self.data], check=True, capture_output=True, text=True)
        before = self.cpu()
        driven = simulate(self.mendwatch, hosts, at, "--server", f"http://{self.address}", "--token", token.stdout.strip(),
                          "--changed", str(changed), "--duration", f"{seconds}s", "--connections", "16")
        return driven["driven"], self.cpu() - before

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def simulate(mendwatch, hosts, at, *more):
    command = [mendwatch, "simulate", "--hosts", str(hosts), "--at", at, "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return json.loads(done.stdout)


def questions(server, times):
    """Milliseconds on the clock (median, longest) and of the server's processor time, by question."""
    hosts = server.get("hosts?sort=-open_findings&limit=500")["items"]
    findings = server.get("findings?sort=-hosts")["items"]
    names = {"HOST": str(hosts[0]["id"]), "CVE": findings[0]["cve"] if findings else "CVE-2021-3156",
             "NEXT": server.get("hosts").get("next_cursor") or ""}
    measured = {}
    for label, path in QUESTIONS.items():
        for word, value in names.items():
            path = path.replace(word, value)
        if path.endswith("cursor="):
            continue
        walls, before = [], server.cpu()
        for _ in range(times):
            begun = time.perf_counter()
            server.get(path)
            walls.append((time.perf_counter() - begun) * 1000)
        measured[label] = {"median_ms": statistics.median(walls), "max_ms": max(walls), "cpu_ms": (server.cpu() - before) * 1000 / times}
    # A host's open_findings counts CVEs; a finding is one of a package.
    totals = [server.get(f"hosts/{host['id']}/findings?limit=1")["total"] for host in hosts[:200]]
    over = sum(total > 5000 for total in totals)
    return measured, {"most findings of a host": max(totals), "over 5,000 of the first 200": over}


def measure(mendwatch, template, hosts, at, folder, seconds, times, changes):
    data = str(Path(folder) / f"fleet-{hosts}")
    shutil.copytree(template, data)
    empty = (Path(data) / "mendwatch.db").stat().st_size
    before = os.times()
    stats = ["--stats"] if hosts <= 100_000 else []
    filled = simulate(mendwatch, hosts, at, "--data", data, "--changes", str(changes), *stats)
    after = os.times()
    size = (Path(data) / "mendwatch.db").stat().st_size - empty
    reports = filled["filled"]["reports"]
    cost = after.children_user + after.children_system - before.children_user - before.children_system
    row = {
        "hosts": hosts,
        "fleet": filled.get("fleet"),
        "fill, CPU a report": cost / reports * 1e6,
        "fill, wall": filled["filled"]["seconds"],
        "database, a host": size / hosts,
    }
    server = Server(mendwatch, data)
    row |= {"start to ready": server.start_wall, "start, CPU": server.start_cpu, "memory when ready": server.memory}
    row["questions"], row["findings"] = questions(server, times)
    driven, cpu = server.drive(hosts, at, 0, seconds)
    row["check-in, CPU"] = cpu / max(driven["checkins"]["count"], 1) * 1e6
    row["checkins"] = driven
    driven, cpu = server.drive(hosts, at, 100, seconds)
    row["changed report and its check-in, CPU"] = cpu / max(driven["reports"]["count"], 1) * 1e6
    row["reports"] = driven
    row["memory, most"] = server.status("VmHWM")
    server.stop()
    shutil.rmtree(data)
    return row


def growth(rows, value):
    """The exponents between neighbouring sizes."""
    told = []
    for one, next_ in zip(rows, rows[1:]):
        a, b = value(one), value(next_)
        if a and b and a > 0 and b > 0:
            told.append(f"{math.log(b / a) / math.log(next_['hosts'] / one['hosts']):.2f}")
        else:
            told.append("-")
    return ", ".join(told)


def table(rows):
    lines = []

    def line(label, value, form, goal=""):
        cells = [form.format(value(row)) if value(row) is not None else "-" for row in rows]
        lines.append(f"| {label} | {' | '.join(cells)} | {growth(rows, value)} | {goal} |")

    def goal(label):
        row, values, text = GOALS[label]
        at = ", ".join(f"{hosts:,}: {value} {text}" for hosts, value in values.items()) or text
        return f"{row}: {at}"

    def question(row, label, part):
        return row["questions"].get(label, {}).get(part)

    lines.append(f"| what | {' | '.join(format(row['hosts'], ',') + ' hosts' for row in rows)} | growth | goal |")
    lines.append(f"| --- |{' --- |' * (len(rows) + 2)}")
    line("fill, CPU a report, its making included, us", lambda row: row["fill, CPU a report"], "{:,.0f}")
    line("fill, wall, s", lambda row: row["fill, wall"], "{:,.1f}")
    line("database, a host, bytes", lambda row: row["database, a host"], "{:,.0f}", goal("database, a host"))
    line("start to ready, wall, s", lambda row: row["start to ready"], "{:,.2f}", goal("start to ready"))
    line("start to ready, CPU, s", lambda row: row["start, CPU"], "{:,.2f}")
    line("memory when ready, MiB", lambda row: row["memory when ready"], "{:,.0f}", goal("memory when ready"))
    line("memory, most, MiB", lambda row: row["memory, most"], "{:,.0f}")
    line("check-in, CPU, us", lambda row: row["check-in, CPU"], "{:,.0f}", goal("check-in, CPU"))
    line("changed report and its check-in, CPU, us", lambda row: row["changed report and its check-in, CPU"], "{:,.0f}",
         goal("changed report and its check-in, CPU"))
    for label in QUESTIONS:
        line(f"{label}, CPU, ms", lambda row, label=label: question(row, label, "cpu_ms"), "{:,.2f}", "P5: <= 20 ms at 1,000,000")
        line(f"{label}, wall, median, ms", lambda row, label=label: question(row, label, "median_ms"), "{:,.2f}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--mendwatch", required=True)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--hosts", default="1000,10000", help="sizes, with commas between them (default: %(default)s)")
    parser.add_argument("--at", default=time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()))
    parser.add_argument("--seconds", type=int, default=15, help="of each load (default: %(default)s)")
    parser.add_argument("--times", type=int, default=25, help="each question is asked (default: %(default)s)")
    parser.add_argument("--changes", type=int, default=0, help="reports of each host beside the first (default: %(default)s)")
    parser.add_argument("--template", type=Path, help="a data directory with feeds, in place of importing them")
    parser.add_argument("--out", type=Path, help="a file for everything that was measured, as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.out.parent if options.out else None) as folder:
        template = options.template or Path(folder) / "template"
        if not options.template:
            template.mkdir(mode=0o700)
            for feed, file in FEEDS:
                path = options.shared / "data" / "feeds" / file
                subprocess.run([options.mendwatch, "feeds", "import", feed, path, "--data", template], check=True, stdout=subprocess.DEVNULL)
        rows = []
        for hosts in sorted(int(size) for size in options.hosts.split(",")):
            load = os.getloadavg()[0]
            rows.append(measure(options.mendwatch, template, hosts, options.at, folder, options.seconds, options.times, options.changes))
            rows[-1]["load"] = load
            if options.out:
                options.out.write_text(json.dumps(rows, indent=1))
            print(f"{hosts:,} hosts measured, load {load:.1f} before", file=sys.stderr)
    print("\n".join(table(rows)))
    print(f"\n{platform.node() and ''}{os.cpu_count()} processors, Linux {platform.release()}, SQLite with journal_mode=WAL and"
          f" synchronous=FULL, loads {', '.join(format(row['load'], '.1f') for row in rows)}, {rows[0]['fleet'] and 'fleets:' or ''}")
    for row in rows:
        print(f"  {row['hosts']:,}: {json.dumps(row['fleet'])} {json.dumps(row['findings'])}")
        print(f"    check-ins: {json.dumps(row['checkins'])}\n    changed: {json.dumps(row['reports'])}")


if __name__ == "__main__":
    main()
