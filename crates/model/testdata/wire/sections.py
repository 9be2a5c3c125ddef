#!/usr/bin/env python3
"""Writes the vectors of the wire format: each section in canonical form, and its hash.

    python3 sections.py DIRECTORY

The canonical form is what the line in `write` says, and nothing else; hashlib gives the hashes, in
the format of sha256sum(1), so `sha256sum -c SHA256SUMS` checks them too. No code of Mendwatch takes
part: the same data stands a second time in `crates/model/tests/wire/sample.rs`, and a test compares.
"""

import hashlib
import json
import pathlib
import sys

# Everything that JSON escapes, and what other writers are known to escape without need.
AWKWARD = "".join(map(chr, range(0x20))) + '"\\/ <&> \x7f \x80 é Ω 𝛑 \u2028\u2029 \ufeff \U0010ffff'

SECTIONS = {
    "host": {
        "arch": "amd64",
        "boot_time": "2026-11-20T05:00:07Z",
        "cpu_count": 2,
        "cpu_model": 'Intel(R) Xeon(R) "Gold" 6226R \\ 2.90GHz',
        "fqdn": "web1.example.org",
        "hostname": "web1",
        "ip_addresses": ["192.0.2.10", "2001:db8::10"],
        "memory_bytes": 25769803776,
        "os": {
            "codename": "bookworm",
            "id": "debian",
            "id_like": ["gnu", "linux"],
            "pretty_name": "Debian GNU/Linux 12 (bookworm) – Zürich",
            "version_id": "12",
        },
        "package_manager": "dpkg",
        "virtualization": "kvm",
    },
    "packages": {
        "manager": "dpkg",
        "records": [
            {
                "arch": "amd64",
                "auto": True,
                "depends": "libc6 (>= 2.34), default-mta | mail-transport-agent",
                "held": True,
                "installed_at": "2026-10-01T12:30:00Z",
                "module": "nodejs:18",
                "name": "libssl3",
                "origin": "Debian",
                "origin_inferred": True,
                "source": "openssl",
                "source_version": "3.0.17-1~deb12u2",
                "status": "half-configured",
                "vendor": "Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>",
                "version": "3.0.17-1~deb12u2+b1",
            },
            {"arch": "all", "name": "tzdata", "version": "2025b-0+deb12u2"},
        ],
        "skipped": [{"record": "/var/lib/dpkg/status line 812", "why": AWKWARD}],
    },
    "updates": {
        "lists_at": "2026-11-21T06:00:00Z",
        "records": [
            {
                "advisories": ["DSA-6015-1", "DSA-6020-1"],
                "arch": "amd64",
                "candidate": "3.0.18-1~deb12u1",
                "installed": "3.0.17-1~deb12u2",
                "name": "libssl3",
                "origin": "Debian",
                "phased_percent": 10,
                "repository": "http://deb.debian.org/debian-security",
                "security": True,
                "size": 2021980,
                "suite": "bookworm-security",
                "withheld": "kept_back",
                "withheld_reason": "needs libc6 (>= 2.37), but there is only libc6 2.36-9+deb12u13",
            }
        ],
        "replacements": [
            {
                "arch": "x86_64",
                "by": "nginx-core",
                "by_arch": "x86_64",
                "candidate": "2:1.26.2-1",
                "installed": "1:1.22.1-9",
                "name": "nginx",
                "repository": "appstream", "security_unknown": True,
            }
        ],
        "skipped": [{"record": "preferences.d/99local line 3", "why": "a pin without a package"}],
    },
    "repositories": {
        "records": [
            {
                "arches": ["amd64", "i386"],
                "codename": "bookworm",
                "component": "main",
                "enabled": True,
                "fetched_at": "2026-11-21T06:00:00Z",
                "kind": "deb",
                "label": "Debian-Security",
                "name": "Debian security updates",
                "origin": "Debian",
                "published_at": "2026-11-20T22:14:03Z",
                "security": True,
                "suite": "bookworm-security",
                "uri": "http://deb.debian.org/debian-security",
            }
        ],
        "skipped": [{"record": "sources.list line 9", "why": "no suite"}],
    },
    "runtime": {
        "kernels": [
            {"package": "linux-image-6.1.0-40-amd64", "release": "6.1.0-40-amd64", "version": "6.1.153-1"},
            {"package": "linux-image-6.1.0-41-amd64", "release": "6.1.0-41-amd64", "version": "6.1.158-1"},
        ],
        "livepatches": ["kpatch_6_1_0_40_1_1"],
        "next_kernel": "6.1.0-41-amd64",
        "reboot_reasons": ["linux-image-6.1.0-41-amd64"],
        "reboot_required": True,
        "restarts": [
            {
                "command": "sshd",
                "file": "/usr/lib/x86_64-linux-gnu/libssl.so.3",
                "package": "libssl3",
                "unit": "ssh.service",
                "version": "3.0.17-1~deb12u1",
            }
        ],
        "running_kernel": "6.1.0-40-amd64",
        "running_kernel_build": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2025-09-20)",
        "unreadable_processes": 3,
    },
    "history": {
        "records": [
            {
                "action": "upgrade",
                "arch": "amd64",
                "at": "2026-10-01T12:30:00Z",
                "by": "unattended-upgrades",
                "from": "3.0.17-1~deb12u1",
                "name": "libssl3",
                "to": "3.0.17-1~deb12u2",
            }
        ]
    },
}


def write(directory):
    sums = []
    for name, data in sorted(SECTIONS.items()):
        canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        (directory / f"{name}.json").write_bytes(canonical)
        sums.append(f"{hashlib.sha256(canonical).hexdigest()}  {name}.json\n")
    (directory / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
