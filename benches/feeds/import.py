#!/usr/bin/env python3
"""Imports every whole feed at hand into an empty data directory (embedded SQLite), then all of them again.

    benches/feeds/import.py --mendwatch target/release/mendwatch [--shared ../shared] [--again 1]

Each document is given to `mendwatch feeds import` as an administrator would: a process of its own that opens the
data directory, keeps the document, reads it and writes what it says, durably. Printed are the processor seconds
(user and system), the wall time and the largest resident memory of each, and the sums. Of each document in bzip2 its
unpacking alone is measured beside it, by the tool of that name, since that is a good part of the whole.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

# A feed, a file of shared/data/feeds, and the path of a document in it where it holds others, too.
DOCUMENTS = [
    ("debian-dsa", "debian/security-tracker-lists.tar.zst", "data/DSA/list"),
    ("debian-dla", "debian/security-tracker-lists.tar.zst", "data/DLA/list"),
    ("debian-tracker", "debian/samples-vunnel-debian.tar.zst", "test-fixtures/input/debian.json"),
    ("ubuntu-oval", "ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2", None),
    ("ubuntu-oval", "ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2", None),
    ("ubuntu-oval", "ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2", None),
    ("ubuntu-oval", "ubuntu/com.ubuntu.focal.cve.oval.xml.bz2", None),
    ("ubuntu-usn", "ubuntu/samples-vuls-data-update.tar.zst", "database-all.json.bz2"),
    ("redhat-oval", "redhat/Red_Hat_Enterprise_Linux_3.oval.xml.zst", None),
    ("redhat-oval", "redhat/com.redhat.rhsa-RHEL5.xml.bz2", None),
    ("redhat-oval", "redhat/rhel-6-including-unpatched.oval.xml.bz2", None),
    ("redhat-oval", "redhat/rhel-7-including-unpatched.oval.xml.bz2", None),
    ("redhat-oval", "redhat/rhel-8-including-unpatched.oval.xml.bz2", None),
    ("redhat-vex", "redhat/csaf-trustify.tar.zst", None),
    ("almalinux-osv", "almalinux/osv-database.tar.zst", None),
    ("epel-updateinfo", "epel/epel-6-updateinfo.xml.gz", None),
    ("fedora-bodhi", "fedora/bodhi-F36-updates-page1.json.zst", None),
    ("arch-tracker", "arch/all.json.zst", None),
    ("alpine-secdb", "alpine/alpine-secdb-yaml.tar.zst", None),
    ("wolfi-secdb", "wolfi/samples-vuls-data-update.tar.zst", "happy/security.json"),
    ("chainguard-secdb", "wolfi/samples-vunnel-chainguard.tar.zst", "secdb/security.json"),
    ("cisa-kev", "kev/known_exploited_vulnerabilities.json.zst", None),
    ("nvd", "nvd/samples-vunnel-nvd.tar.zst", "test-fixtures/full-page.json"),
    ("cve-records", "cve/vulnrichment-subset.tar.zst", None),
]


def document(shared, file, member, folder):
    """The path of a document; one that stands in an archive is taken out of it."""
    path = shared / "data" / "feeds" / file
    if member is None:
        return path
    unpacked = subprocess.run(["zstd", "-dc", "--long=27", path], check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as archive:
        found = [entry for entry in archive.getmembers() if entry.name.endswith(member)]
        if len(found) != 1:
            sys.exit(f"{file} holds {member} {len(found)} times, not once")
        place = Path(folder) / f"{len(os.listdir(folder))}-{Path(member).name}"
        place.write_bytes(archive.extractfile(found[0]).read())
    return place


def imported(mendwatch, data, feed, path):
    """Imports a document: processor seconds, wall seconds, memory in MiB, and the command's own account."""
    command = [mendwatch, "feeds", "import", feed, path, "--data", data, "--json"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        begun = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - begun
        out.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            sys.exit(f"{feed} {path}: exit code {child.returncode}: {errors.read().decode(errors='replace').strip()}")
        account = json.load(out)[0]
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss // 1024, account


def unpacking(paths):
    """Processor seconds that the tool `bzip2` takes to unpack documents, where it is at hand."""
    used = 0.0
    for path in (path for path in paths if str(path).endswith(".bz2")):
        before = os.times()
        try:
            subprocess.run(["bzip2", "-dc", path], check=True, stdout=subprocess.DEVNULL)
        except FileNotFoundError:
            return None
        after = os.times()
        used += after.children_user - before.children_user + after.children_system - before.children_system
    return used


def size(folder):
    """Bytes of the files below a folder: of the database, and of the documents that are kept."""
    files = [file for file in Path(folder).rglob("*") if file.is_file()]
    database = sum(file.stat().st_size for file in files if ".db" in file.name or "sqlite" in file.name)
    return database, sum(file.stat().st_size for file in files) - database


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mendwatch", required=True)
    parser.add_argument("--shared", default="../shared", type=Path)
    parser.add_argument("--again", default=1, type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        taken = os.path.join(folder, "documents")
        os.mkdir(taken)
        documents = [(feed, document(arguments.shared, file, member, taken)) for feed, file, member in DOCUMENTS]
        for run in range(1 + arguments.again):
            print(f"{'into an empty data directory' if run == 0 else 'the same again'}, load {os.getloadavg()[0]:.1f}")
            print(f"  {'feed':<18} {'document':<44} {'cpu s':>7} {'wall s':>7} {'MiB':>5} {'records':>8} {'new':>7}")
            whole_cpu, whole_wall, peak = 0.0, 0.0, 0
            for feed, path in documents:
                cpu, wall, memory, account = imported(arguments.mendwatch, data, feed, path)
                whole_cpu, whole_wall, peak = whole_cpu + cpu, whole_wall + wall, max(peak, memory)
                print(
                    f"  {feed:<18} {path.name:<44} {cpu:7.2f} {wall:7.2f} {memory:5} {account['records']:8} {account['added']:7}",
                    flush=True,
                )
            print(f"  {'together':<18} {f'{len(documents)} documents':<44} {whole_cpu:7.2f} {whole_wall:7.2f} {peak:5}")
        unpacked = unpacking(path for _, path in documents)
        if unpacked is not None:
            print(f"of it, as the tool bzip2 takes for the documents in that form: {unpacked:.2f} s")
        database, kept = size(data)
        print(f"database {database / 1e6:.1f} MB, documents kept {kept / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
