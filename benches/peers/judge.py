#!/usr/bin/env python3
"""Judges the same hosts with Mendwatch and with its peers, side by side in one run.

    benches/peers/judge.py --mendwatch target/release/mendwatch [--shared ../shared] [--runs 5]

Two hosts, each with one vendor's data, the same for both sides:

* the Debian host of shared/data/hosts (the names in its dpkg status file) as Debian 11, which is what the DSA
  list at hand speaks of, each package that the list names just below its last fix, beside debsecan, which is
  given the same statements in the format of its own feed;
* a host of 600 packages of Ubuntu 18.04, drawn from the vendor's OVAL, against that OVAL (CVEs), beside
  oscap of openscap-scanner in a dpkg root.

Printed are the median of the processor seconds (user and system) and the largest resident memory of
each command, from process start to its last line, and how many CVEs it found: the work is the same only
where these are close. debsecan also counts kernels that don't run, oscap also compares with versions that
are none ("8.0 only"); Mendwatch does neither. Mendwatch reads the vendor's document anew in each run here, as the peers do, although
its server would not. Peers that are not installed are named as missing; the exit code is then 2.
"""

import argparse
import bz2
import io
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path

CODENAME, PLATFORM = "bullseye", "debian:11"


def measured(command, env=None, runs=5, ok=(0,), given=None):
    """Runs a command; gives the median processor seconds, the largest memory in MiB, and its output."""
    seconds, memory, output = [], 0, b""
    for _ in range(runs):
        with tempfile.TemporaryFile() as out, open(given or os.devnull, "rb") as read:
            child = subprocess.Popen(command, stdin=read, stdout=out, stderr=subprocess.PIPE, env=env)
            errors = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            child.stderr.close()
            if child.returncode not in ok:
                sys.exit(f"{command[0]} ended with {child.returncode}: {errors.decode(errors='replace').strip()}")
            out.seek(0)
            output = out.read()
        seconds.append(usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss // 1024)
    return statistics.median(seconds), memory, output


def unpacked(path):
    """The bytes of a .zst file, by the zstd program."""
    return subprocess.run(["zstd", "-dc", path], check=True, stdout=subprocess.PIPE).stdout


def cves_of(output):
    """The distinct names in the findings that `evaluate` printed, one JSON object a line."""
    found = set()
    for line in output.decode().splitlines():
        row = json.loads(line)
        if row.get("cve") and row.get("state") not in ("not_affected", "not_assessed"):
            found.add(row["cve"])
    return found


def stanzas(status):
    """Installed packages of a dpkg status file: name, version, architecture, source and its version."""
    for block in status.decode().split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", block, re.M))
        if "Package" not in fields or not fields.get("Status", "").endswith(" installed"):
            continue
        source, _, version = fields.get("Source", fields["Package"]).partition(" ")
        yield {
            "name": fields["Package"],
            "version": fields["Version"],
            "arch": fields["Architecture"],
            "source": source,
            "source_version": version.strip("()") or fields["Version"],
        }


def dsa_statements(text, codename):
    """(advisory, names, package, fixed version) of a release, as the DSA list states them."""
    advisory, names, rows = "", [], []
    for line in text.splitlines():
        if line and not line[0].isspace():
            advisory, names = line.split("] ")[-1].split()[0], []
        elif line.strip().startswith("{"):
            names = line.strip(" \t{}").split()
        else:
            fixed = re.match(r"\s*\[(\w+)\] - (\S+) ([0-9]\S*)$", line)
            if fixed and fixed[1] == codename:
                rows.append((advisory, names or [advisory], fixed[2], fixed[3]))
    return rows


def debsecan_feed(rows, packages):
    """debsecan's own format (version 1): vulnerabilities, then packages, then the binaries of each source.

    A row's flags are: kind S (source package), urgency, remote, fixed; a version in `other` is fixed too.
    """
    numbers, lines = {}, []
    for _, names, package, fixed in rows:
        for name in names:
            number = numbers.setdefault(name, len(numbers))
            lines.append(f"{package},{number},S  F,{fixed},{fixed}")
    binaries = {}
    for package in packages:
        binaries.setdefault(package["source"], set()).add(package["name"])
    text = ["VERSION 1"]
    text += [f"{name},,of the list" for name in numbers] + [""] + lines + [""]
    text += [f"{source},{' '.join(sorted(names))}" for source, names in sorted(binaries.items())] + [""]
    return zlib.compress(("\n".join(text) + "\n").encode())


def debian(arguments, work):
    """Debian 12: Mendwatch and debsecan."""
    data = arguments.shared / "data"
    packages = list(stanzas(unpacked(data / "hosts/dpkg-status.zst")))
    with tarfile.open(fileobj=io.BytesIO(unpacked(data / "feeds/debian/security-tracker-lists.tar.zst"))) as lists:
        member = next(name for name in lists.getnames() if name.endswith("DSA/list"))
        document = lists.extractfile(member).read()
    (work / "DSA-list").write_bytes(document)
    rows = dsa_statements(document.decode(), CODENAME)
    last = {package: fixed for _, _, package, fixed in reversed(rows)}  # the newest stand first
    blocks = []
    for package in packages:
        if package["source"] in last:
            package["version"] = package["source_version"] = last[package["source"]] + "~"
        blocks.append(
            f"Package: {package['name']}\nStatus: install ok installed\nArchitecture: {package['arch']}\n"
            f"Source: {package['source']} ({package['source_version']})\nVersion: {package['version']}\n"
        )
    (work / "status").write_text("\n".join(blocks))
    (work / "debian.jsonl").write_text("".join(json.dumps(package) + "\n" for package in packages))
    (work / "release/1").mkdir(parents=True)
    (work / "release/1" / CODENAME).write_bytes(debsecan_feed(rows, packages))
    print(f"Debian 11, {len(packages)} packages, {len(rows)} statements of the DSA list")
    evaluate = [arguments.mendwatch, "evaluate", "--platform", PLATFORM, "--feed", f"debian-dsa={work / 'DSA-list'}"]
    yield ("mendwatch evaluate", *measured(evaluate, runs=arguments.runs, given=work / "debian.jsonl"), cves_of)
    peer = shutil.which("debsecan")
    if not peer:
        yield ("debsecan", None, None, None, None)
        return
    command = [peer, "--suite", CODENAME, "--source", f"file://{work}/release/1", "--status", work / "status"]
    command += ["--format", "simple"]
    yield ("debsecan", *measured(command, runs=arguments.runs), lambda out: {line.split()[0] for line in out.decode().splitlines() if line})


def ubuntu(arguments, work):
    """Ubuntu 18.04: Mendwatch and oscap."""
    packed = arguments.shared / "data/feeds/ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2"
    document = bz2.decompress(packed.read_bytes())
    oval = work / "oval.xml"
    oval.write_bytes(document)
    # The packages that the vendor names most, each just below the highest version that fixes something:
    # a host on which much is fixed and something is not.
    text = document.decode()
    named = {}
    for object_id, name in re.findall(r'<linux-def:dpkginfo_object id="([^"]+)".*?<linux-def:name[^>]*>([^<]+)</', text, re.S):
        named[object_id] = name
    states = dict(re.findall(r'<linux-def:dpkginfo_state id="([^"]+)".*?<linux-def:evr[^>]*>(?:0:)?([^<]+)</', text, re.S))
    variables = {
        variable: re.findall(r"<value>([^<]+)</value>", body)
        for variable, body in re.findall(r'<constant_variable id="([^"]+)"[^>]*>(.*?)</constant_variable>', text, re.S)
    }
    variable_of = dict(re.findall(r'<linux-def:dpkginfo_object id="([^"]+)".*?var_ref="([^"]+)"', text, re.S))
    packages = {}
    for test in re.findall(r"<linux-def:dpkginfo_test .*?</linux-def:dpkginfo_test>", text, re.S):
        subject, state = re.search(r'object_ref="([^"]+)"', test), re.search(r'state_ref="([^"]+)"', test)
        if not subject or not state or state[1] not in states:
            continue
        names = variables.get(variable_of.get(subject[1], ""), []) or [named.get(subject[1], "")]
        for name in names:
            if re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name):
                packages.setdefault(name, set()).add(states[state[1]])
    chosen = sorted(packages, key=lambda name: (-len(packages[name]), name))[:600]
    lines, blocks = [], []
    for name in chosen:
        version = sorted(packages[name])[0] + "~"
        lines.append(json.dumps({"name": name, "version": version, "arch": "amd64"}))
        blocks.append(f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\nMaintainer: x\nDescription: x\n")
    (work / "ubuntu.jsonl").write_text("\n".join(lines) + "\n")
    root = work / "root"
    for folder in ("etc/apt", "var/lib/dpkg", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial"):
        (root / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text("\n".join(blocks))
    (root / "etc/lsb-release").write_text("DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\nDISTRIB_CODENAME=bionic\n")
    # oscap asks libapt, which takes its folders from a file; the release is the root's.
    settings = f'Dir "{root}/";\nDir::State::status "{root}/var/lib/dpkg/status";\n'
    (work / "apt.conf").write_text(settings + 'APT::Architecture "amd64";\nAPT::Architectures {"amd64";};\n')
    (work / "of-root.xml").write_text(text.replace("/etc/lsb-release", f"{root}/etc/lsb-release"))
    definitions = len(re.findall(r"<definition ", text))
    print(f"Ubuntu 18.04, {len(chosen)} packages, {definitions} definitions")
    evaluate = [arguments.mendwatch, "evaluate", "--platform", "ubuntu:18.04", "--feed", f"ubuntu-oval={oval}"]
    yield ("mendwatch evaluate", *measured(evaluate, runs=arguments.runs, given=work / "ubuntu.jsonl"), cves_of)
    peer = shutil.which("oscap")
    if not peer:
        yield ("oscap oval eval", None, None, None, None)
        return
    env = {**os.environ, "APT_CONFIG": str(work / "apt.conf")}
    command = [peer, "oval", "eval", "--skip-validation", work / "of-root.xml"]
    seconds, memory, output = measured(command, env=env, runs=max(1, arguments.runs // 3))
    names = dict(re.findall(r'<definition [^>]*?id="([^"]+)".*?<title>(CVE-\d+-\d+)', text, re.S))
    # `Definition oval:com.ubuntu.bionic:def:20021: true`
    true = re.findall(r"^Definition (\S+): true$", output.decode(), re.M)
    yield ("oscap oval eval", seconds, memory, output, lambda _: {names[of] for of in true if of in names})


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mendwatch", required=True, help="the release build of the server's binary")
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    options.add_argument("--runs", type=int, default=5, help="runs of each command; oscap gets a third of them")
    arguments = options.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    missing = False
    for judge in (debian, ubuntu):
        with tempfile.TemporaryDirectory() as work:
            for what, seconds, memory, output, found in judge(arguments, Path(work)):
                if seconds is None:
                    print(f"  {what:<22} is not installed")
                    missing = True
                else:
                    print(f"  {what:<22} {seconds:8.3f} CPU s  {memory:6} MiB  {len(found(output)):6} CVEs")
    sys.exit(2 if missing else 0)


if __name__ == "__main__":
    main()
