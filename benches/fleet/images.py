#!/usr/bin/env python3
"""Makes the base images of `mendwatch simulate` from real inventories: facts only, namely names, versions,
architectures and sources of packages, the newer version that the host's own package manager offered, and the kernel.

    benches/fleet/images.py --shared ../shared --out crates/server/src/simulate/images.jsonl.zst

Where each comes from stands in its `from`; crates/server/src/simulate/images.md says so for people, and documents the form.
"""

import argparse
import io
import json
import pathlib
import subprocess
import tarfile


def unpacked(path):
    return subprocess.run(["zstd", "-dc", "--long=27", path], check=True, capture_output=True).stdout


def lines(shared, name):
    return [json.loads(line) for line in unpacked(shared / "conformance" / f"{name}.jsonl.zst").splitlines()]


# vuls's and trivy's words for a distribution: os-release's ID, the scheme, the packages' usual architecture, a name for people.
SYSTEMS = {
    "alma": ("almalinux", "rpm", "x86_64", "AlmaLinux"),
    "alpine": ("alpine", "apk", "x86_64", "Alpine Linux"),
    "amazon": ("amzn", "rpm", "x86_64", "Amazon Linux"),
    "amzn": ("amzn", "rpm", "x86_64", "Amazon Linux"),
    "centos": ("centos", "rpm", "x86_64", "CentOS Linux"),
    "debian": ("debian", "dpkg", "amd64", "Debian GNU/Linux"),
    "fedora": ("fedora", "rpm", "x86_64", "Fedora Linux"),
    "opensuse": ("opensuse-tumbleweed", "rpm", "x86_64", "openSUSE Tumbleweed"),
    "opensuse-leap": ("opensuse-leap", "rpm", "x86_64", "openSUSE Leap"),
    "opensuse.leap": ("opensuse-leap", "rpm", "x86_64", "openSUSE Leap"),
    "oracle": ("ol", "rpm", "x86_64", "Oracle Linux Server"),
    "photon": ("photon", "rpm", "x86_64", "VMware Photon OS"),
    "redhat": ("rhel", "rpm", "x86_64", "Red Hat Enterprise Linux"),
    "rhel": ("rhel", "rpm", "x86_64", "Red Hat Enterprise Linux"),
    "rocky": ("rocky", "rpm", "x86_64", "Rocky Linux"),
    "suse.linux.enterprise.server": ("sles", "rpm", "x86_64", "SUSE Linux Enterprise Server"),
    "ubuntu": ("ubuntu", "dpkg", "amd64", "Ubuntu"),
}

# Releases that a source writes otherwise than os-release's VERSION_ID.
RELEASES = {("amazon", "1"): "2018.03", ("amazon", "2023.3.20240312"): "2023", ("opensuse", "tumbleweed"): "20231214",
            ("alpine", "310"): "3.10.2", ("opensuse-leap", "151"): "15.1", ("photon", "30"): "3.0"}

CODENAMES = {"debian": {"8": "jessie", "9": "stretch", "10": "buster", "12": "bookworm", "13": "trixie"},
             "ubuntu": {"14.04": "trusty", "16.04": "xenial", "18.04": "bionic", "19.10": "eoan", "26.04": "resolute"}}

# Of the images of containers: one each of the releases that the hosts lack.
CONTAINERS = {
    "inventory-claircore": ["ubuntu-16.04.report-09e68fd5", "debian-8.report-1d95e021", "debian-9.report-f8e89575",
                            "ubuntu-18.04.report-bf81c2ad", "registry.access.redhat.com-ubi8-ubi.report-52d45634",
                            "docker.io-library-debian-10.index-c671935a", "ubuntu-19.10.report-7b78ba00"],
    "inventory-trivy-fanal": ["alpine-310", "fedora-35", "opensuse-leap-151", "photon-30"],
}

# The package that holds the kernel with a release, by its name.
KERNELS = ["kernel-core", "kernel-uek-core", "kernel-uek", "kernel-default", "kernel"]


def full(record, version="version", release="release", epoch="epoch"):
    text = str(record.get(version) or "")
    if record.get(release):
        text += "-" + record[release]
    return f"{record[epoch]}:{text}" if record.get(epoch) else text


def image(name, system, release, packages, origin, kernel=""):
    distribution, manager, arch, pretty = SYSTEMS[system]
    release = RELEASES.get((system, release), release)
    rows, owner = [], []
    for package in packages:
        version, candidate = full(package), full(package, "pending_version", "pending_release")
        source, source_version = package.get("source") or "", package.get("source_version") or ""
        if package.get("source_release"):
            source_version = full(package, "source_version", "source_release", "source_epoch")
        if not version or package["name"].startswith("gpg-pubkey"):
            continue
        row = [package["name"], package.get("arch") or arch, version,
               source if source != package["name"] else "", source_version if source_version != version else "",
               ":".join((package.get("modularity") or "").split(":")[:2]), candidate if candidate != version else ""]
        while not row[-1]:
            row.pop()
        rows.append(row)
        holds = package["name"] == f"linux-image-{kernel}" or package["name"] in KERNELS
        if kernel and holds:
            owner.append((KERNELS.index(package["name"]) if package["name"] in KERNELS else -1, [row[0], version, kernel]))
    rows.sort()
    once = {(row[0], row[1], row[2]): row for row in rows}
    made = {"name": name, "from": origin, "id": distribution, "version_id": release, "pretty_name": f"{pretty} {release}",
            "codename": CODENAMES.get(distribution, {}).get(release, ""), "manager": manager, "arch": arch,
            "packages": list(once.values())}
    if owner:
        made["kernel"] = min(owner)[1]
    return made


def stanzas(text):
    """Installed packages of a dpkg status file."""
    for stanza in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.split("\n") if ": " in line and line[0] != " ")
        if fields.get("Status") != "install ok installed":
            continue
        source, _, version = fields.get("Source", "").partition(" ")
        yield {"name": fields["Package"], "arch": fields["Architecture"], "version": fields["Version"], "source": source,
               "source_version": version.strip("()")}


def images(shared):
    for record in lines(shared, "inventory-vuls-integration"):
        kernel = record["kernel"]["release"]
        yield image(record["case"], record["distro"], record["release"], record["packages"], record["provenance"], kernel)
    for name, cases in CONTAINERS.items():
        for record in lines(shared, name):
            if record["case"] in cases:
                yield image(record["case"], record["distro"], record["release"], record["packages"], record["provenance"])
    bundle = io.BytesIO(unpacked(shared / "raw" / "notus-ubuntu1404-victim-inputs.tar.zst"))
    with tarfile.open(fileobj=bundle) as tar:
        status = next(member for member in tar if member.name.endswith("dpkg/status"))
        packages = list(stanzas(tar.extractfile(status).read().decode()))
    yield image("ubuntu_1404", "ubuntu", "14.04", packages, "greenbone/openvas-scanner rust/data/tests/images/victim",
                "".join(p["name"][12:] for p in packages if p["name"].startswith("linux-image-3"))[:20])
    offered = {record["package"]: record["pending_version"] for record in lines(shared, "host-debian12-apt")}
    packages = []
    for row in unpacked(shared / "hosts" / "dpkg-query-W-full.tsv.zst").decode().splitlines():
        name, version, arch, source, source_version, status = row.split("\t")
        if status.startswith("ii"):
            packages.append({"name": name, "version": version, "arch": arch, "source": source,
                             "source_version": source_version, "pending_version": offered.get(name)})
    kernel = next((p["name"][12:] for p in packages if p["name"].startswith("linux-image-6")), "")
    yield image("debian_12_host", "debian", "12", packages, "a Debian 12 host of the project's own data", kernel)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--shared", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    made = sorted(images(options.shared / "data"), key=lambda image: image["name"])
    text = "".join(json.dumps(image, sort_keys=True, separators=(",", ":")) + "\n" for image in made)
    packed = subprocess.run(["zstd", "-19", "--no-check", "-c"], input=text.encode(), check=True, capture_output=True).stdout
    options.out.write_bytes(packed)
    platforms = {(image["id"], image["version_id"]) for image in made}
    packages = {(image["id"], image["version_id"], *row[:3]) for image in made for row in image["packages"]}
    print(f"{len(made)} images of {len(platforms)} platforms, {len(packages)} distinct packages, {len(packed)} bytes")
    for image in made:
        pending = sum(len(row) > 6 for row in image["packages"])
        print(f"  {image['name']:<50} {image['id']}:{image['version_id']:<10} {len(image['packages']):>4} packages,"
              f" {pending:>3} pending  {' '.join(image.get('kernel', []))}")


if __name__ == "__main__":
    main()
